// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.disk;

import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogHead;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore.StorageFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one machine's disk holds durably; survives every crash of the replica. What is written but
 * not synced does not exist here: a store adds a write when its sync is over.
 */
public final class SimDisk {

  /** Told of every change that became durable, after it did. */
  public interface Observer {
    /** A write is durable; {@code discarded} are the entries that it truncated. */
    void onDurable(DurableWrite write, List<Entry> discarded);
  }

  /**
   * One stored entry: the bytes as the platter has them, what they ought to be, and whether the
   * copy of its header elsewhere on the platter is whole.
   */
  private record Stored(Entry entry, byte[] frame, boolean headerWhole) {
    static Stored whole(Entry entry) {
      return new Stored(entry, entry.frame(), true);
    }

    boolean isWhole() {
      return Arrays.equals(entry.frame(), frame);
    }
  }

  /** A complete snapshot. */
  static final class StoredSnapshot {
    final SnapshotRef ref;
    final byte[] content;
    boolean damaged;

    StoredSnapshot(SnapshotRef ref, byte[] content) {
      this.ref = ref;
      this.content = content;
    }
  }

  private final List<Stored> log = new ArrayList<>();
  private final List<StoredSnapshot> snapshots = new ArrayList<>();
  private byte @Nullable [] hardState;
  private LogBase base = LogBase.EMPTY;
  private final TreeMap<Long, ChainHash> lost = new TreeMap<>();
  private long lostThrough;
  private @Nullable SnapshotRef receiving;
  private byte[] received = {};
  private boolean syncFails;
  private boolean readFails;
  private boolean full;
  private long stalledUntilNanos;
  private long writes;

  /** Slot, epoch and hash before the first entry. */
  public LogBase base() {
    return base;
  }

  /** Last slot in the log; the base's when it is empty. */
  public long lastSlot() {
    return base.slot() + log.size();
  }

  /** The protocol's own record; null if none was written. */
  public byte @Nullable [] hardState() {
    return hardState;
  }

  /** The entry as it was written, damaged or not; null if the log does not have it. */
  public @Nullable Entry entry(long slot) {
    return slot <= base.slot() || slot > lastSlot() ? null : at(slot).entry();
  }

  /** H(slot); null if neither log nor base can tell. */
  public @Nullable ChainHash hashAt(long slot) {
    Entry entry = entry(slot);
    if (entry != null) {
      return entry.hash();
    }
    return slot == base.slot() ? base.hash() : null;
  }

  /**
   * Whether it durably holds the entry at {@code slot} with this hash, or a snapshot beyond it;
   * what it lost by {@link #loseTail} counts as held.
   */
  public boolean holds(long slot, ChainHash hash) {
    if (snapshots.stream().anyMatch(stored -> !stored.damaged && stored.ref.slot() >= slot)) {
      return true;
    }
    return hash.equals(hashAt(slot)) || hash.equals(lost.get(slot));
  }

  /** Where the complete snapshots were taken, ascending. */
  public List<Long> snapshotSlots() {
    return snapshots.stream().map(stored -> stored.ref.slot()).toList();
  }

  /** Number of durable writes so far. */
  public long writes() {
    return writes;
  }

  // Faults.

  /** The next sync fails: an unknown beginning of its writes is durable. */
  public void failNextSync() {
    syncFails = true;
  }

  /** The next read finds a checksum that does not match, though the platter is fine. */
  public void failNextRead() {
    readFails = true;
  }

  /** Every write fails until there is room again. */
  public void setFull(boolean full) {
    this.full = full;
  }

  /** Nothing is written before this time. */
  public void stallUntil(long nanos) {
    stalledUntilNanos = Math.max(stalledUntilNanos, nanos);
  }

  /** Time before which nothing is written. */
  public long stalledUntilNanos() {
    return stalledUntilNanos;
  }

