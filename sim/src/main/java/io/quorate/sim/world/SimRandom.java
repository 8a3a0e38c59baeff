// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.world;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A stream of numbers from one seed, the same on every JVM for ever (SplitMix64).
 *
 * <p>Streams are split by name, not by order: a part of the world that is switched off takes its
 * own stream with it and leaves those of the others as they were.
 */
public final class SimRandom implements RandomGenerator {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long seed;
  private long state;

  /** The stream of this seed. */
  public SimRandom(long seed) {
    this.seed = seed;
    this.state = mix(seed + GOLDEN);
  }

  /** The stream with this name below this one; independent of what was drawn so far. */
  public SimRandom child(String name) {
    long hash = 0xcbf29ce484222325L ^ mix(seed);
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return new SimRandom(mix(hash));
  }

  @Override
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** A number from 0 to {@code bound - 1}. */
  public int below(int bound) {
    return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
  }

  /** A number between the bounds, both included. */
  public long between(long least, long most) {
    return least + Math.floorMod(nextLong() >>> 1, most - least + 1);
  }

  /** A number between the bounds, both included, each order of magnitude as likely as another. */
  public long logBetween(long least, long most) {
    double low = StrictMath.log((double) Math.max(1, least));
    double high = StrictMath.log((double) Math.max(1, most));
    long value = (long) StrictMath.exp(low + (high - low) * unit());
    return Math.clamp(value, least, most);
  }

  /** True with this probability. */
  public boolean chance(double probability) {
    return unit() < probability;
  }

  /** A number in [0, 1). */
  public double unit() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** An exponentially distributed number with this mean, cut off at forty times the mean. */
  public long exponential(long mean) {
    double value = -StrictMath.log(1 - unit()) * mean;
    return (long) Math.min(value, 40.0 * mean);
  }

  /** One of the choices. */
  public <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
