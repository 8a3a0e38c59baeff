// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogHead;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore;
import io.quorate.rocksdb.files.LogChanges;
import io.quorate.rocksdb.files.LogFiles;
import io.quorate.rocksdb.files.LogRecord;
import io.quorate.rocksdb.files.Mend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * The log and hard state of one replica: one synced group of changes a group of writes, in whatever
 * {@link LogFiles} are below, and a {@link SyncMarker} beside it that tells a lost end from one
 * that never was.
 *
 * <p>{@link #write} is called by one thread. Everything in a group is durable when it returns, and
 * nothing of it may be counted on when it throws: the store then refuses all further writes.
 */
public final class DurableLog implements LogStore {
  /** Slots handed to {@link #read} are compared with these, which one thread writes. */
  private volatile long baseSlot;

  private volatile long lastSlot;

  private final DataDirectory directory;
  private final LogOptions options;
  private final LogFiles files;
  private final SyncMarker marker;
  private final SyncMarker.@Nullable Claim claimAtOpen;

  /** Faulty since the start; what is found later is found again by each read. */
  private final ConcurrentSkipListSet<Long> faulty = new ConcurrentSkipListSet<>();

  private final LogMeter meter = new LogMeter();
  private volatile LogSize size = new LogSize(0);
  private LogBase base = LogBase.EMPTY;
  private ChainHash lastHash = ChainHash.ROOT;
  private long group;
  private long uncertainBelow;
  private byte @Nullable [] hardState;
  private boolean closed;
  private volatile boolean recovered;
  private @Nullable StorageFault failure;

  private DurableLog(
      DataDirectory directory,
      LogOptions options,
      LogFiles files,
      SyncMarker marker,
      SyncMarker.@Nullable Claim claimAtOpen) {
    this.directory = directory;
    this.options = options;
    this.files = files;
    this.marker = marker;
    this.claimAtOpen = claimAtOpen;
  }

  /**
   * Opens the log in a data directory, creates it at the first start.
   *
   * @param directory stays open at least as long as the log
   * @throws StorageFault the log cannot be opened, or belongs to another directory
   */
  public static DurableLog open(DataDirectory directory, LogOptions options) {
    SyncMarker.@Nullable Claim claim;
    @Nullable SyncMarker marker = null;
    @Nullable LogFiles files = null;
    boolean opened = false;
    try {
      claim = SyncMarker.read(directory.marker());
      boolean markerExists = Files.exists(directory.marker());
      if (LogFolder.kindOf(directory.log()) == null) {
        if (markerExists && (claim == null || claim.group() > 0)) {
          throw new StorageFault(
              "the log in %s is gone, although it had been written; %s"
                  .formatted(directory.log(), Mend.REPLACE));
        }
        if (!markerExists) {
          // The marker comes first: a log without one has lost its marker.
          SyncMarker.create(directory.marker());
          claim = SyncMarker.Claim.NOTHING;
        }
      }
      files = LogFolder.open(directory.log(), options, claim);
      checkNothingDropped(files, claim);
      checkOwner(directory, files);
      marker = SyncMarker.open(directory.marker());
      DurableLog store = new DurableLog(directory, options, files, marker, claim);
      opened = true;
      return store;
    } catch (IOException e) {
      throw DataDirectory.cannotUse(directory.marker(), "open it", e);
    } finally {
      if (!opened) {
        closeAll(files, marker);
      }
    }
  }

  /**
   * RocksDB stops at the first damage in its write-ahead log. If that lies before what is known to
   * have been synced, and the marker knows nothing of what was lost, nobody does.
   */
  private static void checkNothingDropped(LogFiles files, SyncMarker.@Nullable Claim claim) {
    long found = files.sequence();
    long witnessed = claim == null ? 0 : claim.sequence();
    long synced = files.syncedSequence();
    if (found < synced && witnessed < synced) {
      throw new StorageFault(
          ("the log in %s is damaged behind change %d,"
                  + " within what had been synced through change %d; %s")
              .formatted(files.path(), found, synced, Mend.REPLACE));
    }
  }

  private static void checkOwner(DataDirectory directory, LogFiles files) {
    byte[] owner = directory.identity().incarnation().getBytes(StandardCharsets.UTF_8);
    byte @Nullable [] found = files.record(LogRecord.OWNER);
    if (found != null && !Arrays.equals(found, owner)) {
      throw new StorageFault(
          ("the log in %s was made for another data directory (incarnation %s, not %s):"
                  + " put back the log of this one")
              .formatted(
                  directory.log(),
                  new String(found, StandardCharsets.UTF_8),
                  directory.identity().incarnation()));
    }
    if (found == null) {
      files.write(changes -> {
        changes.putRecord(LogRecord.OWNER, owner);
        return true;
      });
    }
  }

  private static void closeAll(@Nullable LogFiles files, @Nullable SyncMarker marker) {
    if (files != null) {
      files.close();
    }
    if (marker != null) {
      try {
        marker.close();
      } catch (IOException ignored) {
        // Nothing is lost with a file handle.
      }
    }
  }

  @Override
  public DurableState recover(@Nullable SnapshotRef snapshot, long tailBytesMax) {
    Check.that(!recovered, "the log in " + directory.log() + " is recovered twice");
    long witness = claimAtOpen == null ? -1 : claimAtOpen.slot();
    LogProof.Proven proven = LogProof.of(files, tailBytesMax, witness);
    TailVerdict verdict = TailVerdict.of(proven, claimAtOpen);
    adopt(proven, verdict);
    if (verdict.repairs()) {
      repair(verdict);
      proven = LogProof.of(files, tailBytesMax, witness);
      size = proven.size();
    }
    for (FaultySlot slot : proven.faulty()) {
      faulty.add(slot.slot());
    }
    recovered = true;
    witness();
    syncMarker();
    return new DurableState(
        hardState,
        base,
        proven.faulty().isEmpty() && proven.tail().isEmpty()
            ? LogHead.behind(base, snapshot)
            : proven.end(),
        proven.epochs(),
        proven.tail(),
        proven.faulty(),
        proven.configurations(),
        snapshot,
        uncertainBelow == 0);
  }

  private void adopt(LogProof.Proven proven, TailVerdict verdict) {
    base = proven.base();
    baseSlot = base.slot();
    lastSlot = proven.head().slot();
    lastHash = proven.head().hash();
    size = proven.size();
    group = verdict.group();
    uncertainBelow = verdict.uncertainBelow();
    hardState = verdict.hardState();
  }

  /** Puts back what the marker knows of the groups that were lost. */
  private void repair(TailVerdict verdict) {
    long keep = verdict.keepThrough();
    DurableWrite write =
        new DurableWrite(0, hardState, keep < lastSlot ? keep + 1 : 0, null, List.of());
    commit(List.of(write));
  }

  @Override
  public void write(List<DurableWrite> writes) {
    Check.that(recovered, "written before recovered");
    if (failure != null) {
      throw new StorageFault(
          "the log in %s takes no more writes since one failed: %s"
              .formatted(directory.log(), failure.getMessage()),
          failure);
    }
    try {
      byte @Nullable [] before = hardState;
      if (commit(writes)) {
        witness();
        if (!Arrays.equals(before, hardState) || meter.markerSyncDue()) {
          syncMarker();
        }
      }
    } catch (StorageFault e) {
      failure = e;
      throw e;
    }
  }

  /** Writes one group; false if there was nothing to write. */
  private boolean commit(List<DurableWrite> writes) {
    LogGroup next = new LogGroup(files, base, lastSlot, lastHash);
    long bytes =
        files.write(changes -> {
          for (DurableWrite write : writes) {
            next.add(changes, write);
          }
          if (!next.isEmpty()) {
            putRecords(changes, next);
          }
          return !next.isEmpty();
        });
    if (bytes < 0) {
      return false;
    }
    meter.written(bytes, next.appended(), options.sync());
    publish(next, writes);
    return true;
  }

  private void putRecords(LogChanges changes, LogGroup next) {
    byte @Nullable [] hard = next.hardState();
    if (hard != null) {
      changes.putRecord(LogRecord.HARD_STATE, LogFormat.sealed(hard));
    }
    if (!next.base().equals(base)) {
      changes.putRecord(LogRecord.BASE, LogFormat.encode(next.base()));
    }
    LogFormat.Head head = new LogFormat.Head(group + 1, next.lastSlot(), next.lastHash());
    changes.putRecord(LogRecord.HEAD, LogFormat.encode(head));
  }

  private void publish(LogGroup written, List<DurableWrite> writes) {
    boolean baseMoved = !written.base().equals(base);
    group++;
    byte @Nullable [] hard = written.hardState();
    if (hard != null) {
      hardState = hard;
    }
    for (DurableWrite write : writes) {
      size.follow(write);
      for (Entry entry : write.repair()) {
        faulty.remove(entry.slot());
      }
      if (write.truncateFrom() > 0) {
        faulty.tailSet(write.truncateFrom(), true).clear();
      }
    }
    base = written.base();
    baseSlot = base.slot();
    lastSlot = written.lastSlot();
    lastHash = written.lastHash();
    if (lastSlot >= uncertainBelow) {
      uncertainBelow = 0;
    }
    if (baseMoved) {
      files.dropThrough(base.slot());
    }
  }

  /** Says beside the log what is synced by now. */
  private void witness() {
    try {
      marker.write(
          new SyncMarker.Claim(
              group, lastSlot, lastHash, files.sequence(), uncertainBelow, hardState, true));
    } catch (IOException e) {
      throw DataDirectory.cannotUse(directory.marker(), "write it", e);
    }
  }

  private void syncMarker() {
    if (!options.sync()) {
      return;
    }
    try {
      marker.sync();
      meter.markerSynced();
    } catch (IOException e) {
      throw DataDirectory.cannotUse(directory.marker(), "sync it", e);
    }
  }

  @Override
  public List<Entry> read(long fromSlot, long throughSlot, int bytesMax) {
    Check.that(recovered, "read before recovered");
    if (fromSlot <= baseSlot || fromSlot > lastSlot || throughSlot < fromSlot) {
      return new ArrayList<>();
    }
    LogRead read = new LogRead(files, faulty, bytesMax);
    files.walk(fromSlot, Math.min(throughSlot, lastSlot), /* ahead= */ bytesMax > 256 << 10, read);
    return read.result();
  }

  @Override
  public long sizeBytes() {
    return size.bytes();
  }

  /** What this store has done since it was opened; any thread may ask. */
  public LogMeter meter() {
    return meter;
  }

  /** What the files below count by themselves, under their own names. */
  public SortedMap<String, String> statistics() {
    return files.statistics();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (recovered && failure == null) {
      syncMarker();
    }
    files.close();
    closeAll(null, marker);
  }
}
