// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.transfer;

import io.quorate.api.NodeId;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;

/**
 * One snapshot on its way to one replica, a chunk at a time: the next is read when the last was
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

  /** What is to be done with bytes that were read. */
  public enum Read {
    /** Nothing: they were not asked for, or not any more. */
    NOT_AWAITED,
    /** The snapshot is no longer there. */
    GONE,
    /** They are the next chunk: send them. */
    NEXT
  }

  /** Bytes were read. */
  public Read onRead(long readOffset, byte[] bytes, Now now) {
    if (!reading || readOffset != offset) {
      return Read.NOT_AWAITED;
    }
    reading = false;
    sinceNanos = now.monotonicNanos();
    return bytes.length == 0 ? Read.GONE : Read.NEXT;
  }

  /**
   * Goes on where the receiver says. Not a second time for the same place, which would only send
   * the same chunk twice; {@link #tick} sees to losses.
   *
   * @return false if the answer is about another snapshot or changes nothing
   */
  public boolean onAck(String snapshotId, long nextOffset, Now now, Effects out) {
    if (!snapshotId.equals(snapshot.id())
        || reading
        || nextOffset == offset
        || nextOffset >= snapshot.sizeBytes()) {
      return false;
    }
    offset = nextOffset;
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
