// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryHeader;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.EpochRuns;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogHead;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A log store that keeps its frames in a map, and the headers in another: the smallest thing that
 * passes the contract.
 */
public final class MemoryLogStore implements LogStore {
  private final Disk disk;

  private MemoryLogStore(Disk disk) {
    this.disk = disk;
  }

  /** The map, which outlives the stores opened on it. Safe for several threads. */
  public static final class Disk implements LogDisk {
    private final TreeMap<Long, byte[]> frames = new TreeMap<>();
    private final TreeMap<Long, byte[]> headers = new TreeMap<>();
    private LogBase base = LogBase.EMPTY;
    private byte @Nullable [] hardState;
    private long hardStateSum;

    @Override
    public LogStore open() {
      return new MemoryLogStore(this);
    }

    @Override
    public synchronized Optional<LogDisk> crashCopy() {
      Disk copy = new Disk();
      copy.frames.putAll(frames);
      copy.headers.putAll(headers);
      copy.base = base;
      copy.hardState = hardState;
      copy.hardStateSum = hardStateSum;
      return Optional.of(copy);
    }

    @Override
    public synchronized boolean corrupt(long slot, int offset) {
      byte[] frame = frames.get(slot);
      if (frame == null) {
        throw new IllegalArgumentException("no entry at slot " + slot);
      }
      // Entries handed out before share the old bytes; a disk that rots does not change them.
      byte[] damaged = frame.clone();
      damaged[offset] ^= 0x10;
      frames.put(slot, damaged);
      return true;
    }

    @Override
    public synchronized boolean corruptHeader(long slot) {
      headers.computeIfPresent(
          slot,
          (at, copy) -> {
            byte[] damaged = copy.clone();
            damaged[20] ^= 0x10;
            return damaged;
          });
      return headers.containsKey(slot);
    }

    @Override
    public synchronized boolean misdirect(long slot, long other) {
      byte[] frame = frames.get(other);
      if (frame == null) {
        return false;
      }
      frames.put(slot, frame);
      return true;
    }

    @Override
    public synchronized boolean corruptHardState() {
      if (hardState == null) {
        throw new IllegalStateException("no hard state");
      }
      hardState = hardState.clone();
      hardState[0] ^= 0x10;
      return true;
    }

    @Override
    public void close() {}

    private long lastSlot() {
      return frames.isEmpty() ? base.slot() : frames.lastKey();
    }

    private ChainHash lastHash() {
      return frames.isEmpty() ? base.hash() : header(frames.lastKey()).hash();
    }

    private void put(Entry entry) {
      frames.put(entry.slot(), entry.frame());
      headers.put(entry.slot(), EntryHeader.copyOf(entry));
    }

    /** The entry at a slot; null if it is damaged. */
    private @Nullable Entry sound(long slot) {
      byte[] frame = frames.get(slot);
      try {
        Entry entry = Entry.decode(frame == null ? new byte[0] : frame);
        entry.verifyBody();
        return entry.slot() == slot ? entry : null;
      } catch (CorruptEntry e) {
        return null;
      }
    }

