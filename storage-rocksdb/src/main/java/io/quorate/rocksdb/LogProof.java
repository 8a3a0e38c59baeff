// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryHeader;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.EpochRuns;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogHead;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.LogFiles;
import io.quorate.rocksdb.files.LogRecord;
import io.quorate.rocksdb.files.Mend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its base to its end and proves it: every entry is whole by checksums and hashes,
 * in its place, and linked to the one before it; and the last is the one that the last group of
 * writes left there. An entry that is none of this is faulty if the copy of its header is, and
 * takes its place in the chain.
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
      LogHead end,
      List<FaultySlot> faulty,
      List<Entry> configurations,
      LogSize size,
      @Nullable ChainHash hashAtWitness) {}

  private static final int COMPLETED_AT_ONCE = 1024;

  private final LogFiles db;
  private final LogFormat.Head head;
  private final long tailBytesMax;
  private final long witnessSlot;
  private final HeaderCopies copies;
  private final EpochRuns epochs;
  private final ArrayDeque<Entry> tail = new ArrayDeque<>();
  private final List<FaultySlot> faulty = new ArrayList<>();
  private final List<Entry> configurations = new ArrayList<>();
  private final List<Completed> completed = new ArrayList<>();
  private final LogSize size;
  private long tailBytes;
  private LogHead end;
  private @Nullable ChainHash hashAtWitness;

  /** A copy of a header to be written anew; apart from the damage, if that is why. */
  private record Completed(long slot, byte[] copy, boolean apart) {}

  private LogProof(
      LogFiles db, LogBase base, LogFormat.Head head, long tailBytesMax, long witnessSlot) {
    this.db = db;
    this.head = head;
    this.tailBytesMax = tailBytesMax;
    this.witnessSlot = witnessSlot;
    this.copies = new HeaderCopies(db);
    this.epochs = new EpochRuns(base);
    this.size = new LogSize(base.slot());
    this.end = LogHead.behind(base, null);
  }

  /**
   * Proves the log, and completes the copies of its headers.
   *
   * @param witnessSlot slot whose hash is asked for
   * @throws StorageFault at the first thing that is not as it was written, and of which nothing
   *     else tells what it was
   */
  static Proven of(LogFiles db, long tailBytesMax, long witnessSlot) {
    LogBase base = readBase(db);
    LogFormat.Head head = readHead(db);
    LogProof proof = new LogProof(db, base, head, tailBytesMax, witnessSlot);
    if (witnessSlot == base.slot()) {
      proof.hashAtWitness = base.hash();
    }
    db.walk(base.slot() + 1, head.slot(), /* ahead= */ true, proof::accept);
    proof.complete();
    proof.checkEnd();
    return new Proven(
        base,
        head,
        readHardState(db),
        proof.epochs,
        List.copyOf(proof.tail),
        proof.end,
        List.copyOf(proof.faulty),
        List.copyOf(proof.configurations),
        proof.size,
        proof.hashAtWitness);
  }

  private void checkEnd() {
    long[] beyond = {end.slot()};
    db.visitUntilDamage(
        head.slot() + 1,
        Long.MAX_VALUE - 1,
        /* ahead= */ false,
        (slot, frame) -> {
          beyond[0] = slot;
          return false;
        });
    if (beyond[0] != head.slot() || !head.hash().equals(end.hash())) {
      throw damaged(
          db,
          end.slot() + 1,
          "the log ends at slot %d, but the last write left it at slot %d"
              .formatted(beyond[0], head.slot()));
    }
  }

  private boolean accept(long slot, byte @Nullable [] frame, @Nullable String damage) {
    @Nullable EntryHeader copy = copies.at(slot);
    if (copy != null && (!copy.parentHash().equals(end.hash()) || copy.epoch() < end.epoch())) {
      copy = null;
    }
    @Nullable Entry entry = null;
    String problem = String.valueOf(damage);
    if (frame != null) {
      try {
        entry = proved(slot, frame);
        if (copy != null && !copy.hash().equals(entry.hash()) && continues(slot, copy)) {
          entry = null;
          problem = "an entry that it replaced stands in its place";
        }
      } catch (CorruptEntry e) {
        problem = String.valueOf(e.getMessage());
      }
    }
    if (entry == null) {
      entry = mended(db, slot, copy);
    }
    if (entry == null && copy == null) {
      throw damaged(db, slot, problem);
    }
    if (entry != null) {
      take(entry, copy);
    } else if (copy != null) {
      takeFaulty(copy);
    }
    epochs.append(slot, end.epoch());
    if (slot == witnessSlot) {
      hashAtWitness = end.hash();
    }
    return true;
  }

  /** Whether what follows a slot links to what the copy of its header says. */
  private boolean continues(long slot, EntryHeader copy) {
    if (slot == head.slot()) {
      return head.hash().equals(copy.hash());
    }
    @Nullable EntryHeader next = HeaderCopies.one(db, slot + 1);
    return next != null && next.parentHash().equals(copy.hash());
  }

  private void take(Entry entry, @Nullable EntryHeader copy) {
    if (copy == null || !copy.hash().equals(entry.hash())) {
      boolean apart = copy != null || copies.isDamaged(entry.slot());
      completed.add(new Completed(entry.slot(), EntryHeader.copyOf(entry), apart));
      if (completed.size() == COMPLETED_AT_ONCE) {
        complete();
      }
    }
    end = LogHead.of(entry);
    size.append(entry.slot(), entry.sizeBytes());
    if (entry.kind() == EntryKind.CONFIGURATION) {
      configurations.add(entry);
    }
    tail.addLast(entry);
    tailBytes += entry.sizeBytes();
    while (tailBytes > tailBytesMax && tail.size() > 1) {
      tailBytes -= tail.removeFirst().sizeBytes();
    }
  }

  private void takeFaulty(EntryHeader copy) {
    end = LogHead.of(copy);
    size.append(copy.slot(), copy.sizeBytes());
    faulty.add(copy.asFaulty());
    tail.clear();
    tailBytes = 0;
  }

  /** Writes copies of headers that are missing, as in a log of an earlier release, or damaged. */
  private void complete() {
    if (completed.isEmpty()) {
      return;
    }
    db.write(changes -> {
      for (Completed each : completed) {
        if (each.apart) {
          changes.putMendedHeader(each.slot, each.copy);
        } else {
          changes.putHeader(each.slot, each.copy);
        }
      }
      return true;
    });
    completed.clear();
  }

  private Entry proved(long slot, byte[] frame) throws CorruptEntry {
    Entry entry = checked(slot, frame);
    entry.verifyHashes();
    if (!entry.parentHash().equals(end.hash())) {
      throw new CorruptEntry("it does not continue slot " + end.slot());
    }
    if (entry.epoch() < end.epoch()) {
      throw new CorruptEntry("its epoch is lower than that of slot " + end.slot());
    }
    return entry;
  }

  /** Decodes an entry, checks it by its checksums, and that it is the one of this slot. */
  static Entry checked(long slot, byte[] frame) throws CorruptEntry {
    Entry entry = Entry.decode(frame);
    entry.verifyBody();
    if (entry.slot() != slot) {
      throw new CorruptEntry("the entry of slot " + entry.slot() + " stands in its place");
    }
    return entry;
  }

  /** The entry that was put back at a slot; null if there is none that the header confirms. */
  static @Nullable Entry mended(LogFiles db, long slot, @Nullable EntryHeader copy) {
    byte @Nullable [] frame = db.mended(slot);
    if (frame == null || copy == null) {
      return null;
    }
    try {
      Entry entry = checked(slot, frame);
      entry.verifyHashes();
      return entry.hash().equals(copy.hash()) ? entry : null;
    } catch (CorruptEntry e) {
      return null;
    }
  }

  static LogBase readBase(LogFiles db) {
    byte @Nullable [] record = db.record(LogRecord.BASE);
    try {
      return record == null ? LogBase.EMPTY : LogFormat.decodeBase(record);
    } catch (CorruptEntry e) {
      throw damagedRecord(db, e);
    }
  }

  static LogFormat.Head readHead(LogFiles db) {
    byte @Nullable [] record = db.record(LogRecord.HEAD);
    try {
      return record == null ? LogFormat.Head.NONE : LogFormat.decodeHead(record);
    } catch (CorruptEntry e) {
      throw damagedRecord(db, e);
    }
  }

  static byte @Nullable [] readHardState(LogFiles db) {
    byte @Nullable [] record = db.record(LogRecord.HARD_STATE);
    try {
      return record == null ? null : LogFormat.opened(record, "hard-state");
    } catch (CorruptEntry e) {
      throw damagedRecord(db, e);
    }
  }

  static StorageFault damaged(LogFiles db, long slot, String what) {
    return new StorageFault(sentence(db, slot, what));
  }

  static String sentence(LogFiles db, long slot, String what) {
    return "the log in %s is damaged at slot %d, within what had been synced: %s; %s"
        .formatted(db.path(), slot, what, Mend.REPLACE);
  }

  private static StorageFault damagedRecord(LogFiles db, CorruptEntry cause) {
    return new StorageFault(
        "the log in %s is damaged: %s; %s".formatted(db.path(), cause.getMessage(), Mend.REPLACE),
        cause);
  }
}
