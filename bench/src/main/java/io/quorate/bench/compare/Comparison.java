// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs every contender through the same load and the same fault, one after the other, and round
 * after round, so that a noisy machine hurts all alike.
 */
public final class Comparison {

  /** Is told what goes on, for the screen. */
  public interface Progress {
    /** The next point of a sweep; without a sweep both are empty. */
    default void point(String option, String value) {}

    /** The next run, of a contender's {@code of} at this point. */
    default void run(String contender, int round, int of) {}

    /** A new phase of a contender's run. */
    void phase(String contender, String what);

    /** A second of load has passed. */
    void second(String contender, String phase, long remainingSeconds, long callsInTheLastSecond);
  }

  /** Makes groups of replicas by name of the contender. */
  interface Groups {
    ContenderGroup start(String contender, CompareOptions options);

    /** What the replicas are made of, for people. */
    default String parts(String contender) {
      return "gRPC on loopback, log on disk";
    }
  }

  private static final int RECOVERY_SECONDS_MAX = 30;

  /** How long a fault stays that passes, unless the run is shorter. */
  private static final Duration FAULT_MAX = Duration.ofSeconds(5);

  private static final Duration AFTER_FAULT_MIN = Duration.ofSeconds(1);

  private final CompareOptions options;
  private final Progress progress;
  private final Groups groups;

  /** A comparison with replicas in this process, over loopback and with real files. */
  public Comparison(CompareOptions options, Progress progress) {
    this(options, progress, new RealGroups());
  }

  Comparison(CompareOptions options, Progress progress, Groups groups) {
    this.options = options;
    this.progress = progress;
    this.groups = groups;
  }

  /** Runs all contenders; the results are in the order of the runs. */
  public List<Measured> run() throws InterruptedException {
    List<Measured> results = new ArrayList<>();
    for (int round = 1; round <= options.repeat(); round++) {
      for (String contender : options.backends()) {
        progress.run(contender, round, options.repeat());
        results.add(runOne(contender));
      }
    }
    return results;
  }

  private Measured runOne(String contender) throws InterruptedException {
    progress.phase(
        contender,
        "starting " + options.replicas() + " replicas (" + groups.parts(contender) + ")");
    try (ContenderGroup group = groups.start(contender, options)) {
      Workload workload = warmedUp(contender, group);
      long epochBefore = group.epoch();
      workload.measure(true);
      SortedMap<String, Long> before = group.counters();
      Costs.Meter meter = new Costs.Meter(group::used, group.isHere(), group.files());
      long begun = System.nanoTime();
      Duration half = options.duration().dividedBy(2);
      Duration rest = options.duration().minus(half);
      boolean faultless = options.fault() == CompareOptions.Fault.NONE;
      load(contender, "measuring", half, faultless ? rest : Duration.ZERO, workload, group);
      double rateBefore = workload.measured() * 1e9 / (System.nanoTime() - begun);
      SortedMap<String, Long> counts = difference(group.counters(), before);
      long batches = counts.getOrDefault("batches_proposed", 0L);
      double putsPerBatch = batches == 0 ? 0 : (double) Prices.writes(counts) / batches;
      String fault = strike(contender, workload, group);
      before = group.counters();
      if (options.fault().heals()) {
        rest = passingFault(contender, rest, workload, group);
      }
      load(contender, "measuring", rest, Duration.ZERO, workload, group);
      awaitRecovery(contender, workload, group);
      long measuredNanos = System.nanoTime() - begun;
      Timeline timeline = workload.timeline();
      workload.measure(false);
      Costs costs = meter.read();
      difference(group.counters(), before).forEach((name, n) -> counts.merge(name, n, Long::sum));
      OptionalLong leaderChanges = epochs(epochBefore, group.epoch());

      progress.phase(contender, "checking the history");
      workload.stop();
      HistoryVerdict verdict = HistoryCheck.check(options, workload, group);
      return new Measured(
          contender,
          group.durability(),
          measuredNanos,
          workload.measured(),
          workload.latencies(),
          workload.indeterminate(),
          workload.refused(),
          workload.longestGapNanos(),
          fault,
          counts,
          leaderChanges,
          rateBefore,
          putsPerBatch,
          options.store().prices(),
          verdict,
          group.settings(),
          group.everySetting(),
          costs,
          timeline);
    }
  }

  private Workload warmedUp(String contender, ContenderGroup group) throws InterruptedException {
    String leader = group.awaitLeader();
    progress.phase(contender, leader + " leads; warming up with " + options.clients() + " calls");
    Workload workload = new Workload(options, group.target());
    workload.start();
    load(contender, "warm-up", options.warmup(), Duration.ZERO, workload, group);
    return workload;
  }

  /** Lets the fault happen, if one is asked for; says what was done. */
  private String strike(String contender, Workload workload, ContenderGroup group) {
    if (options.fault() == CompareOptions.Fault.NONE) {
      return Measured.NO_FAULT;
    }
    workload.watchGap();
    String fault = group.strike(options.fault());
    progress.phase(contender, fault);
    return fault;
  }

  /** How many began; 0 before or after is an epoch that nobody told. */
  private static OptionalLong epochs(long before, long after) {
    return before == 0 || after == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, after - before));
  }

  /** Lets the fault pass; returns how long the load is to go on after it. */
  private Duration passingFault(
      String contender, Duration rest, Workload workload, ContenderGroup group)
      throws InterruptedException {
    Duration length = rest.compareTo(FAULT_MAX) < 0 ? rest : FAULT_MAX;
    Duration after = rest.minus(length);
    after = after.compareTo(AFTER_FAULT_MIN) < 0 ? AFTER_FAULT_MIN : after;
    load(contender, "measuring", length, after, workload, group);
    progress.phase(contender, group.heal());
    return after;
  }

  /** A gap is known only when it has ended: goes on until there are answers after the fault. */
  private void awaitRecovery(String contender, Workload workload, ContenderGroup group)
      throws InterruptedException {
    for (int second = 0; second < RECOVERY_SECONDS_MAX && workload.unanswered(); second++) {
      load(
          contender,
          "waiting for an answer after the fault",
          Duration.ofSeconds(1),
          Duration.ZERO,
          workload,
          group);
    }
  }

  /** Lets the load run; tells of every second, and how much is left with what comes after it. */
  private void load(
      String contender,
      String phase,
      Duration length,
      Duration after,
      Workload workload,
      ContenderGroup group)
      throws InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    long answered = workload.answered();
    for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, 1_000_000_000L));
      group.check();
      long now = workload.answered();
      progress.second(
          contender,
          phase,
          after.plusNanos(Math.max(0, end - System.nanoTime() + 500_000_000)).toSeconds(),
          now - answered);
      answered = now;
    }
  }

  private static SortedMap<String, Long> difference(
      SortedMap<String, Long> after, SortedMap<String, Long> before) {
    SortedMap<String, Long> counts = new TreeMap<>();
    after.forEach((name, count) -> counts.put(name, count - before.getOrDefault(name, 0L)));
    return counts;
  }
}
