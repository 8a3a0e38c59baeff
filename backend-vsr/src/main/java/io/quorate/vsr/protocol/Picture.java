// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.vsr.protocol.log.VsrLog;
import io.quorate.vsr.protocol.statetransfer.Checkpoints;
import io.quorate.vsr.protocol.viewchange.Standing;
import io.quorate.vsr.protocol.viewchange.Status;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a replica shows of itself. */
record Picture(VsrLog log, Standing standing, Checkpoints checkpoints) {

  ReplicaStatus status(boolean awaitsSnapshot, @Nullable Primacy leading, Now now) {
    boolean transfers = standing.status() == Status.VIEW_CHANGE && awaitsSnapshot;
    return new ReplicaStatus(
        standing.self(),
        standing.status().role(),
        transfers ? "state-transfer" : standing.status().word(),
        log.view(),
        standing.primary(),
        standing.reason(),
        log.base().slot() + 1,
        log.last(),
        log.durable(),
        log.commit(),
        leading == null ? List.of() : leading.peers(now.monotonicNanos()),
        details(leading, now));
  }

  private SortedMap<String, String> details(@Nullable Primacy leading, Now now) {
    TreeMap<String, String> details = new TreeMap<>();
    details.put("last_normal_view", Long.toString(log.lastNormalView()));
    details.put("checkpoint", Long.toString(log.checkpoint()));
    details.put("quorum_checkpoint", Long.toString(checkpoints.ofQuorum()));
    if (log.op() > log.last()) {
      details.put("ops_missing", Long.toString(log.op() - log.last()));
    }
    if (!log.faulty().isEmpty() || log.faulty().repaired() > 0) {
      details.put("faulty_slots", Integer.toString(log.faulty().size()));
      details.put("repaired_slots", Long.toString(log.faulty().repaired()));
    }
    if (leading != null) {
      details.put(
          "clocks",
          leading.clocksAgree(now) ? "agree" : "disagree: consensus time follows no clock");
    }
    return Collections.unmodifiableSortedMap(details);
  }
}
