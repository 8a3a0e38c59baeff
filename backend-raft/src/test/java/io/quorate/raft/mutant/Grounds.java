// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.mutant;

import io.quorate.core.client.ClientOptions;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Pipeline;
import io.quorate.raft.RaftConfig.Safeguards;
import io.quorate.raft.RaftConfig.Timing;
import io.quorate.raft.backend.RaftBackend;
import io.quorate.sim.SimPlan;
import io.quorate.sim.Simulation;
import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.fault.FaultKind;
import io.quorate.sim.net.LinkProfile;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import io.quorate.sim.workload.WorkloadOptions;
import io.quorate.sim.world.SimRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Worlds in which a broken rule is noticed: each says what was, in the world of a seed. */
final class Grounds {
  private static final long MILLI = 1_000_000;

  private Grounds() {}

  /** A group drawn from the seed under faults drawn from the seed. */
  static final class Swarm implements LongFunction<@Nullable String> {
    private final Simulation simulation =
        Simulation.of(SimulatedRaft.backend()).time(Duration.ofSeconds(6));

    @Override
    public @Nullable String apply(long seed) {
      return simulation.seed(seed).run().failure();
    }
  }

  /** A leader that the others cannot reach, while clients that mostly read still reach it. */
  static final class LostLeader implements LongFunction<@Nullable String> {
    @Override
    public @Nullable String apply(long seed) {
      Safeguards noCheckQuorum = new Safeguards(true, false, false, 0.01);
      List<Fault> faults = new ArrayList<>();
      for (long at = 500; at < 8_000; at += 2_000) {
        faults.add(new Fault(FaultKind.ISOLATE, at * MILLI, "leader", "-", 0, 1_500 * MILLI));
      }
      return new Ground(
              RaftConfig.defaults().with(noCheckQuorum),
              ClusterOptions.calm(3),
              8_000 * MILLI,
              workload(0.95, 0))
          .failure(seed, faults);
    }
  }

