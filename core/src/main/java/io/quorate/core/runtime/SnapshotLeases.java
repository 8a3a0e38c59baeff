// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.NodeId;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Now;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which snapshots are on their way to other replicas and must not be pruned under them. Without
 * this, a transfer that takes longer than the time between two snapshots would start over for ever.
 *
 * <p>At most one lease for each receiver. It is renewed only by asking for another place than the
 * last one, so that a receiver which makes no progress pins nothing for longer than {@link
 * #LEASE_NANOS}. Safe for several threads.
 */
final class SnapshotLeases {
  /** How long one chunk may take to arrive and be acknowledged before its snapshot may go. */
  static final long LEASE_NANOS = 60_000_000_000L;

  private record Lease(SnapshotRef snapshot, long offset, long untilNanos) {}

  private final Map<NodeId, Lease> leases = new TreeMap<>();

  /** A chunk is about to be read for {@code to}. */
  synchronized void reading(NodeId to, SnapshotRef snapshot, long offset, Now now) {
    Lease last = leases.get(to);
    if (last == null || last.offset != offset || !last.snapshot.equals(snapshot)) {
      leases.put(to, new Lease(snapshot, offset, now.monotonicNanos() + LEASE_NANOS));
    }
  }

  /** What must stay, whatever its age. */
  synchronized List<SnapshotRef> pinned(Now now) {
    List<SnapshotRef> pinned = new ArrayList<>();
    for (Lease lease : leases.values()) {
      if (lease.untilNanos > now.monotonicNanos()) {
        pinned.add(lease.snapshot);
      }
    }
    return pinned;
  }
}