  /** Ends stalls, fullness and errors to come; what is damaged stays damaged. */
  public void heal() {
    syncFails = false;
    readFails = false;
    full = false;
    stalledUntilNanos = 0;
  }

  /**
   * Flips a bit of the entry at a slot and of the copy of its header, so that nothing tells what
   * stood there; false if it is not there.
   */
  public boolean rot(long slot, int bit) {
    return rotEntry(slot, bit) && rotHeader(slot);
  }

  /** Flips a bit of the entry at a slot, the copy of its header stays; false if it is not there. */
  public boolean rotEntry(long slot, int bit) {
    if (entry(slot) == null) {
      return false;
    }
    Stored stored = at(slot);
    byte[] frame = stored.frame().clone();
    int at = Math.floorMod(bit >> 3, frame.length);
    frame[at] ^= (byte) (1 << (bit & 7));
    set(slot, new Stored(stored.entry(), frame, stored.headerWhole()));
    return true;
  }

  /** Damages the copy of an entry's header; false if it is not there. */
  public boolean rotHeader(long slot) {
    if (entry(slot) == null) {
      return false;
    }
    set(slot, new Stored(at(slot).entry(), at(slot).frame(), false));
    return true;
  }

  /**
   * Puts the bytes of another entry in the place of one, as a write to a wrong sector does; false
   * if either is not there.
   */
  public boolean misdirect(long slot, long other) {
    if (entry(slot) == null || entry(other) == null) {
      return false;
    }
    set(slot, new Stored(at(slot).entry(), at(other).frame(), at(slot).headerWhole()));
    return true;
  }

  /**
   * Whether the entry at a slot is in the log, as it was written, and so the copy of its header.
   */
  public boolean isWhole(long slot) {
    return entry(slot) != null && at(slot).isWhole() && at(slot).headerWhole();
  }

  /** Slots in the log whose entries are not as they were written. */
  public List<Long> damaged() {
    List<Long> damaged = new ArrayList<>();
    for (Stored stored : log) {
      if (!stored.isWhole()) {
        damaged.add(stored.entry().slot());
      }
    }
    return damaged;
  }

  /** Whether the entry at a slot is in the log, but not as it was written. */
  public boolean isDamaged(long slot) {
    return entry(slot) != null && !at(slot).isWhole();
  }

  /** Damages the newest snapshot; false if there is none. */
  public boolean rotSnapshot() {
    if (snapshots.isEmpty()) {
      return false;
    }
    snapshots.getLast().damaged = true;
    return true;
  }

  /**
   * Loses the last entries though they were synced, as a broken write-ahead log does. The loss is
   * known when the log is next read: its head is uncertain until the log is as long again.
   */
  public void loseTail(int entries) {
    long lastBefore = lastSlot();
    for (int i = 0; i < entries && !log.isEmpty(); i++) {
      Entry entry = log.removeLast().entry();
      lost.put(entry.slot(), entry.hash());
    }
    if (lastSlot() < lastBefore) {
      lostThrough = Math.max(lostThrough, lastBefore);
    }
  }

  /** Forgets everything, as a new disk does; faults to come stay. */
  public void wipe() {
    log.clear();
    snapshots.clear();
    hardState = null;
    base = LogBase.EMPTY;
    lost.clear();
    lostThrough = 0;
    receiving = null;
    received = new byte[0];
  }

  /**
   * Forgets everything but that it was there: for the oracle its entries still count as held, as
   * they were when the protocol counted them.
   *
   * @param record the protocol's own, put there by an operator
   */
  public void lose(byte[] record) {
    TreeMap<Long, ChainHash> held = new TreeMap<>(lost);
    log.forEach(stored -> held.put(stored.entry().slot(), stored.entry().hash()));
    wipe();
    lost.putAll(held);
    hardState = record.clone();
  }

  /** Whether all that was ever synced is there, for all that the disk can tell. */
  boolean headCertain() {
    return lostThrough == 0;
  }

  // What the stores do.

