// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations and sizes as people write them; a number without a unit is refused. */
public final class Quantities {
  private static final Pattern QUANTITY = Pattern.compile("([+-]?[0-9]+(?:\\.[0-9]+)?)\\s*(\\S*)");

  /** A unit and what one of it is, in nanoseconds or bytes; the first name is the one we print. */
  private record Unit(long factor, List<String> names) {}

  private static final List<Unit> TIME =
      List.of(
          new Unit(86_400_000_000_000L, List.of("d", "day", "days")),
          new Unit(3_600_000_000_000L, List.of("h", "hour", "hours")),
          new Unit(60_000_000_000L, List.of("min", "m", "minute", "minutes")),
          new Unit(1_000_000_000L, List.of("s", "second", "seconds")),
          new Unit(1_000_000L, List.of("ms", "millisecond", "milliseconds")),
          new Unit(1_000L, List.of("us", "microsecond", "microseconds")),
          new Unit(1L, List.of("ns", "nanosecond", "nanoseconds")));

  private static final List<Unit> SIZE =
      List.of(
          new Unit(1L, List.of("B", "byte", "bytes")),
          new Unit(1L << 10, List.of("KiB", "K", "Ki")),
          new Unit(1L << 20, List.of("MiB", "M", "Mi")),
          new Unit(1L << 30, List.of("GiB", "G", "Gi")),
          new Unit(1L << 40, List.of("TiB", "T", "Ti")),
          new Unit(1_000L, List.of("kB", "KB")),
          new Unit(1_000_000L, List.of("MB")),
          new Unit(1_000_000_000L, List.of("GB")),
          new Unit(1_000_000_000_000L, List.of("TB")));

  private Quantities() {}

  /** Reads a duration; throws {@link IllegalArgumentException} with what is wrong with it. */
  public static Duration duration(String text) {
    return Duration.ofNanos(quantity(text, TIME, "a duration with its unit, such as 150 ms"));
  }

  /** Reads a size; throws {@link IllegalArgumentException} with what is wrong with it. */
  public static DataSize size(String text) {
    return new DataSize(quantity(text, SIZE, "a size with its unit, such as 64 MiB"));
  }

  /** Reads {@code 150 ms .. 300 ms}; throws as {@link #duration}. */
  static DurationRange range(String text) {
    int dots = text.indexOf("..");
    if (dots < 0) {
      throw new IllegalArgumentException(
          "must be a range of durations, such as 150 ms .. 300 ms, was \"" + text + "\"");
    }
    Duration min = duration(text.substring(0, dots));
    Duration max = duration(text.substring(dots + 2));
    if (min.compareTo(max) > 0) {
      throw new IllegalArgumentException("must go from shorter to longer, was \"" + text + "\"");
    }
    return new DurationRange(min, max);
  }

  /** Writes a duration in the largest unit that fits without a fraction. */
  public static String format(Duration duration) {
    long nanos = duration.toNanos();
    for (Unit unit : TIME) {
      if (nanos != 0 && nanos % unit.factor() == 0) {
        return nanos / unit.factor() + " " + unit.names().get(0);
      }
    }
    return "0 s";
  }

  private static long quantity(String text, List<Unit> units, String expected) {
    Matcher matcher = QUANTITY.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("must be " + expected + ", was \"" + text.strip() + "\"");
    }
    String name = matcher.group(2);
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "has no unit: must be " + expected + ", was \"" + text.strip() + "\"");
    }
    Unit unit = find(name, units);
    if (unit == null) {
      throw new IllegalArgumentException(
          "has the unknown unit \"" + name + "\": must be " + expected);
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    if (number.signum() < 0) {
      throw new IllegalArgumentException("cannot be negative, was \"" + text.strip() + "\"");
    }
    try {
      return number.multiply(BigDecimal.valueOf(unit.factor())).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("is out of range, was \"" + text.strip() + "\"", e);
    }
  }

  private static @Nullable Unit find(String name, List<Unit> units) {
    for (Unit unit : units) {
      if (unit.names().contains(name)) {
        return unit;
      }
    }
    return null;
  }
}
