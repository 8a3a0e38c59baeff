// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.core.client.ClientOptions;
import io.quorate.core.runtime.RuntimeLimits;
import io.quorate.core.session.SessionLimits;
import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.fault.FaultFamilies;
import io.quorate.sim.net.LinkProfile;
import io.quorate.sim.objectstore.StoreOptions;
import io.quorate.sim.oracle.Traits;
import io.quorate.sim.workload.WorkloadOptions;
import io.quorate.sim.world.SimRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Draws the plan of a seed: the size of the group, how the machines are, what clients do, and which
 * families of faults strike how often. Many odd mixtures find more than one average one.
 */
final class Swarm {
  /** Virtual time in which a healed group must work again. */
  static final long PROOF_NANOS = 60_000_000_000L;

  private static final long MILLI = 1_000_000;

  private Swarm() {}

  /** For which protocols a plan is drawn; the mark is what the base of the plan begins with. */
  enum Ground {
    /** Those that replicate to their members' disks. */
    DISKS(""),
    /** Those that keep the log in an object store, which then has faults of its own. */
    STORE("store:"),
    /** Those that also mend damaged entries of their logs from each other. */
    REPAIRED("repaired:"),
    /** All of them alike: what befalls everybody, and clients as patient as a store wants them. */
    ALL("all:");

    private final String mark;

    Ground(String mark) {
      this.mark = mark;
    }

    static Ground of(Traits traits) {
      return traits.sharedStore() ? STORE : traits.repairs() ? REPAIRED : DISKS;
    }

    static Ground of(String base) {
      for (Ground ground : List.of(STORE, REPAIRED, ALL)) {
        if (base.startsWith(ground.mark)) {
          return ground;
        }
      }
      return DISKS;
    }

    String base(String faults) {
      return mark + faults;
    }

    String faults(String base) {
      return base.substring(mark.length());
    }
  }

  /**
   * The plan of a seed.
   *
   * @param faults {@code swarm}: some families, as drawn; {@code none}; or families joined by
   *     commas
   */
  static SimPlan draw(long seed, long timeNanos, String faults, Ground ground) {
    return draw(seed, timeNanos, faults, ground, 0);
  }

  /**
   * The plan of a seed, for a group of another size than it draws.
   *
   * @param size 0: as drawn
   */
  static SimPlan draw(long seed, long timeNanos, String faults, Ground ground, int size) {
    checkFaults(faults, ground);
    SimRandom root = new SimRandom(seed).child("swarm");
    SimRandom random = root.child("group");
    int dice = random.below(10);
    int drawnNodes = dice == 0 ? 1 : dice < 8 ? 3 : 5;
    int nodes = size == 0 ? drawnNodes : size;
    boolean noise = faults.equals("swarm") || faults.contains("loss");
    ClusterOptions cluster =
        cluster(root.child("cluster"), nodes, noise).withStore(store(root.child("store")));
    boolean slow = ground == Ground.STORE || ground == Ground.ALL;
    if (slow) {
      cluster = cluster.withLimits(roomy(cluster.limits()));
    }
    WorkloadOptions drawn = workload(root.child("workload"));
    WorkloadOptions workload = slow ? patient(drawn, cluster.store()) : drawn;
    List<Fault> schedule = new ArrayList<>();
    for (String family : families(ground)) {
      SimRandom own = root.child("family/" + family);
      boolean lot = own.chance(0.4);
      long gap = own.logBetween(400 * MILLI, 20_000 * MILLI);
      boolean struck = faults.equals("swarm") ? lot : List.of(faults.split(",")).contains(family);
      if (struck) {
        if (family.equals("log-rot")) {
          cluster = cluster.withLimits(scrubbed(cluster.limits(), root.child("scrub")));
        }
        schedule.addAll(
            FaultFamilies.draw(
                family, new SimRandom(seed), nodes, workload.clients(), gap, timeNanos));
      }
    }
    schedule.sort(Comparator.comparingLong(Fault::atNanos));
    return new SimPlan(
        seed, ground.base(faults), timeNanos, PROOF_NANOS, cluster, workload, schedule);
  }

  /** The plan of a seed, from {@link SimPlan#base()}. */
  static SimPlan drawAgain(long seed, long timeNanos, String base) {
    Ground ground = Ground.of(base);
    return draw(seed, timeNanos, ground.faults(base), ground);
  }

  /** Refuses a base that cannot be drawn. */
  static void checkNames(String base) {
    Ground ground = Ground.of(base);
    checkFaults(ground.faults(base), ground);
  }

  private static List<String> families(Ground ground) {
    List<String> families = new ArrayList<>(FaultFamilies.ALL);
    if (ground == Ground.STORE) {
      families.addAll(FaultFamilies.STORE);
    } else if (ground == Ground.REPAIRED) {
      families.addAll(FaultFamilies.REPAIRED);
    }
    return families;
  }

  private static void checkFaults(String faults, Ground ground) {
    if (faults.equals("swarm") || faults.equals("none")) {
      return;
    }
    List<String> families = families(ground);
    for (String family : faults.split(",")) {
      if (!families.contains(family)) {
        throw new IllegalArgumentException(
            "fault family \"" + family + "\" is unknown; say swarm, none, or some of " + families);
      }
    }
  }

