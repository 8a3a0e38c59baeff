// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.LogFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the data directory of a node that does not run, and verifies all of it: what the node
 * itself would check when it starts, and on beyond the first damage. Changes nothing but the lock,
 * which it holds meanwhile so that no node starts beside it.
 */
public final class LogInspector {

  /** Gets what is found, in this order; entries and snapshots one by one. */
  public interface Visitor {
    /** To whom the directory belongs. */
    void identity(Identity identity);

    /** The protocol's own record; null if there is none. */
    void hardState(byte @Nullable [] hardState);

    /** What stands before the first entry. */
    void base(LogBase base);

    /** An entry, and what is wrong with it; null if it is sound. */
    void entry(Entry entry, @Nullable String damage);

    /** Slots without a readable entry. */
    void unreadable(long firstSlot, long lastSlot, String damage);

    /**
     * The last group of writes that the marker knows to be synced, and the log's own last one; −1
     * if there is no readable marker.
     */
    void marker(long markerGroup, long markerSlot, long logGroup);

    /** A complete snapshot, and what is wrong with it; null if it is sound. */
    void snapshot(SnapshotRef snapshot, @Nullable String damage);

    /** A snapshot file that is none. */
    void unreadableSnapshot(Path file, String damage);
  }

  /**
   * What follows from all that was found.
   *
   * @param sound nothing is damaged and nothing that was synced is missing
   * @param text one sentence
   */
  public record Verdict(boolean sound, String text) {}

  private final DataDirectory directory;
  private final Visitor visitor;
  private @Nullable String firstDamage;
  private LogBase base = LogBase.EMPTY;
  private long lastSlot;
  private ChainHash lastHash = ChainHash.ROOT;
  private long witnessSlot = -1;
  private @Nullable ChainHash hashAtWitness;

  private LogInspector(DataDirectory directory, Visitor visitor) {
    this.directory = directory;
    this.visitor = visitor;
  }

  /**
   * Reads and verifies everything. Blocks for as long as that takes.
   *
   * @throws StorageFault the directory is not one of a replica, or a node uses it
   */
  public static Verdict inspect(Path path, Visitor visitor) {
    try (DataDirectory directory = DataDirectory.openExisting(path)) {
      LogInspector inspector = new LogInspector(directory, visitor);
      visitor.identity(directory.identity());
      Verdict verdict = inspector.inspectLog();
      inspector.inspectSnapshots();
      String damage = inspector.firstDamage;
      return damage == null ? verdict : new Verdict(false, "damaged: " + damage);
    } catch (IOException e) {
      throw DataDirectory.cannotUse(path, "read it", e);
    }
  }

  private Verdict inspectLog() throws IOException {
    SyncMarker.@Nullable Claim claim = SyncMarker.read(directory.marker());
    witnessSlot = claim == null ? -1 : claim.slot();
    if (LogFolder.kindOf(directory.log()) == null) {
      boolean lost = claim != null && claim.group() > 0;
      return new Verdict(!lost, lost ? "the log is gone" : "sound: nothing was written yet");
    }
    try (LogFiles db = LogFolder.openReadOnly(directory.log(), claim)) {
      LogFormat.Head head = inspectRecords(db);
      inspectEntries(db);
      if (head.slot() != lastSlot || !head.hash().equals(lastHash)) {
        note("the log ends at slot " + lastSlot + ", the last write left it at " + head.slot());
      }
      visitor.marker(
          claim == null ? -1 : claim.group(), claim == null ? -1 : claim.slot(), head.group());
      if (db.sequence() < db.syncedSequence()) {
        note("the log is damaged before its end");
      }
      return verdict(head, claim);
    }
  }

  private LogFormat.Head inspectRecords(LogFiles db) {
    try {
      visitor.hardState(LogProof.readHardState(db));
    } catch (StorageFault e) {
      note("the hard state is unreadable");
    }
    try {
      base = LogProof.readBase(db);
    } catch (StorageFault e) {
      note("the base of the log is unreadable");
    }
    visitor.base(base);
    lastSlot = base.slot();
    lastHash = base.hash();
    witness();
    try {
      return LogProof.readHead(db);
    } catch (StorageFault e) {
      note("the record of the last write is unreadable");
      return LogFormat.Head.NONE;
    }
  }

