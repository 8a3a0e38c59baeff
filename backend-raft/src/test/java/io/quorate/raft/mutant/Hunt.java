// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.mutant;

import io.quorate.core.client.ClientOptions;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Pipeline;
import io.quorate.raft.RaftConfig.Safeguards;
import io.quorate.raft.RaftConfig.Timing;
import io.quorate.raft.backend.RaftBackend;
import io.quorate.sim.SimPlan;
import io.quorate.sim.SimResult;
import io.quorate.sim.Simulation;
import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.fault.FaultKind;
import io.quorate.sim.net.LinkProfile;
import io.quorate.sim.workload.WorkloadOptions;
import io.quorate.sim.world.SimRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Ways to look for a broken rule: simulations with ascending seeds, until one fails. */
final class Hunt {
  private static final long MILLI = 1_000_000;

  private Hunt() {}

  /** A group drawn from the seed under faults drawn from the seed. */
  static final class Swarm implements Callable<@Nullable String> {
    static final int SEEDS = 40;

    @Override
    public @Nullable String call() {
      Simulation simulation = Simulation.of(SimulatedRaft.backend()).time(Duration.ofSeconds(6));
      return firstFailure(SEEDS, "", seed -> simulation.seed(seed).run());
    }
  }

  /** A leader that the others cannot reach, while clients that mostly read still reach it. */
  static final class LostLeader implements Callable<@Nullable String> {
    static final int SEEDS = 8;

    @Override
    public @Nullable String call() {
      Safeguards noCheckQuorum = new Safeguards(true, false, false, 0.01);
      SimBackend raft =
          SimBackend.of("raft", r -> new RaftBackend(RaftConfig.defaults().with(noCheckQuorum)));
      List<Fault> faults = new ArrayList<>();
      for (long at = 500; at < 8_000; at += 2_000) {
        faults.add(new Fault(FaultKind.ISOLATE, at * MILLI, "leader", "-", 0, 1_500 * MILLI));
      }
      return firstFailure(
          SEEDS,
          "",
          seed ->
              Simulation.of(raft)
                  .run(
                      new SimPlan(
                          seed,
                          8_000 * MILLI,
                          60_000 * MILLI,
                          ClusterOptions.calm(3),
                          workload(0.95, 0),
                          faults)));
    }
  }

  /**
   * One election after the other: replicas are cut off and restarted all the time, and entries go
   * one by one over slow links.
   */
  static final class Elections implements Callable<@Nullable String> {
    static final int SEEDS = 40;

    @Override
    public @Nullable String call() {
      RaftConfig config =
          RaftConfig.defaults()
              .with(
                  new Timing(
                      Duration.ofMillis(150),
                      Duration.ofMillis(200),
                      Duration.ofMillis(50),
                      Duration.ofSeconds(5)))
              .with(new Safeguards(false, false, false, 0.01))
              .with(new Pipeline(1, 1, 1, 32, 16 << 20, 64 << 20));
      SimBackend raft = SimBackend.of("raft", r -> new RaftBackend(config));
      ClusterOptions calm = ClusterOptions.calm(3);
      ClusterOptions cluster =
          new ClusterOptions(
              3,
              new LinkProfile(2 * MILLI, 2 * MILLI, 0, 0, 0, 0, true, 0),
              LinkProfile.CALM,
              5 * MILLI,
              10 * MILLI,
              calm.turnMeanNanos(),
              calm.clockPpmMax(),
              calm.clockOffsetMaxNanos(),
              calm.limits(),
              calm.sessionLimits());
      return firstFailure(
          SEEDS,
          "",
          seed ->
              Simulation.of(raft)
                  .run(
                      new SimPlan(
                          seed,
                          20_000 * MILLI,
                          60_000 * MILLI,
                          cluster,
                          workload(0.2, 0),
                          unrest(seed))));
    }

    private static List<Fault> unrest(long seed) {
      SimRandom random = new SimRandom(seed).child("unrest");
      List<Fault> faults = new ArrayList<>();
      long at = 500;
      while (at < 20_000) {
        String node = random.chance(0.5) ? "leader" : "n" + (1 + random.below(3));
        boolean crash = random.chance(0.5);
        long duration = crash ? random.between(1, 100) : random.between(50, 500);
        faults.add(
            new Fault(
                crash ? FaultKind.CRASH : FaultKind.ISOLATE,
                at * MILLI,
                node,
                "-",
                0,
                duration * MILLI));
        at += random.between(20, 300);
      }
      return faults;
    }
  }

