// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Seeds from the first to the last, both included. */
record SeedRange(long first, long last) {
  long count() {
    return last - first + 1;
  }

  /** Reads {@code 7} or {@code 1..1000}. */
  static final class Converter implements ITypeConverter<SeedRange> {
    @Override
    public SeedRange convert(String value) {
      int dots = value.indexOf("..");
      try {
        long first = Long.parseLong(dots < 0 ? value : value.substring(0, dots));
        long last = dots < 0 ? first : Long.parseLong(value.substring(dots + 2));
        if (first <= last && last - first >= 0) {
          return new SeedRange(first, last);
        }
      } catch (NumberFormatException e) {
        throw wrong(value);
      }
      throw wrong(value);
    }

    private static TypeConversionException wrong(String value) {
      return new TypeConversionException(
          "\"" + value + "\" must be a seed such as 7, or a range such as 1..1000");
    }
  }
}
