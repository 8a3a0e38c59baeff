// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.workload.WorkloadOptions;
import java.util.List;

/**
 * Everything that makes a run: the same plan on the same code is the same run, event by event.
 *
 * @param seed of all random streams
 * @param base what the options were drawn for: {@code swarm}, {@code none}, families of faults, or
 *     {@code calm} if they were not drawn, {@code own} if a test made them up
 * @param timeNanos virtual time under faults, before the world is healed
 * @param proofNanos virtual time within which the healed group must have recovered
 * @param faults schedule
 */
public record SimPlan(
    long seed,
    String base,
    long timeNanos,
    long proofNanos,
    ClusterOptions cluster,
    WorkloadOptions workload,
    List<Fault> faults) {

  /** Base of a plan for which nothing was drawn: neither faults nor options. */
  static final String CALM = "calm";

  /** A plan with options that a test made up, and that no script can tell. */
  public SimPlan(
      long seed,
      long timeNanos,
      long proofNanos,
      ClusterOptions cluster,
      WorkloadOptions workload,
      List<Fault> faults) {
    this(seed, "own", timeNanos, proofNanos, cluster, workload, faults);
  }

  SimPlan withFaults(List<Fault> fewer) {
    return new SimPlan(seed, base, timeNanos, proofNanos, cluster, workload, fewer);
  }

  /** The same until a time, without the faults that come later. */
  SimPlan until(long nanos) {
    List<Fault> earlier = faults.stream().filter(fault -> fault.atNanos() < nanos).toList();
    return withTime(nanos).withFaults(earlier);
  }

  SimPlan withTime(long nanos) {
    return new SimPlan(seed, base, nanos, proofNanos, cluster, workload, faults);
  }

  SimPlan withWorkload(WorkloadOptions other) {
    return new SimPlan(seed, base, timeNanos, proofNanos, cluster, other, faults);
  }

  /** The same on a network that loses, repeats and reorders nothing by itself. */
  SimPlan withCalmNetwork() {
    return withCluster(cluster.withPeerLink(cluster.peerLink().withoutFaults()));
  }

  /** Whether {@link #withCalmNetwork} would change nothing. */
  boolean hasCalmNetwork() {
    return cluster.peerLink().equals(cluster.peerLink().withoutFaults());
  }

  SimPlan withCluster(ClusterOptions other) {
    return new SimPlan(seed, base, timeNanos, proofNanos, other, workload, faults);
  }
}
