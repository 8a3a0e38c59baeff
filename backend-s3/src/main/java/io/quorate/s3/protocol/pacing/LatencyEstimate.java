// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.pacing;

import java.util.Arrays;

/**
 * How long requests take, from the last {@value #SAMPLES} of one kind. What was given up counts
 * with the time for which it was awaited; otherwise nothing would be learnt of a store that became
 * slower than all patience.
 */
public final class LatencyEstimate {
  private static final int SAMPLES = 256;

  /** Below this many, a tail cannot be told from a mean. */
  private static final int ENOUGH = 20;

  /** A tail moves slowly: it is looked for anew after this many samples. */
  private static final int REFRESH = 16;

  private static final int PATIENCE = 4;

  private final long[] samples = new long[SAMPLES];
  private long count;
  private long computedAt = -1;
  private long late;
  private long p99;

  /** A request took this long. */
  public void add(long nanos) {
    samples[(int) (count % SAMPLES)] = nanos;
    count++;
  }

  /**
   * After how long a request is late: beyond what 97 of 100 take, and twice what most take, since
   * where all take about the same a little more means nothing. {@link Long#MAX_VALUE} while
   * unknown. To repeat what is late so costs three PUTs in a hundred at most.
   */
  public long lateNanos() {
    compute();
    return late;
  }

  /** What 99 of 100 requests stay below; {@link Long#MAX_VALUE} while unknown. */
  public long p99Nanos() {
    compute();
    return p99;
  }

  /** How long to wait for an answer: four times the slowest of usual ones, within bounds. */
  public long timeoutNanos(long minNanos, long maxNanos) {
    long slow = p99Nanos();
    if (slow == Long.MAX_VALUE) {
      slow = highest();
    }
    return slow >= maxNanos / PATIENCE ? maxNanos : Math.max(minNanos, PATIENCE * slow);
  }

  private void compute() {
    boolean fresh = computedAt >= 0 && count - computedAt < REFRESH;
    if (fresh) {
      return;
    }
    if (count < ENOUGH) {
      late = Long.MAX_VALUE;
      p99 = Long.MAX_VALUE;
      return;
    }
    int size = (int) Math.min(count, SAMPLES);
    long[] sorted = Arrays.copyOf(samples, size);
    Arrays.sort(sorted);
    late = Math.max(sorted[(int) Math.ceil(size * 0.97) - 1], 2 * sorted[size / 2]);
    p99 = sorted[(int) Math.ceil(size * 0.99) - 1];
    computedAt = count;
  }

  private long highest() {
    long highest = 0;
    for (int i = 0; i < Math.min(count, SAMPLES); i++) {
      highest = Math.max(highest, samples[i]);
    }
    return highest;
  }
}
