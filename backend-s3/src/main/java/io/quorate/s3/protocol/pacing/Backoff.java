// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.pacing;

import java.util.random.RandomGenerator;

/**
 * How long to wait before a failed request is repeated: anything up to a bound that doubles, so
 * that many who failed together do not come back together.
 */
public final class Backoff {
  private final long minNanos;
  private final long maxNanos;
  private final RandomGenerator random;

  /**
   * Waits drawn from {@code random}.
   *
   * @param minNanos bound after the first failure
   * @param maxNanos what the bound doubles up to
   */
  public Backoff(long minNanos, long maxNanos, RandomGenerator random) {
    this.minNanos = minNanos;
    this.maxNanos = maxNanos;
    this.random = random;
  }

  /** How long to wait after the failure of this attempt; they count from 1. */
  public long nanos(int attempt) {
    int doublings = Math.min(Math.max(0, attempt - 1), Long.numberOfLeadingZeros(minNanos) - 2);
    long bound = Math.min(maxNanos, minNanos << doublings);
    return 1 + Math.floorMod(random.nextLong(), bound);
  }
}
