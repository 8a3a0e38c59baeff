// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.statetransfer;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.core.transfer.SnapshotTransfer;
import io.quorate.vsr.message.VsrMessage.StateAck;
import io.quorate.vsr.message.VsrMessage.StateChunk;
import io.quorate.vsr.protocol.log.VsrLog;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Snapshots that a primary sends to backups whose next op is no longer in its log (VRR §5.2). */
public final class SnapshotSupplier {
  private final VsrLog log;
  private final int chunkBytes;
  private final long patienceNanos;
  private final TreeMap<NodeId, SnapshotTransfer> transfers = new TreeMap<>();

  /**
   * Nothing is being sent.
   *
   * @param chunkBytes of a snapshot in one message
   * @param patienceNanos after which a chunk is sent again
   */
  public SnapshotSupplier(VsrLog log, int chunkBytes, long patienceNanos) {
    this.log = log;
    this.chunkBytes = chunkBytes;
    this.patienceNanos = patienceNanos;
  }

  /** A backup needs what only a snapshot has. */
  public void give(NodeId to, long fromOp, Now now, Effects out) {
    SnapshotTransfer running = transfers.get(to);
    if (running != null && running.snapshot().slot() >= log.base().slot()) {
      return; // asked again while it is on its way
    }
    start(to, fromOp, now, out);
  }

  private void start(NodeId to, long fromOp, Now now, Effects out) {
    SnapshotRef snapshot = log.snapshot();
    Check.that(
        snapshot != null && snapshot.slot() >= log.base().slot(),
        "the log begins after %s and no snapshot covers that",
        log.base().slot());
    if (snapshot != null) {
      out.trace(
          new Trace.Noted(
              "vsr §5.2 state transfer", to + " needs op " + fromOp + ", is sent " + snapshot));
      transfers.put(to, new SnapshotTransfer(to, snapshot, chunkBytes, now, out));
    }
  }

  /** A chunk was read. */
  public void onRead(Event.SnapshotChunk chunk, Now now, Effects out) {
    SnapshotTransfer transfer = transfers.get(chunk.to());
    if (transfer == null || !transfer.snapshot().equals(chunk.snapshot())) {
      return; // the backup caught up, or was cut off
    }
    switch (transfer.onRead(chunk.offset(), chunk.bytes(), now)) {
      case NEXT ->
          out.send(
              new Outgoing(
                  chunk.to(),
                  new StateChunk(log.view(), chunk.snapshot(), chunk.offset(), chunk.bytes())));
      case GONE -> transfers.remove(chunk.to()); // the backup will ask again
      case NOT_AWAITED -> {}
    }
  }

  /** A backup has written a chunk. */
  public void onAck(NodeId from, StateAck ack, Now now, Effects out) {
    SnapshotTransfer transfer = transfers.get(from);
    if (transfer == null || !transfer.onAck(ack.snapshotId(), ack.nextOffset(), now, out)) {
      out.trace(new Trace.Ignored(from, ack.name(), "no such chunk is awaited"));
    }
  }

  /** A backup has everything up to {@code op}. */
  public void onProgress(NodeId from, long op) {
    SnapshotTransfer transfer = transfers.get(from);
    if (transfer != null && op >= transfer.snapshot().slot()) {
      transfers.remove(from);
    }
  }

  /** Nothing was heard of a backup for long. */
  public void forget(NodeId node) {
    transfers.remove(node);
  }

  /** Sends chunks again that were lost. */
  public void tick(Now now, Effects out) {
    List<SnapshotTransfer> running = new ArrayList<>(transfers.values());
    for (SnapshotTransfer transfer : running) {
      transfer.tick(patienceNanos, now, out);
    }
  }

  /** Last op up to which the log may be cut while snapshots are on their way. */
  public long pinned() {
    long pinned = Long.MAX_VALUE;
    for (SnapshotTransfer transfer : transfers.values()) {
      pinned = Math.min(pinned, transfer.snapshot().slot());
    }
    return pinned;
  }
}
