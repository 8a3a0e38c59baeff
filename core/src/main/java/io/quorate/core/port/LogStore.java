// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
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
   * A read met entries that are damaged here, although it is known what they were: others may have
   * them.
   */
  final class DamagedEntries extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Entry> before;
    private final transient List<FaultySlot> slots;

    /**
     * Says what is damaged, and what an operator would do if nothing repaired it.
     *
     * @param before sound entries that precede the damage in the read
     * @param slots what is damaged, from the first such slot of the read, dense, ascending
     */
    public DamagedEntries(String message, List<Entry> before, List<FaultySlot> slots) {
      super(message);
      this.before = before;
      this.slots = slots;
    }

    /** Sound entries that precede the damage, dense from the first slot that was asked for. */
    public List<Entry> before() {
      return before;
    }

    /** Damaged entries, dense, ascending; never empty. */
    public List<FaultySlot> slots() {
      return slots;
    }
  }

  /**
   * Reads and proves the whole log. Called once, before anything else. An entry that is damaged,
   * but known by the copy of its header, is reported as faulty; it stays so until a write repairs
   * it.
   *
   * @param snapshot the newest complete snapshot of this replica, passed through to the state
   * @param tailBytesMax how much of the end of the log to hand out as entries; the last entry is
   *     handed out in any case, because the next one links to it
   * @throws StorageFault the log is damaged where it had been synced, and what stood there is not
   *     known either; says where
   */
  DurableState recover(@Nullable SnapshotRef snapshot, long tailBytesMax);

  /** Makes all writes durable, in order, with one sync; on return they survive a power loss. */
  void write(List<DurableWrite> writes);

  /**
   * Reads entries, dense from {@code fromSlot}, checked; empty if the log no longer begins before
   * it. At least one entry if it is there, then no more than {@code bytesMax}.
   *
   * @throws DamagedEntries the range, as far as the bytes allow, meets a faulty entry
   * @throws StorageFault it meets damage of which nothing is known
   */
  List<Entry> read(long fromSlot, long throughSlot, int bytesMax);

  /** Bytes that the log takes on disk, about. */
  long sizeBytes();

  /** Frees the files; everything written is durable already. Twice is harmless. */
  @Override
  void close();
}
