// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.pacing;

/**
 * How long a batch gathers commands while another is on its way: doubled when the store asks for
 * less load, then brought back step by step.
 */
public final class Linger {
  /** What a linger of zero becomes when it must grow. */
  private static final long LEAST_NANOS = 1_000_000L;

  private final long baseNanos;
  private final long maxNanos;
  private long nanos;

  /** A linger as short as it may be. */
  public Linger(long baseNanos, long maxNanos) {
    this.baseNanos = baseNanos;
    this.maxNanos = maxNanos;
    this.nanos = baseNanos;
  }

  /** The linger now. */
  public long nanos() {
    return nanos;
  }

  /** The store asked for less load. */
  public void grow() {
    nanos = Math.min(maxNanos, Math.max(LEAST_NANOS, 2 * nanos));
  }

  /** A slot was stored: one step of a sixteenth of what there is to lose. */
  public void shrink() {
    long excess = nanos - baseNanos;
    nanos -= excess < LEAST_NANOS ? excess : Math.max(LEAST_NANOS, excess / 16);
  }
}
