// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.pacing;

/**
 * Keeps the number of PUTs, and so the bill, within what was agreed: a bucket of tokens that fills
 * steadily. It is kept as the instant at which it would be full again.
 */
public final class Governor {
  private static final long SECOND = 1_000_000_000L;

  private final long intervalNanos;
  private final long slackNanos;
  private long fullAt = Long.MIN_VALUE;

  /**
   * A full bucket.
   *
   * @param perSecond tokens that come each second; 0: no limit
   * @param burst tokens that it holds
   */
  public Governor(int perSecond, int burst) {
    this.intervalNanos = perSecond == 0 ? 0 : SECOND / perSecond;
    this.slackNanos = intervalNanos * (burst - 1);
  }

  /** When the next token is there: at {@code now} or before, if one is there already. */
  public long nextAt(long now) {
    return fullAt == Long.MIN_VALUE || intervalNanos == 0 ? now : fullAt - slackNanos;
  }

  /** Takes a token; more than there are may be taken, which the next one then waits for. */
  public void take(long now) {
    if (fullAt == Long.MIN_VALUE || fullAt - now < 0) {
      fullAt = now;
    }
    fullAt += intervalNanos;
  }
}
