// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.bench.compare.CompareOptions.Fault;
import io.quorate.bench.compare.Measured;
import io.quorate.bench.compare.Run;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
 * @param noise what it may differ by for no reason
 * @param decides whether {@code --against} fails when it got worse by more than noise
 * @param value of a run; not a number where it does not apply
 */
record Figure(
    String key,
    String title,
    String unit,
    Better better,
    String meaning,
    Noise noise,
    boolean decides,
    ToDoubleFunction<Run> value) {

  /**
   * What two medians of a figure may differ by without saying anything, as a share of the larger
   * one, when there are too few runs to see it from their ranges.
   */
  enum Noise {
    /** Computed from prices alone: no run differs from another by chance. */
    NONE(0, "what is computed from prices alone"),
    /** A mean of all calls of a run. */
    OF_A_MEAN(0.1, "throughput"),
    /** What depends on how calls happen to gather, or on what else the machine does. */
    OF_A_HABIT(0.25, "the p50 and what is counted"),
    /** Decided by one call in a hundred, or by one election. */
    OF_A_TAIL(0.5, "the p99 and the gap"),
    /** Decided by a handful of calls, or by one. */
    OF_AN_EXTREME(0.75, "rarer calls than that");

    private final double share;
    private final String of;

    Noise(double share, String of) {
      this.share = share;
      this.of = of;
    }

    /** {@code 10 % for throughput}. */
    String words() {
      return Math.round(share * 100) + " % for " + of;
    }

    double share() {
      return share;
    }
  }

  /** Which of two values is the better one. */
  enum Better {
    MORE,
    LESS,
    NEITHER
  }

  /** From so many runs on each side their ranges tell what is noise. */
  static final int RUNS_FOR_RANGES = 3;

  /** What medians may differ by even then: as much as a machine drifts between two comparisons. */
  static final double DRIFT = 0.05;

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
              Noise.OF_A_MEAN,
              true,
              run -> run.measured().perSecond()),
          new Figure(
              "perSecondBeforeFault",
              "commands/s before the fault",
              "",
              Better.MORE,
              "The same for the first half, before the fault.",
              Noise.OF_A_MEAN,
              true,
              run ->
                  run.options().fault() == Fault.NONE
                      ? NONE
                      : run.measured().perSecondBeforeFault()),
          latency(
              "p50Millis",
              "latency p50",
              "Half of all calls were answered within this.",
              Noise.OF_A_HABIT,
              true,
              50),
          latency(
              "p99Millis",
              "latency p99",
              "99 of 100 calls were answered within this.",
              Noise.OF_A_TAIL,
              true,
              99),
          latency(
              "p999Millis",
              "latency p99.9",
              "999 of 1,000 calls were answered within this.",
              Noise.OF_AN_EXTREME,
              false,
              99.9),
          new Figure(
              "maxMillis",
              "latency max",
              "ms",
              Better.LESS,
              "The longest that a call took.",
              Noise.OF_AN_EXTREME,
              false,
              run -> run.measured().maxMillis()),
          new Figure(
              "gapMillis",
              "longest gap after the fault",
              "ms",
              Better.LESS,
              "Longest time after the fault without any answer to any client.",
              Noise.OF_A_TAIL,
              true,
              run -> run.options().fault() == Fault.NONE ? NONE : run.measured().gapNanos() / 1e6),
          new Figure(
              "leaderChanges",
              "leader changes",
              "",
              Better.NEITHER,
              "Epochs that began in the measured time: 0 without a fault, 1 for a leader that is"
                  + " replaced at the first attempt; an election without a winner counts, too.",
              Noise.OF_AN_EXTREME,
              false,
              run -> {
                OptionalLong changes = run.measured().leaderChanges();
                return changes.isPresent() ? changes.getAsLong() : NONE;
              }),
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
              Noise.OF_A_MEAN,
              false,
              run -> Dollars.of(run).map(Dollars::perMillionAtThisLoad).orElse(NONE)),
          new Figure(
              "dollarsPerIdleMonth",
              "dollars / month, idle",
              "$",
              Better.LESS,
              "Machines, disks and requests of a month without any command.",
              Noise.NONE,
              false,
              run -> Dollars.of(run).map(Dollars::perIdleMonth).orElse(NONE)),
          new Figure(
              "cpuSecondsPerMillion",
              "CPU seconds / 1M commands",
              "s",
              Better.LESS,
              "CPU time of all replicas and of the load generator.",
              Noise.OF_A_HABIT,
              false,
              run -> run.measured().cpuSecondsPerMillion()),
          counted(
              "diskBytesPerCommand",
              "disk bytes / command, machine-wide",
              "Bytes written to the disk of the replicas, by whomever.",
              run -> run.measured().diskBytesPerCommand()),
          counted(
              "diskFlushesPerThousand",
              "disk flushes / 1,000 commands, machine-wide",
              "How often the disk of the replicas was told to empty its cache, by whomever: once"
                  + " for a sync, or for several that come together.",
              run -> run.measured().diskFlushesPerThousand()),
          counted(
              "loopbackPacketsPerThousand",
              "loopback packets / 1,000 commands, machine-wide",
              "Packets that the machine sent to itself by TCP and UDP, whoever did: those of"
                  + " replicas, client and embedded object store. No count of messages: several"
                  + " may share a packet, and an acknowledgement of TCP is one.",
              run -> run.measured().loopbackPacketsPerThousand()),
          counted(
              "loopbackBytesPerCommand",
              "loopback bytes / command, machine-wide",
              "Bytes of these packets, headers included.",
              run -> run.measured().loopbackBytesPerCommand()),
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
              Noise.OF_AN_EXTREME,
              false,
              run -> 100 * run.measured().costs().othersShare().orElse(NONE)),
          new Figure(
              "indeterminate",
              "calls of unknown outcome",
              "",
              Better.NEITHER,
              "Calls whose client was told that nobody knows whether they took effect.",
              Noise.OF_AN_EXTREME,
              false,
              run -> run.measured().indeterminate()),
          new Figure(
              "refused",
              "calls refused, surely not applied",
              "",
              Better.NEITHER,
              "Calls that were surely not applied.",
              Noise.OF_AN_EXTREME,
              false,
              run -> run.measured().refused()));

  private static Figure latency(
      String key, String title, String meaning, Noise noise, boolean decides, double percentile) {
    return new Figure(
        key,
        title,
        "ms",
        Better.LESS,
        meaning,
        noise,
        decides,
        run -> run.measured().millisAt(percentile));
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
        Noise.OF_A_HABIT,
        false,
        run ->
            run.measured().counts().containsKey(counter)
                ? run.measured().perThousand(counter) / divisor
                : NONE);
  }

  /** What the machine counted, where it does. */
  private static Figure counted(
      String key, String title, String meaning, Function<Run, OptionalDouble> value) {
    return new Figure(
        key,
        title,
        "",
        Better.LESS,
        meaning,
        Noise.OF_A_HABIT,
        false,
        run -> value.apply(run).orElse(NONE));
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
        Noise.OF_A_HABIT,
        false,
        run -> run.measured().usesObjectStore() ? value.applyAsDouble(run.measured()) : NONE);
  }

  /** Whether it is computed from prices alone, so that no run differs from another by chance. */
  boolean exact() {
    return noise == Noise.NONE;
  }

  /**
   * The one rule for what is noise: two values of this figure cannot be told apart if their ranges
   * overlap, or if their medians differ by no more than {@link #tolerance} of the larger one.
   *
   * @param a object with median, min and max
   * @param b the same of another contender or time
   * @param runs behind the one that has fewer
   */
  boolean alike(JsonNode a, JsonNode b, int runs) {
    if (a.get("min").decimalValue().compareTo(b.get("max").decimalValue()) <= 0
        && b.get("min").decimalValue().compareTo(a.get("max").decimalValue()) <= 0) {
      return true;
    }
    double one = a.get("median").doubleValue();
    double two = b.get("median").doubleValue();
    return Math.abs(one - two) <= tolerance(runs) * Math.max(Math.abs(one), Math.abs(two));
  }

  /** What medians of so many runs may differ by, as a share of the larger one. */
  double tolerance(int runs) {
    return runs < RUNS_FOR_RANGES ? noise.share() : Math.min(noise.share(), DRIFT);
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