  private void inspectEntries(LogFiles db) {
    long from = base.slot() + 1;
    LogFiles.Damage damage;
    do {
      damage =
          db.visitUntilDamage(
              from,
              Long.MAX_VALUE - 1,
              /* ahead= */ true,
              (slot, frame) -> accept(db, slot, frame));
      if (damage != null) {
        acceptUnreadable(db, damage);
        from = damage.lastSlot() + 1;
      }
    } while (damage != null);
  }

  /** Slots that cannot be read, unless the entries were put back elsewhere. */
  private void acceptUnreadable(LogFiles db, LogFiles.Damage damage) {
    String cause = damage.cause();
    long first = damage.firstSlot();
    for (long slot = first; slot <= damage.lastSlot(); slot++) {
      @Nullable Entry mended = LogProof.mended(db, slot, HeaderCopies.one(db, slot));
      if (mended != null) {
        if (first < slot) {
          unreadable(first, slot - 1, cause);
        }
        acceptSound(mended);
        first = slot + 1;
      }
    }
    if (first <= damage.lastSlot()) {
      unreadable(first, damage.lastSlot(), cause);
    }
  }

  private boolean accept(LogFiles db, long slot, byte[] frame) {
    if (slot > lastSlot + 1) {
      unreadable(lastSlot + 1, slot - 1, "missing");
    }
    @Nullable Entry mended = LogProof.mended(db, slot, HeaderCopies.one(db, slot));
    if (mended != null) {
      acceptSound(mended);
      return true;
    }
    Entry entry;
    try {
      entry = Entry.decode(frame);
    } catch (CorruptEntry e) {
      unreadable(slot, slot, String.valueOf(e.getMessage()));
      return true;
    }
    @Nullable String damage = damageOf(entry, slot);
    if (damage != null) {
      note("slot " + slot + ": " + damage);
    }
    visitor.entry(entry, damage);
    adopt(entry);
    return true;
  }

  private void acceptSound(Entry entry) {
    @Nullable String damage = damageOf(entry, entry.slot());
    if (damage != null) {
      note("slot " + entry.slot() + ": " + damage);
    }
    visitor.entry(entry, damage);
    adopt(entry);
  }

  private void adopt(Entry entry) {
    lastSlot = entry.slot();
    lastHash = entry.hash();
    witness();
  }

  private @Nullable String damageOf(Entry entry, long slot) {
    try {
      entry.verifyBody();
      entry.verifyHashes();
    } catch (CorruptEntry e) {
      return e.getMessage();
    }
    if (entry.slot() != slot) {
      return "holds the entry of slot " + entry.slot();
    }
    return entry.parentHash().equals(lastHash) ? null : "does not continue slot " + (slot - 1);
  }

  private void unreadable(long first, long last, String damage) {
    note(first == last ? "slot " + first + ": " + damage : "slots " + first + " to " + last);
    visitor.unreadable(first, last, damage);
    lastSlot = last;
  }

  private void witness() {
    if (lastSlot == witnessSlot) {
      hashAtWitness = lastHash;
    }
  }

  private Verdict verdict(LogFormat.Head head, SyncMarker.@Nullable Claim claim) {
    TailVerdict tail = TailVerdict.of(head, base, null, hashAtWitness, claim);
    String range =
        lastSlot == base.slot() ? "no entries" : "slots " + (base.slot() + 1) + " to " + lastSlot;
    if (tail.uncertainBelow() == 0) {
      return new Verdict(true, "sound: " + range);
    }
    String why = claim == null ? "the sync marker is unreadable" : "the log lost its end";
    return new Verdict(
        false,
        "%s, but %s: this node neither votes nor leads until its log reaches slot %d again"
            .formatted(range, why, tail.uncertainBelow()));
  }

  private void inspectSnapshots() throws IOException {
    for (Path file : RocksSnapshotStore.completeFiles(directory.snapshots())) {
      try {
        SnapshotRef ref = SnapshotFile.readManifest(file);
        @Nullable String damage = null;
        try {
          SnapshotFile.verifyBlocks(file, ref);
        } catch (SnapshotFile.DamagedSnapshot e) {
          damage = e.getMessage();
          note(ref + ": " + damage);
        }
        visitor.snapshot(ref, damage);
      } catch (SnapshotFile.DamagedSnapshot e) {
        note(String.valueOf(e.getMessage()));
        visitor.unreadableSnapshot(file, String.valueOf(e.getMessage()));
      }
    }
  }

  private void note(String damage) {
    if (firstDamage == null) {
      firstDamage = damage;
    }
  }
}