  private static ClusterOptions cluster(SimRandom random, int nodes, boolean noise) {
    boolean lossy = noise && random.chance(0.3);
    boolean ordered = !noise || random.chance(0.5);
    LinkProfile peers =
        new LinkProfile(
            random.logBetween(20_000, 2 * MILLI),
            random.logBetween(20_000, 5 * MILLI),
            random.chance(0.4) ? 0.01 : 0,
            random.logBetween(5 * MILLI, 300 * MILLI),
            lossy ? random.logBetween(1, 50) / 1000.0 : 0,
            noise && random.chance(0.4) ? random.logBetween(1, 100) / 1000.0 : 0,
            ordered,
            random.chance(0.2) ? 20_000_000 : 0);
    LinkProfile clients =
        new LinkProfile(50_000, random.logBetween(50_000, 5 * MILLI), 0, 0, 0, 0, true, 0);
    RuntimeLimits limits =
        new RuntimeLimits(
            1 << 16,
            random.chance(0.2) ? 4_000 : 1 << 20,
            (int) random.logBetween(200, 64_000),
            (int) random.logBetween(1, 256),
            1_000,
            Duration.ofMillis(random.logBetween(500, 5_000)),
            random.chance(0.1) ? 16 : 4_096,
            random.logBetween(2_000, 1 << 20),
            random.chance(0.2) ? 1L << 30 : random.logBetween(600, 60_000),
            2 + random.below(2),
            random.logBetween(500, 100_000),
            10_000);
    SessionLimits sessions =
        new SessionLimits(
            10_000, random.chance(0.3) ? 16 : 1_024, random.chance(0.2) ? 64 : 1 << 20, 1 << 16);
    return new ClusterOptions(
        nodes,
        peers,
        clients,
        random.logBetween(10_000, 2 * MILLI),
        random.logBetween(10_000, 10 * MILLI),
        random.logBetween(1_000, 200_000),
        random.chance(0.5) ? 50 : 500,
        random.logBetween(MILLI, 600_000 * MILLI),
        limits,
        sessions);
  }

  /**
   * Clients that give up an attempt before a store of this kind can have answered it would ask ever
   * more often, and the group would do nothing but repeat.
   */
  private static WorkloadOptions patient(WorkloadOptions drawn, StoreOptions store) {
    ClientOptions client = drawn.client();
    Duration least = Duration.ofNanos(16 * (store.leastNanos() + 2 * store.meanNanos()));
    Duration attempt =
        client.attemptTimeout().compareTo(least) < 0 ? least : client.attemptTimeout();
    Duration all = attempt.multipliedBy(4);
    return drawn.withClient(
        new ClientOptions(
            client.timeout().compareTo(all) < 0 ? all : client.timeout(),
            attempt,
            client.retryMin(),
            client.retryMax(),
            client.windowMax()));
  }

  /** Damage that nobody reads is found by a scrub alone; half of the groups have none. */
  private static RuntimeLimits scrubbed(RuntimeLimits drawn, SimRandom random) {
    long every = random.logBetween(200 * MILLI, 10_000 * MILLI);
    return random.chance(0.5) ? drawn.withScrubEvery(Duration.ofNanos(every)) : drawn;
  }

  /** Room for as many commands in a slot as clients have for the time that a slot takes. */
  private static RuntimeLimits roomy(RuntimeLimits drawn) {
    return new RuntimeLimits(
        drawn.commandBytesMax(),
        drawn.inFlightBytesMax(),
        Math.max(drawn.batchBytesMax(), 16_000),
        Math.max(drawn.batchCommandsMax(), 16),
        drawn.readsWaitingMax(),
        drawn.readTimeout(),
        drawn.inboxMessagesMax(),
        drawn.applyBacklogBytesMax(),
        drawn.snapshotEveryLogBytes(),
        drawn.snapshotsKept(),
        drawn.tailBytesMax(),
        drawn.sessionsMax());
  }

  private static StoreOptions store(SimRandom random) {
    return new StoreOptions(
        random.logBetween(MILLI, 20 * MILLI),
        random.logBetween(MILLI, 20 * MILLI),
        random.chance(0.5) ? random.logBetween(1, 50) / 1000.0 : 0,
        random.logBetween(20 * MILLI, 1_000 * MILLI),
        random.chance(0.5) ? 0.2 : 0,
        random.chance(0.5) ? 1_000 : 3 + random.below(20),
        false);
  }

  private static WorkloadOptions workload(SimRandom random) {
    ClientOptions client =
        new ClientOptions(
            Duration.ofMillis(random.logBetween(1_000, 20_000)),
            Duration.ofMillis(random.logBetween(100, 2_000)),
            Duration.ofMillis(random.logBetween(1, 20)),
            Duration.ofMillis(random.logBetween(50, 500)),
            (int) random.logBetween(1, 64));
    int clients = 1 + random.below(6);
    return new WorkloadOptions(
        clients,
        random.logBetween(4L * clients * MILLI, 200 * MILLI),
        (int) random.logBetween(1, 16),
        2 + random.below(8),
        random.chance(0.3) ? 0.7 : 0.3,
        true,
        random.unit(),
        random.chance(0.3) ? 0.2 : 0,
        (int) random.logBetween(1, 2_000),
        Duration.ofMillis(random.logBetween(1_000, random.chance(0.3) ? 2_000 : 60_000)),
        random.chance(0.4) ? 0.02 : 0,
        random.chance(0.5) ? random.logBetween(300 * MILLI, 10_000 * MILLI) : 0,
        client);
  }
}
