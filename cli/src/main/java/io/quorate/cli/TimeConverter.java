// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.node.config.Quantities;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations on the command line, with their unit: {@code 500ms}, {@code 10s}. */
final class TimeConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String value) {
    try {
      return Quantities.duration(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