    private EntryHeader header(long slot) {
      byte[] header = headers.get(slot);
      try {
        return EntryHeader.decode(header == null ? new byte[0] : header);
      } catch (CorruptEntry e) {
        throw new StorageFault("slot " + slot + " and its header: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public DurableState recover(@Nullable SnapshotRef snapshot, long tailBytesMax) {
    synchronized (disk) {
      byte[] hardState = disk.hardState;
      if (hardState != null && sum(hardState) != disk.hardStateSum) {
        throw new StorageFault("checksum of the hard state does not match");
      }
      EpochRuns epochs = new EpochRuns(disk.base);
      List<Entry> whole = new ArrayList<>();
      List<FaultySlot> faulty = new ArrayList<>();
      List<Entry> configurations = new ArrayList<>();
      LogHead head = LogHead.behind(disk.base, snapshot);
      for (long slot = disk.base.slot() + 1; slot <= disk.lastSlot(); slot++) {
        Entry entry = disk.sound(slot);
        if (entry != null && !entry.parentHash().equals(head.hash())) {
          throw new StorageFault("slot " + slot + " does not link to the one before it");
        }
        if (entry == null) {
          EntryHeader header = disk.header(slot);
          faulty.add(header.asFaulty());
          head = LogHead.of(header);
          whole.clear();
        } else {
          disk.put(entry);
          head = LogHead.of(entry);
          whole.add(entry);
          if (entry.kind() == EntryKind.CONFIGURATION) {
            configurations.add(entry);
          }
        }
        epochs.append(slot, head.epoch());
      }
      return new DurableState(
          hardState == null ? null : hardState.clone(),
          disk.base,
          head,
          epochs,
          tail(whole, tailBytesMax),
          List.copyOf(faulty),
          configurations,
          snapshot,
          true);
    }
  }

  private static List<Entry> tail(List<Entry> all, long bytesMax) {
    int from = all.size();
    long bytes = 0;
    while (from > 0 && (from == all.size() || bytes + all.get(from - 1).sizeBytes() <= bytesMax)) {
      from--;
      bytes += all.get(from).sizeBytes();
    }
    return List.copyOf(all.subList(from, all.size()));
  }

  @Override
  public void write(List<DurableWrite> writes) {
    synchronized (disk) {
      for (DurableWrite write : writes) {
        write(write);
      }
    }
  }

  private void write(DurableWrite write) {
    byte[] hardState = write.hardState();
    if (hardState != null) {
      disk.hardState = hardState.clone();
      disk.hardStateSum = sum(hardState);
    }
    for (Entry entry : write.repair()) {
      if (!disk.frames.containsKey(entry.slot())
          || !disk.header(entry.slot()).hash().equals(entry.hash())) {
        throw new StorageFault(entry + " never stood in this log");
      }
      disk.put(entry);
    }
    if (write.truncateFrom() != 0) {
      disk.frames.tailMap(write.truncateFrom(), true).clear();
      disk.headers.tailMap(write.truncateFrom(), true).clear();
    }
    LogBase base = write.base();
    if (base != null) {
      disk.frames.headMap(base.slot(), true).clear();
      disk.headers.headMap(base.slot(), true).clear();
      disk.base = base;
    }
    for (Entry entry : write.append()) {
      if (entry.slot() != disk.lastSlot() + 1 || !entry.parentHash().equals(disk.lastHash())) {
        throw new StorageFault(entry + " does not follow slot " + disk.lastSlot());
      }
      disk.put(entry);
    }
  }

  @Override
  public List<Entry> read(long fromSlot, long throughSlot, int bytesMax) {
    synchronized (disk) {
      List<Entry> found = new ArrayList<>();
      long bytes = 0;
      if (fromSlot <= disk.base.slot()) {
        return found;
      }
      long through = Math.min(throughSlot, disk.lastSlot());
      for (long slot = fromSlot; slot <= through; slot++) {
        Entry entry = disk.sound(slot);
        if (entry == null) {
          throw new DamagedEntries(
              "slot " + slot + " is damaged", found, damagedFrom(slot, through));
        }
        bytes += entry.sizeBytes();
        if (bytes > bytesMax && !found.isEmpty()) {
          break;
        }
        found.add(entry);
      }
      return found;
    }
  }

  private List<FaultySlot> damagedFrom(long first, long through) {
    List<FaultySlot> damaged = new ArrayList<>();
    for (long slot = first; slot <= through && disk.sound(slot) == null; slot++) {
      damaged.add(disk.header(slot).asFaulty());
    }
    return damaged;
  }

  @Override
  public long sizeBytes() {
    synchronized (disk) {
      long bytes = 0;
      for (byte[] frame : disk.frames.values()) {
        bytes += frame.length;
      }
      return bytes;
    }
  }

  @Override
  public void close() {}

  private static long sum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }
}
