// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.api.GroupId;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * xoshiro256++ with a fixed way from seed to numbers, written out here because replicas on
 * different JDKs must draw the same. The inherited Gaussian and exponential numbers are the JDK's.
 */
final class SeededRandom implements RandomGenerator {
  private long s0;
  private long s1;
  private long s2;
  private long s3;

  private SeededRandom(long seed) {
    long state = seed;
    s0 = mix(state += 0x9E3779B97F4A7C15L);
    s1 = mix(state += 0x9E3779B97F4A7C15L);
    s2 = mix(state += 0x9E3779B97F4A7C15L);
    s3 = mix(state + 0x9E3779B97F4A7C15L);
  }

  /** What {@link #of} wants to know of a group: FNV-1a of its name. */
  static long seedOf(GroupId group) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : group.value().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }

  /** The generator of one command. */
  static SeededRandom of(long groupSeed, long index) {
    return new SeededRandom(mix(groupSeed ^ mix(index)));
  }

  /** A generator that will draw what this one would have drawn. */
  SeededRandom copy() {
    SeededRandom copy = new SeededRandom(0);
    copy.s0 = s0;
    copy.s1 = s1;
    copy.s2 = s2;
    copy.s3 = s3;
    return copy;
  }

  @Override
  public long nextLong() {
    long result = Long.rotateLeft(s0 + s3, 23) + s0;
    long t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  @Override
  public int nextInt() {
    return (int) (nextLong() >>> 32);
  }

  @Override
  public int nextInt(int bound) {
    return (int) nextLong(bound);
  }

  @Override
  public int nextInt(int origin, int bound) {
    return (int) nextLong(origin, bound);
  }

  @Override
  public long nextLong(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, was " + bound);
    }
    // Draws above the last multiple of the bound would favour small numbers.
    long draw = nextLong() >>> 1;
    long result = draw % bound;
    while (draw - result + (bound - 1) < 0) {
      draw = nextLong() >>> 1;
      result = draw % bound;
    }
    return result;
  }

  @Override
  public long nextLong(long origin, long bound) {
    if (origin >= bound) {
      throw new IllegalArgumentException("origin " + origin + " must be below " + bound);
    }
    long range = bound - origin;
    if (range > 0) {
      return origin + nextLong(range);
    }
    long draw = nextLong();
    while (draw < origin || draw >= bound) {
      draw = nextLong();
    }
    return draw;
  }

  @Override
  public boolean nextBoolean() {
    return nextLong() < 0;
  }

  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  @Override
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1.0p-24f;
  }

  @Override
  public void nextBytes(byte[] bytes) {
    long word = 0;
    for (int i = 0; i < bytes.length; i++) {
      word = i % Long.BYTES == 0 ? nextLong() : word >>> Byte.SIZE;
      bytes[i] = (byte) word;
    }
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