  /** Whether this sync fails; asked once for each. */
  boolean takeSyncFailure() {
    boolean fails = syncFails;
    syncFails = false;
    return fails;
  }

  boolean isFull() {
    return full;
  }

  void readOrFail() {
    if (readFails) {
      readFails = false;
      throw new StorageFault("simulated: a block read from the log fails its checksum");
    }
  }

  byte[] frame(long slot) {
    return at(slot).frame();
  }

  /** What the copy of the header tells; null if it is damaged. */
  @Nullable LogHead header(long slot) {
    Stored stored = at(slot);
    return stored.headerWhole() ? LogHead.of(stored.entry()) : null;
  }

  /** Writes the copy of a header anew. */
  void completeHeader(long slot) {
    set(slot, Stored.whole(at(slot).entry()));
  }

  private void set(long slot, Stored stored) {
    log.set((int) (slot - base.slot() - 1), stored);
  }

  /** Applies one write, wholly; returns the entries that it truncated. */
  List<Entry> apply(DurableWrite write) {
    writes++;
    byte[] state = write.hardState();
    if (state != null) {
      hardState = state.clone();
    }
    for (Entry entry : write.repair()) {
      Check.that(
          entry.hash().equals(hashAt(entry.slot())) && entry.slot() > base.slot(),
          "repairs slot %s with what never stood there",
          entry.slot());
      set(entry.slot(), Stored.whole(entry));
    }
    List<Entry> discarded = new ArrayList<>();
    long truncateFrom = write.truncateFrom();
    if (truncateFrom > 0) {
      Check.that(
          truncateFrom > base.slot(), "truncates from %s, base %s", truncateFrom, base.slot());
      while (lastSlot() >= truncateFrom) {
        discarded.add(log.removeLast().entry());
      }
    }
    LogBase newBase = write.base();
    if (newBase != null) {
      moveBase(newBase);
    }
    for (Entry entry : write.append()) {
      Check.that(
          entry.slot() == lastSlot() + 1,
          "writes slot %s behind slot %s: a hole in the log on disk",
          entry.slot(),
          lastSlot());
      ChainHash before = lastSlot() == base.slot() ? base.hash() : at(lastSlot()).entry().hash();
      Check.that(
          entry.parentHash().equals(before),
          "log on disk would not chain: %s after %s",
          entry,
          before);
      log.add(Stored.whole(entry));
    }
    if (lastSlot() >= lostThrough) {
      lostThrough = 0;
    }
    return discarded;
  }

  private void moveBase(LogBase newBase) {
    Check.that(
        newBase.slot() >= base.slot(), "base goes back to %s from %s", newBase.slot(), base.slot());
    if (newBase.slot() >= lastSlot()) {
      log.clear();
    } else {
      ChainHash there = hashAt(newBase.slot());
      Check.that(
          newBase.hash().equals(there),
          "base %s is not our log, which has %s",
          newBase,
          "" + there);
      log.subList(0, (int) (newBase.slot() - base.slot())).clear();
    }
    base = newBase;
  }

  private Stored at(long slot) {
    return log.get((int) (slot - base.slot() - 1));
  }

  long logBytes() {
    return log.stream().mapToLong(stored -> stored.frame().length).sum();
  }

  List<StoredSnapshot> snapshots() {
    return snapshots;
  }

  void addSnapshot(StoredSnapshot snapshot) {
    snapshots.removeIf(stored -> stored.ref.id().equals(snapshot.ref.id()));
    snapshots.add(snapshot);
    snapshots.sort(
        Comparator.<StoredSnapshot>comparingLong(stored -> stored.ref.slot())
            .thenComparing(stored -> stored.ref.id()));
  }

  @Nullable SnapshotRef receiving() {
    return receiving;
  }

  byte[] received() {
    return received;
  }

  void receive(@Nullable SnapshotRef snapshot, byte[] bytes) {
    receiving = snapshot;
    received = bytes;
  }
}
