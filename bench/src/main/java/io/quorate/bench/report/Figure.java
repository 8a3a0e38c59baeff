// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import io.quorate.bench.compare.CompareOptions.Fault;
import io.quorate.bench.compare.Measured;
import io.quorate.bench.compare.Run;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A number that a run is judged by, a row of the table. What is shown is what {@code results.json}
 * holds, to the digit: numbers are rounded once, on their way into that file.
 *
 * @param key in {@code results.json}
 * @param title in tables
 * @param unit {@code ms}, {@code $}, {@code s}, or empty
 * @param better which way is better
 * @param meaning one sentence for people who see it for the first time
 * @param value of a run; not a number where it does not apply
 */
record Figure(
    String key,
    String title,
    String unit,
    Better better,
    String meaning,
    ToDoubleFunction<Run> value) {

  /** Which of two values is the better one. */
  enum Better {
    MORE,
    LESS,
    NEITHER
  }

  private static final double NONE = Double.NaN;
  private static final int DIGITS = 3;

  /** All, in the order of the table. */
  static final List<Figure> ALL =
      List.of(
          new Figure(
              "perSecond",
              "commands/s",
              "",
              Better.MORE,
              "Commands and reads answered in a second, over the measured time, fault included.",
              run -> run.measured().perSecond()),
          new Figure(
              "perSecondBeforeFault",
              "commands/s before the fault",
              "",
              Better.MORE,
              "The same for the first half, before the fault.",
              run ->
                  run.options().fault() == Fault.NONE
                      ? NONE
                      : run.measured().perSecondBeforeFault()),
          latency("p50Millis", "latency p50", "Half of all calls were answered within this.", 50),
          latency("p99Millis", "latency p99", "99 of 100 calls were answered within this.", 99),
          latency(
              "p999Millis", "latency p99.9", "999 of 1,000 calls were answered within this.", 99.9),
          new Figure(
              "maxMillis",
              "latency max",
              "ms",
              Better.LESS,
              "The longest that a call took.",
              run -> run.measured().maxMillis()),
          new Figure(
              "gapMillis",
              "longest gap after the fault",
              "ms",
              Better.LESS,
              "Longest time after the fault without any answer to any client.",
              run -> run.options().fault() == Fault.NONE ? NONE : run.measured().gapNanos() / 1e6),
          counted(
              "messagesPerThousand",
              "messages / 1,000 commands",
              "Protocol messages that replicas sent each other.",
              "messages_sent",
              1),
          counted(
              "wireBytesPerCommand",
              "bytes between replicas / command",
              "Bytes that replicas sent each other.",
              "peer_bytes_sent",
              1000),
          counted(
              "syncsPerThousand",
              "fsyncs / 1,000 commands",
              "Times that a log was made durable on a disk, on all replicas.",
              "log_syncs",
              1),
          stored(
              "requestsPerThousand",
              "object requests / 1,000 commands",
              "Requests to the object store, of any kind that is paid for.",
              Measured::objectRequestsPerThousand),
          stored(
              "putsPerBatch",
              "PUTs / batch",
              "Objects written for each batch of commands, up to the fault.",
              Measured::putsPerBatch),
          stored(
              "requestDollarsPerMillion",
              "dollars / 1M commands, requests alone",
              "What the requests to the object store cost at this load.",
              Measured::dollarsPerMillion,
              "$"),
          new Figure(
              "dollarsPerMillion",
              "dollars / 1M commands, all in",
              "$",
              Better.LESS,
              "Machines, disks, traffic and requests for a million commands, at this load around"
                  + " the clock.",
              run -> Dollars.of(run).map(Dollars::perMillionAtThisLoad).orElse(NONE)),
          new Figure(
              "dollarsPerIdleMonth",
              "dollars / month, idle",
              "$",
              Better.LESS,
              "Machines, disks and requests of a month without any command.",
              run -> Dollars.of(run).map(Dollars::perIdleMonth).orElse(NONE)),
          new Figure(
              "cpuSecondsPerMillion",
              "CPU seconds / 1M commands",
              "s",
              Better.LESS,
              "CPU time of all replicas and of the load generator.",
              run -> run.measured().cpuSecondsPerMillion()),
          counted(
              "diskBytesPerCommand",
              "disk bytes / command",
              "Bytes written to the disk of the replicas, by whomever.",
              run -> run.measured().diskBytesPerCommand()),
          counted(
              "allocatedBytesPerCommand",
              "bytes allocated / command",
              "Bytes allocated on the heap by all replicas and the load generator.",
              run -> run.measured().allocatedBytesPerCommand()),
          new Figure(
              "cpuPercentOfOthers",
              "% of CPU taken by others",
              "",
              Better.NEITHER,
              "Share of the machine's processors that other programs used meanwhile.",
              run -> 100 * run.measured().costs().othersShare().orElse(NONE)),
          new Figure(
              "indeterminate",
              "calls of unknown outcome",
              "",
              Better.NEITHER,
              "Calls whose client was told that nobody knows whether they took effect.",
              run -> run.measured().indeterminate()),
          new Figure(
              "refused",
              "calls refused, surely not applied",
              "",
              Better.NEITHER,
              "Calls that were surely not applied.",
              run -> run.measured().refused()));

  private static Figure latency(String key, String title, String meaning, double percentile) {
    return new Figure(
        key, title, "ms", Better.LESS, meaning, run -> run.measured().millisAt(percentile));
  }

  /** A counter of the replicas; one that nobody counted does not apply. */
  private static Figure counted(
      String key, String title, String meaning, String counter, double divisor) {
    return new Figure(
        key,
        title,
        "",
        Better.LESS,
        meaning,
        run ->
            run.measured().counts().containsKey(counter)
                ? run.measured().perThousand(counter) / divisor
                : NONE);
  }

  /** What the machine counted, where it does. */
  private static Figure counted(
      String key, String title, String meaning, Function<Run, OptionalDouble> value) {
    return new Figure(key, title, "", Better.LESS, meaning, run -> value.apply(run).orElse(NONE));
  }

  private static Figure stored(
      String key, String title, String meaning, ToDoubleFunction<Measured> value) {
    return stored(key, title, meaning, value, "");
  }

  private static Figure stored(
      String key, String title, String meaning, ToDoubleFunction<Measured> value, String unit) {
    return new Figure(
        key,
        title,
        unit,
        Better.LESS,
        meaning,
        run -> run.measured().usesObjectStore() ? value.applyAsDouble(run.measured()) : NONE);
  }

  /** Whether it is computed from prices alone, so that no run differs from another by chance. */
  boolean exact() {
    return key.equals("dollarsPerIdleMonth");
  }

  /** The figure of this key. */
  static Figure of(String key) {
    for (Figure figure : ALL) {
      if (figure.key.equals(key)) {
        return figure;
      }
    }
    throw new IllegalArgumentException("there is no figure " + key);
  }

  /** As it stands in the file and is shown: whole from 1,000 on, three digits below. */
  static BigDecimal rounded(double value) {
    BigDecimal exact = new BigDecimal(value);
    if (Math.abs(value) >= 999.5) {
      return exact.setScale(0, RoundingMode.HALF_EVEN);
    }
    BigDecimal rounded = exact.round(new MathContext(DIGITS));
    return rounded.signum() == 0
        ? BigDecimal.ZERO
        : rounded.scale() < 0 ? rounded.setScale(0) : stripped(rounded);
  }

  private static BigDecimal stripped(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