  /**
   * One election after the other: replicas are cut off and restarted all the time, and entries go
   * one by one over slow links.
   */
  static final class Elections implements LongFunction<@Nullable String> {
    @Override
    public @Nullable String apply(long seed) {
      RaftConfig config =
          RaftConfig.defaults()
              .with(timing(150, 200))
              .with(new Safeguards(false, false, false, 0.01))
              .with(new Pipeline(1, 1, 1, 32, 16 << 20, 64 << 20));
      ClusterOptions cluster =
          cluster(
              new LinkProfile(2 * MILLI, 2 * MILLI, 0, 0, 0, 0, true, 0), 5 * MILLI, 10 * MILLI);
      return new Ground(config, cluster, 20_000 * MILLI, workload(0.2, 0))
          .failure(seed, unrest(seed));
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
  static final class Restarts implements LongFunction<@Nullable String> {
    @Override
    public @Nullable String apply(long seed) {
      RaftConfig config =
          RaftConfig.defaults()
              .with(timing(150, 160))
              .with(new Safeguards(false, false, false, 0.01));
      ClusterOptions cluster =
          cluster(
              new LinkProfile(MILLI, MILLI, 0.3, 60 * MILLI, 0, 0.1, false, 0),
              20 * MILLI,
              20 * MILLI);
      return new Ground(config, cluster, 10_000 * MILLI, workload(0.2, 0))
          .failure(seed, crashes(seed));
    }

    private static List<Fault> crashes(long seed) {
      SimRandom random = new SimRandom(seed).child("crashes");
      List<Fault> faults = new ArrayList<>();
      long at = 500;
      while (at < 10_000) {
        String node = random.chance(0.3) ? "leader" : "n" + (1 + random.below(3));
        long duration = random.between(1, 10);
        faults.add(new Fault(FaultKind.CRASH, at * MILLI, node, "-", 0, duration * MILLI));
        at += random.between(20, 120);
      }
      return faults;
    }
  }

  /** Two copies of a committed entry are damaged, and whoever has none is asked, too. */
  static final class DamagedTwice implements LongFunction<@Nullable String> {
    @Override
    public @Nullable String apply(long seed) {
      SimBackend raft = SimBackend.of("raft", r -> new RaftBackend(RaftConfig.defaults()));
      Scenario s = Scenario.of(raft).seed(seed).start();
      s.puts(1, 5, 0);
      SimNode late = s.follower(1);
      s.crash(late);
      s.puts(1, 1, 0);
      s.run(Duration.ofSeconds(1));
      long slot = s.leader().disk().lastSlot();
      for (SimNode node : s.cluster().nodes()) {
        if (node != late) {
          s.crash(node);
          node.disk().rotEntry(slot, 900);
        }
      }
      s.cluster().nodes().forEach(s::restart);
      s.world().runUntil(s.world().now() + 20_000 * MILLI);
      return s.world().failure();
    }
  }

  /** The power of the only follower fails inside its syncs, or inside what leaves after them. */
  static final class DeathInSync implements LongFunction<@Nullable String> {
    private static final Duration SOON = Duration.ofSeconds(5);

    @Override
    public @Nullable String apply(long seed) {
      SimBackend raft = SimBackend.of("raft", r -> new RaftBackend(RaftConfig.defaults()));
      try {
        Scenario s = Scenario.of(raft).seed(seed).start();
        s.puts(1, 2, 0);
        SimNode absent = s.follower(1);
        s.crash(absent);
        List<Pending> writes = new ArrayList<>();
        for (int effects = 1; effects <= 6; effects++) {
          s.until(() -> s.cluster().leader() != null, SOON, "somebody leads");
          SimNode leader = s.leader();
          SimNode follower =
              s.cluster().nodes().stream()
                  .filter(node -> node != leader && node != absent)
                  .findFirst()
                  .orElseThrow();
          writes.add(s.client(effects).add(7, 1));
          s.crashWithin(follower, effects);
          s.until(() -> !follower.isUp(), SOON, "the power fails");
          s.run(Duration.ofMillis(20));
          s.restart(follower);
          writes.forEach(s::await);
        }
        s.restart(absent);
        s.check();
        return null;
      } catch (AssertionError e) {
        return e.getMessage();
      }
    }
  }

  /** Leadership that moves all the time, over links on which a message may be held up for long. */
  static final class Handovers implements LongFunction<@Nullable String> {
    @Override
    public @Nullable String apply(long seed) {
      RaftConfig longLease =
          RaftConfig.defaults()
              .with(timing(1_000, 2_000))
              .with(new Safeguards(true, true, true, 0.01));
      ClusterOptions calm = ClusterOptions.calm(3);
      LinkProfile heldUp = new LinkProfile(100_000, 100_000, 0.05, 300 * MILLI, 0, 0, true, 0);
      ClusterOptions cluster = cluster(heldUp, calm.syncLeastNanos(), calm.syncMeanNanos());
      String failure =
          new Ground(longLease, cluster, 20_000 * MILLI, workload(0.8, 200 * MILLI))
              .failure(seed, List.of());
      // Other reads are not asked about here: these links hold messages up for longer than a bound.
      return failure != null && failure.contains("Lease[") ? failure : null;
    }
  }

  /** A group of a certain kind that lives for so long. */
  private record Ground(
      RaftConfig config, ClusterOptions cluster, long timeNanos, WorkloadOptions workload) {

    @Nullable String failure(long seed, List<Fault> faults) {
      return Simulation.of(SimBackend.of("raft", r -> new RaftBackend(config)))
          .run(new SimPlan(seed, timeNanos, 60_000 * MILLI, cluster, workload, faults))
          .failure();
    }
  }

  private static Timing timing(long electionMinMillis, long electionMaxMillis) {
    return new Timing(
        Duration.ofMillis(electionMinMillis),
        Duration.ofMillis(electionMaxMillis),
        Duration.ofMillis(50),
        Duration.ofSeconds(5));
  }

  private static ClusterOptions cluster(
      LinkProfile peerLink, long syncLeastNanos, long syncMeanNanos) {
    ClusterOptions calm = ClusterOptions.calm(3);
    return new ClusterOptions(
        3,
        peerLink,
        LinkProfile.CALM,
        syncLeastNanos,
        syncMeanNanos,
        calm.turnMeanNanos(),
        calm.clockPpmMax(),
        calm.clockOffsetMaxNanos(),
        calm.limits(),
        calm.sessionLimits());
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
}
