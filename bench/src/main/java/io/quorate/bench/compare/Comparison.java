// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
      return "gRPC on loopback, RocksDB";
    }

    /** What an acknowledged command has survived. */
    default String durability(String contender, CompareOptions options) {
      return "fsync on a majority";
    }
  }

  private static final int RECOVERY_SECONDS_MAX = 30;

  private final CompareOptions options;
  private final Progress progress;
  private final Groups groups;

  /** A comparison with replicas in this process, over loopback and with real files. */
  public Comparison(CompareOptions options, Progress progress) {
    this(options, progress, new LocalGroups());
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
      String leader = group.awaitLeader();
      progress.phase(contender, leader + " leads; warming up with " + options.clients() + " calls");
      Workload workload = new Workload(options, group.client());
      workload.start();
      load(contender, "warm-up", options.warmup(), workload);

      workload.measure(true);
      SortedMap<String, Long> before = group.counters();
      long cpuBefore = cpuNanos();
      long begun = System.nanoTime();
      Duration half = options.duration().dividedBy(2);
      load(contender, "measuring", half, workload);
      double rateBefore = workload.measured() * 1e9 / (System.nanoTime() - begun);
      String fault = "none";
      SortedMap<String, Long> counts = difference(group.counters(), before);
      long batches = counts.getOrDefault("batches_proposed", 0L);
      double putsPerBatch = batches == 0 ? 0 : (double) Prices.writes(counts) / batches;
      if (options.fault() == CompareOptions.Fault.KILL_LEADER) {
        workload.watchGap();
        fault = "killed the leader " + group.killLeader();
        progress.phase(contender, fault);
        before = group.counters();
      } else {
        before = group.counters();
      }
      load(contender, "measuring", options.duration().minus(half), workload);
      awaitRecovery(contender, workload);
      long measuredNanos = System.nanoTime() - begun;
      Timeline timeline = workload.timeline();
      workload.measure(false);
      long cpu = cpuNanos() - cpuBefore;
      difference(group.counters(), before).forEach((name, n) -> counts.merge(name, n, Long::sum));

      progress.phase(contender, "checking the history");
      workload.stop();
      HistoryVerdict verdict = HistoryCheck.check(options, workload, group);
      return new Measured(
          contender,
          groups.durability(contender, options),
          measuredNanos,
          workload.measured(),
          workload.latencies(),
          workload.indeterminate(),
          workload.refused(),
          workload.longestGapNanos(),
          fault,
          cpu,
          counts,
          rateBefore,
          putsPerBatch,
          options.store().prices(),
          verdict,
          timeline);
    }
  }

  /** A gap is known only when it has ended: goes on until there are answers after the fault. */
  private void awaitRecovery(String contender, Workload workload) throws InterruptedException {
    for (int second = 0; second < RECOVERY_SECONDS_MAX && workload.unanswered(); second++) {
      load(contender, "waiting for an answer after the fault", Duration.ofSeconds(1), workload);
    }
  }

  /** Lets the load run; tells of every second. */
  private void load(String contender, String phase, Duration length, Workload workload)
      throws InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    long answered = workload.answered();
    for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, 1_000_000_000L));
      long now = workload.answered();
      progress.second(
          contender,
          phase,
          Math.max(0, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime() + 500_000_000)),
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

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getProcessCpuTime()
        : 0;
  }
}
