// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import java.util.random.RandomGenerator;

/** Pauses between retries: doubling, bounded, with full jitter above the minimum. Confined. */
final class Backoff {
  private final long minNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private long ceilingNanos;

  Backoff(ClientOptions options, RandomGenerator random) {
    this.minNanos = options.retryMin().toNanos();
    this.maxNanos = options.retryMax().toNanos();
    this.random = random;
    this.ceilingNanos = minNanos;
  }

  long next() {
    long pause = minNanos + random.nextLong(Math.max(1, ceilingNanos - minNanos + 1));
    ceilingNanos = Math.min(maxNanos, ceilingNanos * 2);
    return pause;
  }

  void reset() {
    ceilingNanos = minNanos;
  }
}
