// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.snapshot;

import io.quorate.api.NodeId;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.raft.message.RaftMessage.SnapshotAck;
import io.quorate.raft.message.RaftMessage.SnapshotChunk;

/**
 * One snapshot on its way to one follower, a chunk at a time: the next is read when the last was
 * acknowledged, and the same again when it was not for too long.
 *
 * <p>Invariant: at most one chunk is being read or unacknowledged.
 */
public final class SnapshotTransfer {
  private final NodeId to;
  private final SnapshotRef snapshot;
  private final int chunkBytes;
  private long offset;
  private boolean reading;
  private long sinceNanos;

  /** Begins with the first chunk. */
  public SnapshotTransfer(NodeId to, SnapshotRef snapshot, int chunkBytes, Now now, Effects out) {
    this.to = to;
    this.snapshot = snapshot;
    this.chunkBytes = chunkBytes;
    read(now, out);
  }

  /** What is being sent. */
  public SnapshotRef snapshot() {
    return snapshot;
  }

  private void read(Now now, Effects out) {
    reading = true;
    sinceNanos = now.monotonicNanos();
    out.readSnapshot(to, snapshot, offset, chunkBytes);
  }

  /**
   * Sends what was read.
   *
   * @return false if the snapshot is no longer there
   */
  public boolean onRead(long term, long readOffset, byte[] bytes, Now now, Effects out) {
    if (!reading || readOffset != offset) {
      return true;
    }
    reading = false;
    sinceNanos = now.monotonicNanos();
    if (bytes.length == 0) {
      return false;
    }
    out.send(new Outgoing(to, new SnapshotChunk(term, snapshot, offset, bytes)));
    return true;
  }

  /**
   * Goes on where the follower says. Not a second time for the same place, which would only send
   * the same chunk twice; {@link #tick} sees to losses.
   *
   * @return false if the answer is about another snapshot or changes nothing
   */
  public boolean onAck(SnapshotAck ack, Now now, Effects out) {
    if (!ack.snapshotId().equals(snapshot.id())
        || reading
        || ack.nextOffset() == offset
        || ack.nextOffset() >= snapshot.sizeBytes()) {
      return false;
    }
    offset = ack.nextOffset();
    read(now, out);
    return true;
  }

  /** Sends the current chunk again if it was not acknowledged for {@code patienceNanos}. */
  public void tick(long patienceNanos, Now now, Effects out) {
    if (!reading && now.monotonicNanos() - sinceNanos >= patienceNanos) {
      read(now, out);
    }
  }
}
