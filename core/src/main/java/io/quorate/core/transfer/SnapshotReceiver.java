// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.transfer;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import org.jspecify.annotations.Nullable;

/**
 * Puts a snapshot together from its chunks. It can be resumed: whoever sends the same snapshot
 * again, after a loss, a restart or a change of leader, is told where to go on.
 *
 * <p>Invariant: at most one chunk is being written.
 */
public final class SnapshotReceiver {
  private @Nullable SnapshotRef receiving;
  private long nextOffset;
  private boolean writing;

  /** Nothing is being received. */
  public SnapshotReceiver() {}

  /**
   * Takes a chunk.
   *
   * @return where the next chunk must begin, to be answered at once; −1 if the answer must wait
   *     until this or the last chunk is written
   */
  public long onChunk(SnapshotRef snapshot, long offset, byte[] bytes, Effects out) {
    SnapshotRef current = receiving;
    if (writing) {
      return -1;
    }
    if (current == null || !current.equals(snapshot)) {
      if (offset != 0) {
        return 0;
      }
      receiving = snapshot;
      nextOffset = 0;
    }
    if (offset != nextOffset) {
      return nextOffset;
    }
    writing = true;
    out.writeSnapshot(snapshot, offset, bytes);
    return -1;
  }

  /**
   * A chunk was written.
   *
   * @return whether it belongs to the snapshot that is being received
   */
  public boolean onWritten(SnapshotRef snapshot, long next, boolean complete) {
    SnapshotRef current = receiving;
    if (current == null || !current.equals(snapshot)) {
      return false;
    }
    writing = false;
    nextOffset = next;
    if (complete) {
      receiving = null;
      nextOffset = 0;
    }
    return true;
  }
}