  /** Candidates that meet, on disks that take long, in machines that restart at once. */
  static final class Restarts implements Callable<@Nullable String> {
    static final int SEEDS = 40;

    @Override
    public @Nullable String call() {
      Timing meeting =
          new Timing(
              Duration.ofMillis(150),
              Duration.ofMillis(160),
              Duration.ofMillis(50),
              Duration.ofSeconds(5));
      RaftConfig config =
          RaftConfig.defaults().with(meeting).with(new Safeguards(false, false, false, 0.01));
      SimBackend raft = SimBackend.of("raft", r -> new RaftBackend(config));
      ClusterOptions calm = ClusterOptions.calm(3);
      ClusterOptions cluster =
          new ClusterOptions(
              3,
              new LinkProfile(MILLI, MILLI, 0.3, 60 * MILLI, 0, 0.1, false, 0),
              LinkProfile.CALM,
              20 * MILLI,
              20 * MILLI,
              calm.turnMeanNanos(),
              calm.clockPpmMax(),
              calm.clockOffsetMaxNanos(),
              calm.limits(),
              calm.sessionLimits());
      return firstFailure(
          SEEDS,
          "",
          seed ->
              Simulation.of(raft)
                  .run(
                      new SimPlan(
                          seed,
                          20_000 * MILLI,
                          60_000 * MILLI,
                          cluster,
                          workload(0.2, 0),
                          crashes(seed))));
    }

    private static List<Fault> crashes(long seed) {
      SimRandom random = new SimRandom(seed).child("crashes");
      List<Fault> faults = new ArrayList<>();
      long at = 500;
      while (at < 20_000) {
        String node = random.chance(0.3) ? "leader" : "n" + (1 + random.below(3));
        long duration = random.between(1, 10);
        faults.add(new Fault(FaultKind.CRASH, at * MILLI, node, "-", 0, duration * MILLI));
        at += random.between(20, 120);
      }
      return faults;
    }
  }

  /** Leadership that moves all the time, over links on which a message may be held up for long. */
  static final class Handovers implements Callable<@Nullable String> {
    static final int SEEDS = 40;

    @Override
    public @Nullable String call() {
      Timing longLease =
          new Timing(
              Duration.ofMillis(1_000),
              Duration.ofMillis(2_000),
              Duration.ofMillis(50),
              Duration.ofSeconds(5));
      SimBackend raft =
          SimBackend.of(
              "raft",
              r ->
                  new RaftBackend(
                      RaftConfig.defaults()
                          .with(longLease)
                          .with(new Safeguards(true, true, true, 0.01))));
      LinkProfile heldUp = new LinkProfile(100_000, 100_000, 0.05, 300 * MILLI, 0, 0, true, 0);
      ClusterOptions calm = ClusterOptions.calm(3);
      ClusterOptions cluster =
          new ClusterOptions(
              3,
              heldUp,
              LinkProfile.CALM,
              calm.syncLeastNanos(),
              calm.syncMeanNanos(),
              calm.turnMeanNanos(),
              calm.clockPpmMax(),
              calm.clockOffsetMaxNanos(),
              calm.limits(),
              calm.sessionLimits());
      // Other reads are not asked about here: these links hold messages up for longer than a bound.
      return firstFailure(
          SEEDS,
          "Lease[",
          seed ->
              Simulation.of(raft)
                  .run(
                      new SimPlan(
                          seed,
                          20_000 * MILLI,
                          60_000 * MILLI,
                          cluster,
                          workload(0.8, 200 * MILLI),
                          List.of())));
    }
  }

  private static WorkloadOptions workload(double readRate, long adminMeanNanos) {
    return new WorkloadOptions(
        6,
        10 * MILLI,
        2,
        2,
        readRate,
        true,
        0.5,
        0,
        16,
        Duration.ofSeconds(60),
        0,
        adminMeanNanos,
        new ClientOptions(
            Duration.ofSeconds(10),
            Duration.ofMillis(150),
            Duration.ofMillis(2),
            Duration.ofMillis(50),
            64));
  }

  private static @Nullable String firstFailure(
      int seeds, String about, LongFunction<SimResult> run) {
    for (long seed = 1; seed <= seeds; seed++) {
      String failure = run.apply(seed).failure();
      if (failure != null && failure.contains(about)) {
        return "seed " + seed + ": " + failure;
      }
    }
    return null;
  }
}
