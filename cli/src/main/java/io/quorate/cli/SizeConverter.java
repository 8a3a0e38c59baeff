// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.node.config.DataSize;
import io.quorate.node.config.Quantities;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes on the command line, with their unit: {@code 256B}, {@code 1MiB}. */
final class SizeConverter implements ITypeConverter<DataSize> {
  @Override
  public DataSize convert(String value) {
    try {
      return Quantities.size(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
