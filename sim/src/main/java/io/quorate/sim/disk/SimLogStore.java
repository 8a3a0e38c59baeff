// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.disk;

import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.EpochRuns;
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
    ChainHash before = disk.base().hash();
    for (long slot = baseSlot + 1; slot <= disk.lastSlot(); slot++) {
      Entry entry = checked(slot);
      if (!entry.parentHash().equals(before)) {
        throw new StorageFault("slot " + slot + " does not continue the log");
      }
      before = entry.hash();
      epochs.append(slot, entry.epoch());
      if (entry.kind() == EntryKind.CONFIGURATION) {
        configurations.add(entry);
      }
      tail.addLast(entry);
      tailBytes += entry.sizeBytes();
      while (tailBytes > tailBytesMax && tail.size() > 1) {
        tailBytes -= tail.removeFirst().sizeBytes();
      }
    }
    byte[] hardState = disk.hardState();
    return new DurableState(
        hardState == null ? null : hardState.clone(),
        disk.base(),
        epochs,
        List.copyOf(tail),
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
    for (long slot = fromSlot; slot <= Math.min(throughSlot, disk.lastSlot()); slot++) {
      int size = disk.frame(slot).length;
      if (!entries.isEmpty() && bytes + size > bytesMax) {
        break;
      }
      bytes += size;
      entries.add(checked(slot));
    }
    return entries;
  }

  @Override
  public long sizeBytes() {
    synchronized (disk) {
      return disk.logBytes();
    }
  }

  @Override
  public void close() {}

  private Entry checked(long slot) {
    try {
      Entry entry = Entry.decode(disk.frame(slot));
      if (entry.slot() != slot) {
        throw new StorageFault("slot " + slot + " holds " + entry);
      }
      entry.verifyBody();
      return entry;
    } catch (CorruptEntry e) {
      throw new StorageFault("slot " + slot + " is damaged: " + e.getMessage(), e);
    }
  }
}
