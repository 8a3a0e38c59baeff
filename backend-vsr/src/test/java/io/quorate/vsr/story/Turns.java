// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.story;

import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.net.Link;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.world.VsrWorlds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A group with a primary, and whose turn it is after it: who is primary in which view is known in
 * advance (VRR §4.2), which stories need to know whom to let die.
 */
final class Turns {
  static final Duration SOON = Duration.ofSeconds(5);

  private final Scenario scenario;
  private final long view;

  private Turns(Scenario scenario) {
    this.scenario = scenario;
    this.view = viewOf(scenario.leader());
  }

  /** A group that follows one primary and has some ops. */
  static Turns start(int nodes, long seed) {
    return start(VsrConfig.defaults(), nodes, seed);
  }

  /** The same with a configuration of one's own. */
  static Turns start(VsrConfig config, int nodes, long seed) {
    Scenario scenario = Scenario.of(VsrWorlds.with(config)).nodes(nodes).seed(seed).start();
    scenario.await(scenario.client(1).put(1, 10));
    scenario.await(scenario.client(2).put(2, 20));
    scenario.untilEqual();
    return new Turns(scenario);
  }

  /** A group that was started otherwise, and has a primary. */
  static Turns of(Scenario scenario) {
    return new Turns(scenario);
  }

  Scenario scenario() {
    return scenario;
  }

  /** The view in which the story begins. */
  long view() {
    return view;
  }

  /** Who is primary of the so-manyth view after the first. */
  SimNode primary(int later) {
    int nodes = scenario.cluster().nodes().size();
    return scenario.node((int) ((view + later) % nodes) + 1);
  }

  static long viewOf(SimNode node) {
    ReplicaStatus status = node.status();
    return status == null ? -1 : status.epoch();
  }

  /** Waits for a primary that is none of these. */
  SimNode untilAnotherLeads(SimNode... than) {
    return scenario.untilAnotherLeads(SOON, than);
  }

  /** Last op that anybody committed. */
  long committed() {
    return scenario.cluster().oracle().lastSlot();
  }

  Link link(SimNode from, SimNode to) {
    return scenario.cluster().network().link(from.id().value(), to.id().value());
  }

  void cut(SimNode one, SimNode other) {
    scenario.happens("cut " + one.id() + " " + other.id());
  }

  /** Lets a client reach nobody but one replica. */
  void keepTo(int client, SimNode only) {
    for (SimNode node : scenario.cluster().nodes()) {
      if (node != only) {
        scenario.happens("cut " + node.id() + " c" + client);
      }
    }
  }

  /** Joins all links, and restarts nobody. */
  void join() {
    scenario.cluster().network().heal();
  }

  /** So many ops that get no further than to the disk of one replica, one after the other. */
  List<Pending> prepareAlone(SimNode primary, int client, int ops) {
    List<Pending> writes = new ArrayList<>();
    for (int i = 1; i <= ops; i++) {
      final long before = primary.disk().lastSlot();
      writes.add(scenario.client(client).put(i % 10, 1_000L * client + i));
      scenario.until(() -> primary.disk().lastSlot() > before, SOON, "op " + i + " is on its disk");
    }
    return writes;
  }
}
