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
 * @param timeNanos virtual time under faults, before the world is healed
 * @param proofNanos virtual time within which the healed group must have recovered
 * @param faults schedule
 */
public record SimPlan(
    long seed,
    long timeNanos,
    long proofNanos,
    ClusterOptions cluster,
    WorkloadOptions workload,
    List<Fault> faults) {

  SimPlan withFaults(List<Fault> fewer) {
    return new SimPlan(seed, timeNanos, proofNanos, cluster, workload, fewer);
  }

  SimPlan withTime(long nanos) {
    return new SimPlan(seed, nanos, proofNanos, cluster, workload, faults);
  }

  SimPlan withWorkload(WorkloadOptions other) {
    return new SimPlan(seed, timeNanos, proofNanos, cluster, other, faults);
  }

  SimPlan withCluster(ClusterOptions other) {
    return new SimPlan(seed, timeNanos, proofNanos, other, workload, faults);
  }
}
