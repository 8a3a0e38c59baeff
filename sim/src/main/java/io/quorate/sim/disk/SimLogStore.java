// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.disk;

import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.EpochRuns;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogHead;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.SimRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of one running replica on its {@link SimDisk}.
 *
 * <p>The time that a sync takes passes before the log writer's turn, so a crash meanwhile finds
 * nothing written; a crash inside {@link #write} leaves the first few of its writes, each whole, as
 * a write-ahead log does.
 */
public final class SimLogStore implements LogStore {
  private final SimDisk disk;
  private final CrashSwitch crash;
  private final SimRandom random;
  private final SimDisk.Observer observer;
  private boolean recovered;

  /** The log as one incarnation of a replica opens it. */
  public SimLogStore(SimDisk disk, CrashSwitch crash, SimRandom random, SimDisk.Observer observer) {
    this.disk = disk;
    this.crash = crash;
    this.random = random;
    this.observer = observer;
  }

  @Override
  public DurableState recover(@Nullable SnapshotRef snapshot, long tailBytesMax) {
    if (recovered) {
      throw new InvariantViolation("recover was called twice");
    }
    recovered = true;
    synchronized (disk) {
      return prove(snapshot, tailBytesMax);
    }
  }

  private DurableState prove(@Nullable SnapshotRef snapshot, long tailBytesMax) {
    long baseSlot = disk.base().slot();
    EpochRuns epochs = new EpochRuns(disk.base());
    List<Entry> configurations = new ArrayList<>();
    ArrayDeque<Entry> tail = new ArrayDeque<>();
    long tailBytes = 0;
    List<FaultySlot> faulty = new ArrayList<>();
    LogHead head = LogHead.behind(disk.base(), snapshot);
    for (long slot = baseSlot + 1; slot <= disk.lastSlot(); slot++) {
      Entry entry = sound(slot);
      if (entry != null && !entry.parentHash().equals(head.hash())) {
        throw new StorageFault("slot " + slot + " does not continue the log");
      }
      if (entry == null) {
        head = header(slot);
        faulty.add(asFaulty(head));
        tail.clear();
        tailBytes = 0;
      } else {
        disk.completeHeader(slot);
        head = LogHead.of(entry);
        tail.addLast(entry);
        tailBytes += entry.sizeBytes();
        if (entry.kind() == EntryKind.CONFIGURATION) {
          configurations.add(entry);
        }
      }
      epochs.append(slot, head.epoch());
      while (tailBytes > tailBytesMax && tail.size() > 1) {
        tailBytes -= tail.removeFirst().sizeBytes();
      }
    }
    byte[] hardState = disk.hardState();
    return new DurableState(
        hardState == null ? null : hardState.clone(),
        disk.base(),
        head,
        epochs,
        List.copyOf(tail),
        List.copyOf(faulty),
        configurations,
        snapshot,
        disk.headCertain());
  }

  @Override
  public void write(List<DurableWrite> writes) {
    if (disk.isFull()) {
      throw new StorageFault("simulated: no space left on device");
    }
    int whole = disk.takeSyncFailure() ? random.below(writes.size() + 1) : writes.size();
    boolean fails = whole < writes.size();
    for (DurableWrite write : writes.subList(0, whole)) {
      crash.call("write " + write.token());
      List<Entry> discarded;
      synchronized (disk) {
        discarded = disk.apply(write);
      }
      observer.onDurable(write, discarded);
    }
    if (fails) {
      throw new StorageFault("simulated: sync failed");
    }
  }

  @Override
  public List<Entry> read(long fromSlot, long throughSlot, int bytesMax) {
    synchronized (disk) {
      return readChecked(fromSlot, throughSlot, bytesMax);
    }
  }

  private List<Entry> readChecked(long fromSlot, long throughSlot, int bytesMax) {
    if (fromSlot <= disk.base().slot()) {
      return List.of();
    }
    disk.readOrFail();
    List<Entry> entries = new ArrayList<>();
    long bytes = 0;
    long through = Math.min(throughSlot, disk.lastSlot());
    for (long slot = fromSlot; slot <= through; slot++) {
      int size = disk.frame(slot).length;
      if (!entries.isEmpty() && bytes + size > bytesMax) {
        break;
      }
      bytes += size;
      Entry entry = sound(slot);
      if (entry == null) {
        throw new DamagedEntries(
            "slot " + slot + " is damaged", List.copyOf(entries), damagedFrom(slot, through));
      }
      entries.add(entry);
    }
    return entries;
  }

  private List<FaultySlot> damagedFrom(long first, long through) {
    List<FaultySlot> damaged = new ArrayList<>();
    for (long slot = first; slot <= through && sound(slot) == null; slot++) {
      damaged.add(asFaulty(header(slot)));
    }
    return damaged;
  }

  @Override
  public long sizeBytes() {
    synchronized (disk) {
      return disk.logBytes();
    }
  }

  @Override
  public void close() {}

  /** The entry at a slot; null if it is damaged. */
  private @Nullable Entry sound(long slot) {
    try {
      Entry entry = Entry.decode(disk.frame(slot));
      entry.verifyBody();
      return entry.slot() == slot ? entry : null;
    } catch (CorruptEntry e) {
      return null;
    }
  }

  /** What the copy of the header of a damaged entry tells. */
  private LogHead header(long slot) {
    LogHead header = disk.header(slot);
    if (header == null) {
      throw new StorageFault("slot " + slot + " is damaged, and so is the copy of its header");
    }
    return header;
  }

  private static FaultySlot asFaulty(LogHead header) {
    return new FaultySlot(header.slot(), header.epoch(), header.hash());
  }
}
