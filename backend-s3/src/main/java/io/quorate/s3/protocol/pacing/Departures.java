// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.pacing;

import io.quorate.s3.S3Config;

/**
 * Decides when a leader's next batch leaves: once the window has room, a token of the governor is
 * there, and the batch is full, or nothing is on its way, or the linger since the last departure is
 * over. So the first command after a pause leaves at once, and a lone client that waits for each
 * answer never lingers.
 */
public final class Departures {
  private final long bytesInFlightMax;
  private final Window window;
  private final Linger linger;
  private final Governor governor;
  private boolean anyLeft;
  private long leftAt;

  /** Nothing has left, and nothing holds it back. */
  public Departures(S3Config.Append config) {
    this.bytesInFlightMax = config.putBytesInFlightMax();
    this.window = new Window(config.putsInFlightMax());
    this.linger = new Linger(config.linger().toNanos(), config.lingerMax().toNanos());
    this.governor = new Governor(config.putsPerSecondMax(), config.putBurst());
  }

  /**
   * When a batch may leave, if nothing else happens: at {@code now} or before: at once; {@link
   * Long#MAX_VALUE}: not before something on its way has ended.
   *
   * @param full whether the batch holds as much as it may
   * @param inFlight slots on their way
   * @param bytesInFlight bytes of these
   */
  public long nextAt(boolean full, int inFlight, long bytesInFlight, long now) {
    if (inFlight >= window.size() || (inFlight > 0 && bytesInFlight >= bytesInFlightMax)) {
      return Long.MAX_VALUE;
    }
    long tokenAt = governor.nextAt(now);
    if (full || inFlight == 0 || !anyLeft) {
      return tokenAt;
    }
    long lingeredAt = leftAt + linger.nanos();
    return lingeredAt - tokenAt > 0 ? lingeredAt : tokenAt;
  }

  /** A batch left. */
  public void left(long now) {
    governor.take(now);
    anyLeft = true;
    leftAt = now;
  }

  /** A PUT that is not a batch's first attempt left; it costs as much as one. */
  public void repeated(long now) {
    governor.take(now);
  }

  /** A slot was stored. */
  public void stored() {
    window.stored();
    linger.shrink();
  }

  /**
   * The store asked for less load.
   *
   * @param sentAt when the request that it did not like had been sent
   */
  public void throttled(long sentAt, long now) {
    if (window.throttled(sentAt, now)) {
      linger.grow();
    }
  }

  /** How many slots may be on their way now. */
  public int window() {
    return window.size();
  }

  /** How long a batch gathers commands while another is on its way, now. */
  public long lingerNanos() {
    return linger.nanos();
  }
}
