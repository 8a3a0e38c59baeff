// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.NodeId;
import io.quorate.core.apply.Capture;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.port.SnapshotStore;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Writes one captured snapshot at a time, beside further applies. */
final class SnapshotTaker implements Actor {
  private record Request(Capture capture, String nonce, @Nullable ReplySink sink, long tag) {}

  private final AtomicReference<@Nullable Request> request = new AtomicReference<>();
  private final SnapshotStore store;
  private final NodeId self;
  private final SnapshotLeases leases;
  private final int keep;
  private final HaltSwitch halt;
  private final ConsensusMetrics metrics;
  private @Nullable ReplicaLoop loop;
  private ActorHost.@Nullable Handle handle;

  SnapshotTaker(
      SnapshotStore store,
      SnapshotLeases leases,
      NodeId self,
      int keep,
      HaltSwitch halt,
      ConsensusMetrics metrics) {
    this.store = store;
    this.leases = leases;
    this.self = self;
    this.keep = keep;
    this.halt = halt;
    this.metrics = metrics;
  }

  void begin(ReplicaLoop replicaLoop, ActorHost.Handle own) {
    loop = replicaLoop;
    handle = own;
    own.wake();
  }

  /** Whether a snapshot is being written. Any thread. */
  boolean busy() {
    return request.get() != null;
  }

  /** Takes over the capture; only while not busy; by the apply loop. */
  void offer(Capture capture, Now now, @Nullable ReplySink sink, long tag) {
    request.set(new Request(capture, Long.toHexString(now.wallNanos()), sink, tag));
    ActorHost.Handle own = handle;
    if (own != null) {
      own.wake();
    }
  }

  @Override
  public long turn(Now now) {
    Request work = request.get();
    ReplicaLoop replicaLoop = loop;
    if (work == null || replicaLoop == null || halt.halted()) {
      return Long.MAX_VALUE;
    }
    try (Capture capture = work.capture) {
      SnapshotRef draft = capture.draft("");
      SnapshotRef saved = existing(draft.slot());
      if (saved == null) {
        String id =
            String.format("%016x-%016x-%s-%s", draft.slot(), draft.epoch(), self, work.nonce);
        saved = store.save(capture.draft(id), capture.content());
        store.prune(keep, leases.pinned(now));
        metrics.snapshotsTaken().increment();
      }
      replicaLoop.report(new Event.SnapshotSaved(saved));
      if (work.sink != null) {
        work.sink.done(work.tag, saved.lastIndex(), saved.epoch(), new byte[0]);
        work.sink.flush();
      }
    } finally {
      request.set(null);
    }
    return Long.MAX_VALUE;
  }

  /**
   * The newest snapshot if it is of this slot: a second one would hold the same, and which of the
   * two is pruned as the older one would be a matter of names.
   */
  private @Nullable SnapshotRef existing(long slot) {
    List<SnapshotRef> complete = store.list();
    SnapshotRef newest = complete.isEmpty() ? null : complete.get(complete.size() - 1);
    return newest != null && newest.slot() == slot ? newest : null;
  }
}
