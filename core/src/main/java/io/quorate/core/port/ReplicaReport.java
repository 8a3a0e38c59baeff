// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.api.GroupId;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.ReplicaStatus;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A replica as an operator sees it.
 *
 * @param backend name of the protocol
 * @param protocol the core's view of itself
 * @param appliedSlot last slot that the state machine has applied
 * @param appliedIndex last command that the state machine has applied
 * @param logBytes bytes of log on disk, about
 * @param snapshot newest complete snapshot
 * @param sessions open sessions
 * @param healthy whether it can do its part
 * @param health one sentence: why not, or "ok"
 * @param counters what was done since the start, by name (see {@code core.metrics})
 */
public record ReplicaReport(
    GroupId group,
    String backend,
    ReplicaStatus protocol,
    long appliedSlot,
    long appliedIndex,
    long logBytes,
    @Nullable SnapshotRef snapshot,
    int sessions,
    boolean healthy,
    String health,
    SortedMap<String, Long> counters) {}
