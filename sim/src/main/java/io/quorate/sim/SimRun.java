// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.cluster.SimCluster;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.fault.FaultInjector;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.workload.Workload;
import io.quorate.sim.world.World;
import org.jspecify.annotations.Nullable;

/**
 * One run of a plan: a safety phase with faults, in which nothing wrong may happen; then the world
 * is healed, and the group must work again within a bound.
 */
final class SimRun {
  private static final long EVENTS_MAX = 3_000_000;

  /** Far more than the busiest groups need; what goes beyond it in the long run has no end. */
  private static final long EVENTS_PER_SECOND_MAX = 50_000;

  private static final long ANSWER_WITHIN_NANOS = 20_000_000_000L;

  private final SimPlan plan;
  private final World world;
  private final SimCluster cluster;
  private final Workload workload;
  private final FaultInjector injector;
  private final String reproduce;

  SimRun(SimBackend backend, SimPlan plan, boolean capture, boolean audit, String reproduce) {
    this.plan = plan;
    this.reproduce = reproduce;
    long eventsMax = EVENTS_MAX + plan.timeNanos() / 1_000_000_000 * EVENTS_PER_SECOND_MAX;
    world = new World(plan.seed(), eventsMax, new TraceLog(capture));
    workload = new Workload(world, plan.workload(), audit);
    SimBackend suited = plan.base().equals(SimPlan.CALM) ? backend.ordinarily() : backend;
    cluster = new SimCluster(world, plan.cluster(), suited, workload::stateMachine);
    workload.connect(cluster);
    injector = new FaultInjector(world, cluster);
  }

  SimResult run() {
    try {
      cluster.start();
      workload.start();
      injector.plan(plan.faults());
      world.runUntil(plan.timeNanos());
      injector.stop();
      prove();
      if (world.failure() == null) {
        workload.ledger().checkAll();
      }
      if (world.failure() == null && workload.ledger().applied() == 0) {
        world.fail("nothing was committed in the whole run");
      }
    } catch (RuntimeException bug) {
      StackTraceElement[] stack = bug.getStackTrace();
      world.fail("the simulator failed: " + bug + (stack.length > 0 ? " at " + stack[0] : ""));
    }
    return result();
  }

  /** All faults have ended: the group must work again, for everybody. */
  private void prove() {
    workload.stop();
    workload.prove();
    long until = world.now() + plan.proofNanos();
    boolean proved =
        world.runUntil(
            () -> workload.hasProved() && workload.inFlight() == 0 && differences() == null, until);
    if (!proved) {
      String what = differences();
      if (!workload.hasProved()) {
        what = "some client cannot get a command through; " + what;
      } else if (workload.inFlight() > 0) {
        what = workload.inFlight() + " calls of clients were never answered";
      }
      world.fail("no recovery within " + plan.proofNanos() / 1_000_000_000 + " s: " + what);
      return;
    }
    // A replica must not forget a call: whatever it was asked, it has to answer in the end.
    world.runUntil(
        () -> cluster.oldestOpenCallNanos() == Long.MAX_VALUE, world.now() + ANSWER_WITHIN_NANOS);
    long oldest = cluster.oldestOpenCallNanos();
    if (oldest != Long.MAX_VALUE) {
      world.fail("a replica never answered a call that it got at " + oldest / 1_000_000 + " ms");
    }
  }

  /** What keeps the live replicas from being one group in one state; null if nothing does. */
  private @Nullable String differences() {
    SimNode leader = cluster.leader();
    if (leader == null) {
      return "there is no leader";
    }
    for (SimNode node : cluster.nodes()) {
      if (node.isDead()) {
        continue;
      }
      ReplicaStatus status = node.status();
      if (!node.isLive() || status == null) {
        return node.id() + " does not run";
      }
      if (!leader.id().equals(status.leader())) {
        return node.id() + " does not follow " + leader.id() + " but " + status.leader();
      }
      if (workload.stateIndex(node) != workload.stateIndex(leader)) {
        return node.id()
            + " is at index "
            + workload.stateIndex(node)
            + ", "
            + leader.id()
            + " at "
            + workload.stateIndex(leader);
      }
      if (workload.stateDigest(node) != workload.stateDigest(leader)) {
        world.fail("states differ: " + node.id() + " and " + leader.id());
        return "states differ";
      }
    }
    return null;
  }

  private SimResult result() {
    return new SimResult(
        plan,
        world.failure(),
        world.now(),
        reproduce,
        world.trace().hash(),
        workload.ledger().undecided(),
        new SimResult.Counts(
            world.events(),
            cluster.network().sent(),
            cluster.network().lost(),
            injector.injected(),
            workload.ledger().called(),
            workload.ledger().completed(),
            workload.ledger().applied(),
            world.coverage().count("leader.elected")),
        world.coverage().counts(),
        world.trace().lines());
  }
}
