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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteBatch;

/**
 * The log and hard state of one replica in RocksDB: one key an entry, one synced batch a group of
 * writes, and a {@link SyncMarker} beside it that tells a lost end from one that never was.
 *
 * <p>{@link #write} is called by one thread. Everything in a group is durable when it returns, and
 * nothing of it may be counted on when it throws: the store then refuses all further writes.
 */
public final class RocksLogStore implements LogStore {
  /** Slots handed to {@link #read} are compared with these, which one thread writes. */
  private volatile long baseSlot;

  private volatile long lastSlot;

  private final DataDirectory directory;
  private final RocksLogOptions options;
  private final LogDatabase db;
  private final SyncMarker marker;
  private final SyncMarker.@Nullable Claim claimAtOpen;
  private final WriteBatch batch;

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

  private RocksLogStore(
      DataDirectory directory,
      RocksLogOptions options,
      LogDatabase db,
      SyncMarker marker,
      SyncMarker.@Nullable Claim claimAtOpen) {
    this.directory = directory;
    this.options = options;
    this.db = db;
    this.marker = marker;
    this.claimAtOpen = claimAtOpen;
    this.batch = new WriteBatch();
  }

  /**
   * Opens the log in a data directory, creates it at the first start.
   *
   * @param directory stays open at least as long as the log
   * @throws StorageFault the log cannot be opened, or belongs to another directory
   */
  public static RocksLogStore open(DataDirectory directory, RocksLogOptions options) {
    SyncMarker.@Nullable Claim claim;
    @Nullable SyncMarker marker = null;
    @Nullable LogDatabase db = null;
    boolean opened = false;
    try {
      claim = SyncMarker.read(directory.marker());
      boolean markerExists = Files.exists(directory.marker());
      if (!LogDatabase.exists(directory.log())) {
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
      long begun = WalEvidence.lastBegun(directory.log());
      db = LogDatabase.open(directory.log(), options);
      checkNothingDropped(db, claim, begun);
      checkOwner(directory, db);
      marker = SyncMarker.open(directory.marker());
      RocksLogStore store = new RocksLogStore(directory, options, db, marker, claim);
      opened = true;
      return store;
    } catch (IOException e) {
      throw DataDirectory.cannotUse(directory.marker(), "open it", e);
    } finally {
      if (!opened) {
        closeAll(db, marker);
      }
    }
  }

  /**
   * RocksDB stops at the first damage in its write-ahead log. If that lies before what is known to
   * have been synced, and the marker knows nothing of what was lost, nobody does.
   */
  private static void checkNothingDropped(
      LogDatabase db, SyncMarker.@Nullable Claim claim, long begun) {
    long found = db.sequence();
    long witnessed = claim == null ? 0 : claim.sequence();
    if (found < begun - 1 && witnessed < begun - 1) {
      throw new StorageFault(
          ("the write-ahead log in %s is damaged behind change %d,"
                  + " within what had been synced through change %d; %s")
              .formatted(db.path(), found, begun - 1, Mend.REPLACE));
    }
  }

  private static void checkOwner(DataDirectory directory, LogDatabase db) {
    byte[] owner = directory.identity().incarnation().getBytes(StandardCharsets.UTF_8);
    byte @Nullable [] found = db.record(LogFormat.OWNER);
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
      db.guarded(
          "write the owner",
          () -> {
            try (WriteBatch first = new WriteBatch()) {
              db.putRecord(first, LogFormat.OWNER, owner);
              db.write(first);
            }
            return true;
          });
    }
  }

  private static void closeAll(@Nullable LogDatabase db, @Nullable SyncMarker marker) {
    if (db != null) {
      db.close();
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
    LogProof.Proven proven = LogProof.of(db, tailBytesMax, witness);
    TailVerdict verdict = TailVerdict.of(proven, claimAtOpen);
    adopt(proven, verdict);
    if (verdict.repairs()) {
      repair(verdict);
      proven = LogProof.of(db, tailBytesMax, witness);
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

  /** Puts back what the marker knows of the groups that RocksDB lost. */
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
    LogGroup next = new LogGroup(db, base, lastSlot, lastHash);
    db.guarded(
        "write",
        () -> {
          batch.clear();
          for (DurableWrite write : writes) {
            next.add(batch, write);
          }
          if (next.isEmpty()) {
            return false;
          }
          byte @Nullable [] hard = next.hardState();
          if (hard != null) {
            db.putRecord(batch, LogFormat.HARD_STATE, LogFormat.sealed(hard));
          }
          if (!next.base().equals(base)) {
            db.putRecord(batch, LogFormat.BASE, LogFormat.encode(next.base()));
          }
          LogFormat.Head head = new LogFormat.Head(group + 1, next.lastSlot(), next.lastHash());
          db.putRecord(batch, LogFormat.HEAD, LogFormat.encode(head));
          db.write(batch);
          meter.written(batch.getDataSize(), next.appended(), options.sync());
          return true;
        });
    if (next.isEmpty()) {
      return false;
    }
    publish(next, writes);
    return true;
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
      db.guarded(
          "drop the files of the truncated log",
          () -> {
            db.dropFilesThrough(base.slot());
            return true;
          });
    }
  }

  /** Says beside the log what is synced by now. */
  private void witness() {
    try {
      marker.write(
          new SyncMarker.Claim(
              group, lastSlot, lastHash, db.sequence(), uncertainBelow, hardState, true));
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
    LogRead read = new LogRead(db, faulty, bytesMax);
    db.walk(fromSlot, Math.min(throughSlot, lastSlot), /* ahead= */ bytesMax > 256 << 10, read);
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

  /** What RocksDB counts by itself, under its own names. */
  public SortedMap<String, String> statistics() {
    return db.statistics();
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
    db.close();
    closeAll(null, marker);
    batch.close();
  }
}
