// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.fault.Times;
import io.quorate.sim.workload.WorkloadOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * A plan as text, to be kept, sent and replayed on any backend.
 *
 * <pre>
 * # what it shows
 * seed 7
 * time 20s
 * base calm          # or the options that a seed draws: swarm, none, crash,partition, …
 * nodes 3
 * clients 2
 * at 2s isolate leader for 3s
 * at 4s crash n2 for 500ms
 * </pre>
 */
public final class SimScript {
  private SimScript() {}

  /**
   * Reads a plan.
   *
   * @throws IllegalArgumentException naming the line that is wrong
   */
  public static SimPlan parse(String text) {
    long seed = 1;
    long time = Times.nanos("20s");
    String base = "calm";
    int nodes = 0;
    int clients = 0;
    List<Fault> faults = new ArrayList<>();
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String line = raw.replaceAll("#.*", "").trim();
      if (line.isEmpty()) {
        continue;
      }
      try {
        String[] words = line.split("\\s+", 2);
        String value = words.length == 2 ? words[1] : "";
        switch (words[0]) {
          case "seed" -> seed = Long.parseLong(value);
          case "time" -> time = Times.nanos(value);
          case "base" -> base = value;
          case "nodes" -> nodes = Integer.parseInt(value);
          case "clients" -> clients = Integer.parseInt(value);
          case "at" -> faults.add(Fault.parse(line));
          default ->
              throw new IllegalArgumentException(
                  "\"" + words[0] + "\" is none of seed, time, base, nodes, clients, at");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
      }
    }
    return plan(seed, time, base, nodes, clients).withFaults(faults);
  }

  private static SimPlan plan(long seed, long time, String base, int nodes, int clients) {
    SimPlan plan;
    if (base.equals("calm")) {
      ClusterOptions cluster = ClusterOptions.calm(nodes == 0 ? 3 : nodes);
      plan = new SimPlan(seed, time, Swarm.PROOF_NANOS, cluster, WorkloadOptions.CALM, List.of());
    } else {
      plan = Swarm.draw(seed, time, base, true);
      if (nodes != 0) {
        plan = plan.withCluster(plan.cluster().withNodes(nodes));
      }
    }
    return clients == 0 ? plan : plan.withWorkload(plan.workload().withClients(clients));
  }

  /** Writes a plan that was drawn with {@code base}, as {@link #parse} reads it back. */
  public static String text(SimPlan plan, String base) {
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(plan.seed()).append('\n');
    text.append("time ").append(Times.text(plan.timeNanos())).append('\n');
    text.append("base ").append(base).append('\n');
    text.append("nodes ").append(plan.cluster().nodes()).append('\n');
    text.append("clients ").append(plan.workload().clients()).append('\n');
    for (Fault fault : plan.faults()) {
      text.append(fault).append('\n');
    }
    return text.toString();
  }
}
