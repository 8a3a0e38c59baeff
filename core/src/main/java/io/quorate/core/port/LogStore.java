// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable log and hard state of one replica. One thread writes; any thread reads. Blocks; never
 * called from a replica's loop.
 */
public interface LogStore extends AutoCloseable {

  /** The disk failed, or holds what it should not: the replica halts, nothing is retried. */
  final class StorageFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says which file or operation failed, and what would mend it. */
    public StorageFault(String message) {
      super(message);
    }

    /** Says which file or operation failed, and what would mend it. */
    public StorageFault(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Reads and proves the whole log. Called once, before anything else.
   *
   * @param snapshot the newest complete snapshot of this replica, passed through to the state
   * @param tailBytesMax how much of the end of the log to hand out as entries; the last entry is
   *     handed out in any case, because the next one links to it
   * @throws StorageFault the log is damaged where it had been synced; says where
   */
  DurableState recover(@Nullable SnapshotRef snapshot, long tailBytesMax);

  /** Makes all writes durable, in order, with one sync; on return they survive a power loss. */
  void write(List<DurableWrite> writes);

  /**
   * Reads entries, dense from {@code fromSlot}, checked; empty if the log no longer begins before
   * it. At least one entry if it is there, then no more than {@code bytesMax}.
   */
  List<Entry> read(long fromSlot, long throughSlot, int bytesMax);

  /** Bytes that the log takes on disk, about. */
  long sizeBytes();

  /** Frees the files; everything written is durable already. Twice is harmless. */
  @Override
  void close();
}
