// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.backend;

import io.quorate.raft.RaftConfig;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Draws configurations that are legal, but mostly odd: for trying a group under many of them, where
 * average settings would hide what only tiny windows or chunks show.
 */
public final class RaftVariations {
  private RaftVariations() {}

  /** The configuration that this stream of numbers makes; the same stream makes the same one. */
  public static RaftConfig draw(RandomGenerator random) {
    long heartbeat = logarithmic(random, 10, 60);
    long electionMin = heartbeat * uniform(random, 3, 8);
    long electionMax = electionMin + uniform(random, electionMin / 2, electionMin * 2);
    return new RaftConfig(
        new RaftConfig.Timing(
            Duration.ofMillis(electionMin),
            Duration.ofMillis(electionMax),
            Duration.ofMillis(heartbeat),
            Duration.ofMillis(logarithmic(random, 300, 3_000))),
        new RaftConfig.Safeguards(true, true, uniform(random, 0, 1) == 1, 0.01),
        new RaftConfig.Pipeline(
            (int) logarithmic(random, 500, 100_000),
            (int) logarithmic(random, 1, 64),
            logarithmic(random, 2_000, 1 << 20),
            (int) logarithmic(random, 1, 32),
            logarithmic(random, 5_000, 1 << 20),
            logarithmic(random, 500, 1 << 20)),
        new RaftConfig.Snapshots(
            (int) logarithmic(random, 300, 100_000),
            uniform(random, 0, 1) == 1 ? 0 : logarithmic(random, 100, 100_000),
            uniform(random, 0, 1) == 1 ? 0 : logarithmic(random, 1, 300)));
  }

  private static long uniform(RandomGenerator random, long least, long most) {
    return least + Math.floorMod(random.nextLong() >>> 1, most - least + 1);
  }

  /** Each order of magnitude as likely as another. */
  private static long logarithmic(RandomGenerator random, long least, long most) {
    long bits = uniform(random, bitsOf(least), bitsOf(most));
    long low = Math.max(least, 1L << (bits - 1));
    return uniform(random, low, Math.max(low, Math.min(most, (1L << bits) - 1)));
  }

  private static long bitsOf(long value) {
    return (long) Long.SIZE - Long.numberOfLeadingZeros(value);
  }
}
