// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.fault.Times;
import io.quorate.sim.workload.WorkloadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A plan as text, to be kept, sent and replayed on any backend.
 *
 * <pre>
 * # what it shows
 * seed 7
 * time 20s
 * base calm          # or the options that a seed draws: swarm, none, crash,partition, …
 * network calm       # as drawn, but nothing is lost, repeated or out of order by itself
 * nodes 3
 * clients 2
 * at 2s isolate leader for 3s
 * at 4s crash n2 for 500ms
 * </pre>
 *
 * <p>Everything but the faults may be left out: seed 1, 20 s, calm, three replicas, three clients.
 */
public final class SimScript {
  private static final int NODES_MAX = 9;
  private static final int CLIENTS_MAX = 100;

  private final List<Fault> faults = new ArrayList<>();
  private final List<Integer> faultLines = new ArrayList<>();
  private OptionalLong seed;
  private OptionalLong time;
  private String base = SimPlan.CALM;
  private boolean calmNetwork;
  private int nodes;
  private int clients;

  private SimScript(OptionalLong seed, OptionalLong time) {
    this.seed = seed;
    this.time = time;
  }

  /**
   * Reads a plan.
   *
   * @throws IllegalArgumentException naming the line that is wrong
   */
  public static SimPlan parse(String text) {
    return parse(text, OptionalLong.empty(), OptionalLong.empty());
  }

  /**
   * Reads a plan, with a seed and a time in nanoseconds that count instead of the text's own.
   *
   * @throws IllegalArgumentException naming the line that is wrong
   */
  public static SimPlan parse(String text, OptionalLong seed, OptionalLong timeNanos) {
    SimScript script = new SimScript(seed, timeNanos);
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].replaceAll("#.*", "").trim();
      try {
        if (!line.isEmpty()) {
          script.read(line, i + 1);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return script.plan();
  }

  private void read(String line, int number) {
    String[] words = line.split("\\s+", 2);
    String value = words.length == 2 ? words[1] : "";
    switch (words[0]) {
      case "seed" -> seed = OptionalLong.of(seed.orElse(seedOf(value)));
      case "time" -> time = OptionalLong.of(time.orElse(timeOf(value)));
      case "base" -> {
        base = value;
        if (!base.equals(SimPlan.CALM)) {
          Swarm.checkNames(base);
        }
      }
      case "network" -> {
        if (!value.equals("calm")) {
          throw new IllegalArgumentException(
              "a network can only be \"calm\", was \"" + value + '"');
        }
        calmNetwork = true;
      }
      case "nodes" -> nodes = number("nodes", value, NODES_MAX);
      case "clients" -> clients = number("clients", value, CLIENTS_MAX);
      case "at" -> {
        faults.add(Fault.parse(line));
        faultLines.add(number);
      }
      default ->
          throw new IllegalArgumentException(
              "\"" + words[0] + "\" is none of seed, time, base, network, nodes, clients, at");
    }
  }

  private static long seedOf(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("seed must be a whole number, was \"" + value + "\"", e);
    }
  }

  private static long timeOf(String value) {
    long nanos = Times.nanos(value);
    if (nanos <= 0) {
      throw new IllegalArgumentException("time must be more than 0, was \"" + value + "\"");
    }
    return nanos;
  }

  private static int number(String name, String value, int most) {
    try {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrongNumber(name, value, most);
    }
    throw wrongNumber(name, value, most);
  }

  private static IllegalArgumentException wrongNumber(String name, String value, int most) {
    return new IllegalArgumentException(
        name + " must be a number from 1 to " + most + ", was \"" + value + "\"");
  }

  private SimPlan plan() {
    long drawn = seed.orElse(1);
    long nanos = time.orElse(Times.nanos("20s"));
    SimPlan plan =
        base.equals(SimPlan.CALM)
            ? new SimPlan(
                drawn,
                base,
                nanos,
                Swarm.PROOF_NANOS,
                ClusterOptions.calm(3),
                WorkloadOptions.CALM,
                List.of())
            : Swarm.drawAgain(drawn, nanos, base);
    if (nodes != 0) {
      plan = plan.withCluster(plan.cluster().withNodes(nodes));
    }
    if (clients != 0) {
      plan = plan.withWorkload(plan.workload().withClients(clients));
    }
    checkPlaces(plan);
    return (calmNetwork ? plan.withCalmNetwork() : plan).withFaults(faults);
  }

  /** Nobody can do anything to a replica or a client that is not there. */
  private void checkPlaces(SimPlan plan) {
    for (int i = 0; i < faults.size(); i++) {
      Fault fault = faults.get(i);
      int places = (fault.place().equals("-") ? 0 : 1) + (fault.other().equals("-") ? 0 : 1);
      if (places != fault.kind().places()) {
        throw new IllegalArgumentException(
            String.format(
                "line %d: %s needs %d places, but has %d: %s",
                faultLines.get(i), fault.kind().word(), fault.kind().places(), places, fault));
      }
      if (fault.kind().isOfReplicas()) {
        for (String place : (fault.place() + "+" + fault.other()).split("\\+")) {
          if (!isThere(place, plan)) {
            throw new IllegalArgumentException(
                "line "
                    + faultLines.get(i)
                    + ": \""
                    + place
                    + "\" is no place; there are leader, follower, n1 to n"
                    + plan.cluster().nodes()
                    + ", c1 to c"
                    + plan.workload().clients());
          }
        }
      }
    }
  }

  private static boolean isThere(String place, SimPlan plan) {
    if (place.equals("-") || place.equals("leader") || place.equals("follower")) {
      return true;
    }
    if (!place.matches("[nc][1-9][0-9]{0,2}")) {
      return false;
    }
    int number = Integer.parseInt(place.substring(1));
    return number <= (place.startsWith("n") ? plan.cluster().nodes() : plan.workload().clients());
  }

  /** Writes a plan, as {@link #parse} reads it back. */
  public static String text(SimPlan plan) {
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(plan.seed()).append('\n');
    text.append("time ").append(Times.text(plan.timeNanos())).append('\n');
    text.append("base ").append(plan.base()).append('\n');
    if (!plan.base().equals(SimPlan.CALM) && plan.hasCalmNetwork()) {
      text.append("network calm\n");
    }
    text.append("nodes ").append(plan.cluster().nodes()).append('\n');
    text.append("clients ").append(plan.workload().clients()).append('\n');
    for (Fault fault : plan.faults()) {
      text.append(fault).append('\n');
    }
    return text.toString();
  }
}
