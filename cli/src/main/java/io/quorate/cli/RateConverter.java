// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Calls a second on the command line: {@code 200}, {@code 200/s}. */
final class RateConverter implements ITypeConverter<Integer> {
  private static final String PER_SECOND = "/s";

  @Override
  public Integer convert(String value) {
    String number =
        value.endsWith(PER_SECOND)
            ? value.substring(0, value.length() - PER_SECOND.length())
            : value;
    try {
      return Integer.valueOf(number);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "\"" + value + "\" is no rate: give calls a second, such as 200/s");
    }
  }
}
