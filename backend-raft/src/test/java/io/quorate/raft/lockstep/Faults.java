// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.lockstep;

import java.util.random.RandomGenerator;

/**
 * How badly the world behaves, drawn from a seed.
 *
 * @param loss probability that a message is lost
 * @param duplication probability that it arrives twice
 * @param delayMaxNanos how late it may arrive
 * @param syncMaxNanos how long a sync may take
 * @param disturbEveryNanos mean time between crashes, partitions and the like; 0 for none
 * @param drift by what fraction clocks run apart, half of it each way
 * @param lostTails whether a crash may lose synced entries, which the store notices
 */
record Faults(
    double loss,
    double duplication,
    long delayMaxNanos,
    long syncMaxNanos,
    long disturbEveryNanos,
    double drift,
    boolean lostTails) {
  private static final long MILLI = 1_000_000;

  static Faults none() {
    return new Faults(0, 0, MILLI, MILLI, 0, 0, false);
  }

  static Faults draw(RandomGenerator random) {
    return new Faults(
        random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.2,
        random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.2,
        MILLI * (1 + random.nextInt(random.nextBoolean() ? 20 : 120)),
        MILLI * (1 + random.nextInt(random.nextBoolean() ? 5 : 60)),
        MILLI * (100 + random.nextInt(900)),
        random.nextBoolean() ? 0 : 0.01,
        random.nextInt(4) == 0);
  }
}
