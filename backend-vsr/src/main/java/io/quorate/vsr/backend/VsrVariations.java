// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.backend;

import io.quorate.vsr.VsrConfig;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Draws configurations that are legal, but mostly odd: for trying a group under many of them, where
 * average settings would hide what only tiny windows or chunks show.
 */
public final class VsrVariations {
  private VsrVariations() {}

  /** The configuration that this stream of numbers makes; the same stream makes the same one. */
  public static VsrConfig draw(RandomGenerator random) {
    long heartbeat = logarithmic(random, 10, 60);
    long patience = heartbeat * uniform(random, 6, 16);
    return new VsrConfig(
        new VsrConfig.Timing(
            Duration.ofMillis(patience),
            Duration.ofMillis(heartbeat),
            Duration.ofMillis(logarithmic(random, 300, 3_000))),
        new VsrConfig.Safeguards(
            uniform(random, 0, 1) == 1,
            0.01,
            Duration.ofMillis(logarithmic(random, 1, 1_000)),
            0,
            0),
        new VsrConfig.Pipeline(
            (int) logarithmic(random, 500, 100_000),
            uniform(random, 0, 3) == 0 ? 0 : logarithmic(random, 1_000, 1 << 20),
            (int) logarithmic(random, 1, 32),
            logarithmic(random, 5_000, 1 << 20),
            logarithmic(random, 500, 1 << 20)),
        new VsrConfig.Snapshots(
            (int) logarithmic(random, 300, 100_000),
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
