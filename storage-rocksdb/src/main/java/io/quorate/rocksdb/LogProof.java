// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.EpochRuns;
import io.quorate.core.log.LogBase;
import io.quorate.core.port.LogStore.StorageFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its base to its end and proves it: every entry is whole by checksums and hashes,
 * in its place, and linked to the one before it; and the last is the one that the last group of
 * writes left there.
 */
final class LogProof {
  /**
   * What was found. All of it is proved; whether it is all there ever was, only the marker tells.
   */
  record Proven(
      LogBase base,
      LogFormat.Head head,
      byte @Nullable [] hardState,
      EpochRuns epochs,
      List<Entry> tail,
      List<Entry> configurations,
      LogSize size,
      @Nullable ChainHash hashAtWitness) {}

  private final LogDatabase db;
  private final long tailBytesMax;
  private final long witnessSlot;
  private final EpochRuns epochs;
  private final ArrayDeque<Entry> tail = new ArrayDeque<>();
  private final List<Entry> configurations = new ArrayList<>();
  private final LogSize size;
  private long tailBytes;
  private long lastSlot;
  private ChainHash lastHash;
  private @Nullable ChainHash hashAtWitness;

  private LogProof(LogDatabase db, LogBase base, long tailBytesMax, long witnessSlot) {
    this.db = db;
    this.tailBytesMax = tailBytesMax;
    this.witnessSlot = witnessSlot;
    this.epochs = new EpochRuns(base);
    this.size = new LogSize(base.slot());
    this.lastSlot = base.slot();
    this.lastHash = base.hash();
  }

  /**
   * Proves the log.
   *
   * @param witnessSlot slot whose hash is asked for
   * @throws StorageFault at the first thing that is not as it was written
   */
  static Proven of(LogDatabase db, long tailBytesMax, long witnessSlot) {
    LogBase base = readBase(db);
    LogProof proof = new LogProof(db, base, tailBytesMax, witnessSlot);
    if (witnessSlot == base.slot()) {
      proof.hashAtWitness = base.hash();
    }
    db.visit(base.slot() + 1, Long.MAX_VALUE - 1, /* ahead= */ true, proof::accept);
    LogFormat.Head head = readHead(db);
    long end = head.slot();
    if (end != proof.lastSlot || !head.hash().equals(proof.lastHash)) {
      throw damaged(
          db,
          proof.lastSlot + 1,
          "the log ends at slot %d, but the last write left it at slot %d"
              .formatted(proof.lastSlot, end));
    }
    return new Proven(
        base,
        head,
        readHardState(db),
        proof.epochs,
        List.copyOf(proof.tail),
        List.copyOf(proof.configurations),
        proof.size,
        proof.hashAtWitness);
  }

  private boolean accept(long slot, byte[] frame) {
    if (slot != lastSlot + 1) {
      throw damaged(db, lastSlot + 1, "it is missing, the next one is slot " + slot);
    }
    Entry entry = checked(db, slot, frame);
    verifyHashes(entry);
    if (!entry.parentHash().equals(lastHash)) {
      throw damaged(db, slot, "it does not continue slot " + lastSlot);
    }
    if (entry.epoch() < epochs.lastEpoch()) {
      throw damaged(db, slot, "its epoch is lower than that of slot " + lastSlot);
    }
    epochs.append(slot, entry.epoch());
    lastSlot = slot;
    lastHash = entry.hash();
    size.append(slot, frame.length);
    if (slot == witnessSlot) {
      hashAtWitness = lastHash;
    }
    if (entry.kind() == EntryKind.CONFIGURATION) {
      configurations.add(entry);
    }
    tail.addLast(entry);
    tailBytes += entry.sizeBytes();
    while (tailBytes > tailBytesMax && tail.size() > 1) {
      tailBytes -= tail.removeFirst().sizeBytes();
    }
    return true;
  }

  private void verifyHashes(Entry entry) {
    try {
      entry.verifyHashes();
    } catch (CorruptEntry e) {
      throw damaged(db, entry.slot(), e);
    }
  }

  /** Decodes an entry, checks it by its checksums, and that it is the one of this slot. */
  static Entry checked(LogDatabase db, long slot, byte[] frame) {
    try {
      Entry entry = Entry.decode(frame);
      entry.verifyBody();
      if (entry.slot() != slot) {
        throw damaged(db, slot, "the entry of slot " + entry.slot() + " stands in its place");
      }
      return entry;
    } catch (CorruptEntry e) {
      throw damaged(db, slot, e);
    }
  }

  static LogBase readBase(LogDatabase db) {
    byte @Nullable [] record = db.record(LogFormat.BASE);
    try {
      return record == null ? LogBase.EMPTY : LogFormat.decodeBase(record);
    } catch (CorruptEntry e) {
      throw damagedRecord(db, e);
    }
  }

  static LogFormat.Head readHead(LogDatabase db) {
    byte @Nullable [] record = db.record(LogFormat.HEAD);
    try {
      return record == null ? LogFormat.Head.NONE : LogFormat.decodeHead(record);
    } catch (CorruptEntry e) {
      throw damagedRecord(db, e);
    }
  }

  static byte @Nullable [] readHardState(LogDatabase db) {
    byte @Nullable [] record = db.record(LogFormat.HARD_STATE);
    try {
      return record == null ? null : LogFormat.opened(record, "hard-state");
    } catch (CorruptEntry e) {
      throw damagedRecord(db, e);
    }
  }

  static StorageFault damaged(LogDatabase db, long first, long last, Exception cause) {
    return new StorageFault(
        "the log in %s is damaged between slots %d and %d, within what had been synced: %s; %s"
            .formatted(db.path(), first, last, cause.getMessage(), Mend.REPLACE),
        cause);
  }

  static StorageFault damaged(LogDatabase db, long slot, String what) {
    return new StorageFault(sentence(db, slot, what));
  }

  private static StorageFault damaged(LogDatabase db, long slot, CorruptEntry cause) {
    return new StorageFault(sentence(db, slot, String.valueOf(cause.getMessage())), cause);
  }

  private static String sentence(LogDatabase db, long slot, String what) {
    return "the log in %s is damaged at slot %d, within what had been synced: %s; %s"
        .formatted(db.path(), slot, what, Mend.REPLACE);
  }

  private static StorageFault damagedRecord(LogDatabase db, CorruptEntry cause) {
    return new StorageFault(
        "the log in %s is damaged: %s; %s".formatted(db.path(), cause.getMessage(), Mend.REPLACE),
        cause);
  }
}
