// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.lockstep;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.EpochRuns;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogHead;
import io.quorate.core.log.SnapshotRef;
import io.quorate.raft.protocol.log.HardState;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A log with its hard state as a list; what it holds is durable. */
public final class MemoryDisk {
  private byte @Nullable [] hardState;
  private LogBase base = LogBase.EMPTY;
  private final List<Entry> entries = new ArrayList<>();
  private final TreeSet<Long> damaged = new TreeSet<>();

  /** The bytes of an entry are gone; its header is known. */
  public void damage(long slot) {
    damaged.add(slot);
  }

  /** Takes effect as {@link DurableWrite} says. */
  public void apply(DurableWrite write) {
    if (write.hardState() != null) {
      hardState = write.hardState();
    }
    for (Entry entry : write.repair()) {
      if (!entry.hash().equals(hashAt(entry.slot()))) {
        throw new AssertionError(entry + " never stood here");
      }
      damaged.remove(entry.slot());
    }
    if (write.truncateFrom() != 0) {
      truncateFrom(write.truncateFrom());
    }
    LogBase cut = write.base();
    if (cut != null) {
      while (!entries.isEmpty() && entries.get(0).slot() <= cut.slot()) {
        entries.remove(0);
      }
      if (!entries.isEmpty() && !entries.get(0).parentHash().equals(cut.hash())) {
        throw new AssertionError("the log does not continue behind " + cut);
      }
      base = cut;
    }
    for (Entry entry : write.append()) {
      if (entry.slot() != lastSlot() + 1 || !entry.parentHash().equals(hashAt(lastSlot()))) {
        throw new AssertionError(entry + " does not follow slot " + lastSlot());
      }
      entries.add(entry);
    }
  }

  /** Forgets the end of the log. */
  public void truncateFrom(long slot) {
    while (!entries.isEmpty() && lastSlot() >= slot) {
      entries.remove(entries.size() - 1);
    }
    damaged.tailSet(slot, true).clear();
  }

  /** Last slot. */
  public long lastSlot() {
    return base.slot() + entries.size();
  }

  /** Slot before the first entry. */
  public long baseSlot() {
    return base.slot();
  }

  /** Term in the hard state. */
  public long term() {
    byte[] bytes = hardState;
    return bytes == null ? 0 : HardState.decode(bytes).term();
  }

  /** The entry at a slot; null if it is not there. */
  public @Nullable Entry get(long slot) {
    int at = (int) (slot - base.slot() - 1);
    return at < 0 || at >= entries.size() ? null : entries.get(at);
  }

  /** Chain hash at a slot; null if it is not there. */
  public @Nullable ChainHash hashAt(long slot) {
    if (slot == base.slot()) {
      return base.hash();
    }
    Entry entry = get(slot);
    return entry == null ? null : entry.hash();
  }

  /** Entries from a slot on, at least one if it is there. */
  public List<Entry> read(long from, long through, int bytesMax) {
    List<Entry> read = new ArrayList<>();
    long size = 0;
    for (long slot = from; slot <= through; slot++) {
      Entry entry = get(slot);
      if (entry == null || (!read.isEmpty() && size + entry.sizeBytes() > bytesMax)) {
        break;
      }
      read.add(entry);
      size += entry.sizeBytes();
    }
    return read;
  }

  /** What a restart finds. */
  public DurableState state(@Nullable SnapshotRef snapshot, int tailEntries, boolean headCertain) {
    EpochRuns epochs = new EpochRuns(base);
    List<Entry> configurations = new ArrayList<>();
    for (Entry entry : entries) {
      epochs.append(entry.slot(), entry.epoch());
      if (entry.kind() == EntryKind.CONFIGURATION) {
        configurations.add(entry);
      }
    }
    int sound = damaged.isEmpty() ? 0 : (int) (damaged.last() - base.slot());
    List<Entry> tail =
        List.copyOf(
            entries.subList(
                Math.max(Math.max(0, entries.size() - tailEntries), sound), entries.size()));
    List<FaultySlot> faulty = new ArrayList<>();
    for (long slot : damaged.tailSet(base.slot(), false)) {
      Entry entry = entries.get((int) (slot - base.slot() - 1));
      faulty.add(new FaultySlot(slot, entry.epoch(), entry.hash()));
      configurations.remove(entry);
    }
    return new DurableState(
        hardState,
        base,
        entries.isEmpty() ? LogHead.behind(base, snapshot) : LogHead.of(entries.getLast()),
        epochs,
        tail,
        faulty,
        configurations,
        snapshot,
        headCertain);
  }
}
