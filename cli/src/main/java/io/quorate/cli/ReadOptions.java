// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.api.ReadConsistency;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How fresh a read must be. */
final class ReadOptions {
  @Option(
      names = "--consistency",
      paramLabel = "<mode>",
      defaultValue = "linearizable",
      converter = Converter.class,
      description =
          "linearizable (default), lease, bounded:<ms> (at most so old), or local (whatever the"
              + " nearest replica has).")
  private ReadConsistency consistency = ReadConsistency.LINEARIZABLE;

  ReadConsistency consistency() {
    return consistency;
  }

  /** Reads the modes by their names. */
  static final class Converter implements ITypeConverter<ReadConsistency> {
    @Override
    public ReadConsistency convert(String value) {
      return switch (value) {
        case "linearizable" -> ReadConsistency.LINEARIZABLE;
        case "lease" -> ReadConsistency.LEASE;
        case "local" -> ReadConsistency.local(0);
        default -> bounded(value);
      };
    }

    private static ReadConsistency bounded(String value) {
      if (value.startsWith("bounded:")) {
        String bound = value.substring("bounded:".length());
        try {
          return ReadConsistency.bounded(Duration.ofMillis(Long.parseLong(bound)));
        } catch (IllegalArgumentException e) {
          throw new TypeConversionException(
              "\"" + value + "\" must name milliseconds above 0, such as bounded:500");
        }
      }
      throw new TypeConversionException(
          "\"" + value + "\" is none of linearizable, lease, bounded:<ms>, local");
    }
  }
}
