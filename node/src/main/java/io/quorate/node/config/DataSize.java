// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

import java.util.List;

/**
 * A number of bytes, written with its unit: {@code 64 MiB}.
 *
 * @param bytes 0 or more
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
  private static final List<String> BINARY_UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

  /** Refuses a negative size. */
  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative, was " + bytes + " bytes");
    }
  }

  /** A size of so many mebibytes. */
  public static DataSize ofMebibytes(long mebibytes) {
    return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  /** A size of so many kibibytes. */
  public static DataSize ofKibibytes(long kibibytes) {
    return new DataSize(Math.multiplyExact(kibibytes, 1L << 10));
  }

  /** The number of bytes as an {@code int}; throws {@link ArithmeticException} above 2 GiB. */
  public int toIntBytes() {
    return Math.toIntExact(bytes);
  }

  @Override
  public int compareTo(DataSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The largest unit that divides it, as the configuration would have it. */
  @Override
  public String toString() {
    long value = bytes;
    int unit = 0;
    while (value != 0 && value % 1024 == 0 && unit < BINARY_UNITS.size() - 1) {
      value /= 1024;
      unit++;
    }
    return value + " " + BINARY_UNITS.get(unit);
  }
}
