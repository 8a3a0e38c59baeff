// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryHeader;
import io.quorate.core.log.LogBase;
import io.quorate.rocksdb.files.LogChanges;
import io.quorate.rocksdb.files.LogFiles;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one group put together, and the log as it will be after them. Whatever would leave
 * a log that cannot be proved later is refused here, before anything is written.
 */
final class LogGroup {
  private final LogFiles db;
  private final List<Entry> fresh = new ArrayList<>();
  private LogBase base;
  private long lastSlot;
  private ChainHash lastHash;
  private byte @Nullable [] hardState;
  private int appended;
  private boolean empty = true;

  LogGroup(LogFiles db, LogBase base, long lastSlot, ChainHash lastHash) {
    this.db = db;
    this.base = base;
    this.lastSlot = lastSlot;
    this.lastHash = lastHash;
  }

  void add(LogChanges changes, DurableWrite write) {
    if (write.hardState() != null) {
      hardState = write.hardState();
      empty = false;
    }
    for (Entry entry : write.repair()) {
      repair(changes, entry);
    }
    if (write.truncateFrom() > 0 && write.truncateFrom() <= lastSlot) {
      truncate(changes, write.truncateFrom());
    }
    LogBase newBase = write.base();
    if (newBase != null && !newBase.equals(base)) {
      rebase(changes, newBase);
    }
    for (Entry entry : write.append()) {
      append(changes, entry);
    }
  }

  private void repair(LogChanges changes, Entry entry) {
    long slot = entry.slot();
    Check.that(
        slot > base.slot() && slot <= lastSlot && entry.hash().equals(hashOf(slot)),
        "repairs slot %s with what never stood there",
        slot);
    changes.putMended(slot, entry.frame());
    empty = false;
  }

  private void truncate(LogChanges changes, long from) {
    Check.that(from > base.slot(), "truncated from %s, the base is %s", from, base.slot());
    changes.truncate(from, lastSlot);
    lastHash = from - 1 == base.slot() ? base.hash() : hashOf(from - 1);
    lastSlot = from - 1;
    while (!fresh.isEmpty() && fresh.getLast().slot() >= from) {
      fresh.removeLast();
    }
    empty = false;
  }

  /** Entries up to the new base stay where they are until their file is dropped: nobody asks. */
  private void rebase(LogChanges changes, LogBase next) {
    Check.that(next.slot() > base.slot(), "base moves from %s to %s", base.slot(), next.slot());
    if (next.slot() >= lastSlot) {
      lastSlot = next.slot();
      lastHash = next.hash();
      fresh.clear();
    } else {
      Check.that(
          hashOf(next.slot()).equals(next.hash()),
          "base %s has another hash than the log",
          next.slot());
    }
    changes.forgetThrough(next.slot());
    base = next;
    empty = false;
  }

  private void append(LogChanges changes, Entry entry) {
    Check.that(entry.slot() == lastSlot + 1, "slot %s does not follow %s", entry.slot(), lastSlot);
    Check.that(
        entry.parentHash().equals(lastHash), "chain breaks at %s, behind %s", entry, lastHash);
    changes.putEntry(entry.slot(), entry.frame());
    changes.putHeader(entry.slot(), EntryHeader.copyOf(entry));
    lastSlot = entry.slot();
    lastHash = entry.hash();
    fresh.add(entry);
    appended++;
    empty = false;
  }

  /** H of a slot in the log, whose entry itself may be damaged. */
  private ChainHash hashOf(long slot) {
    if (!fresh.isEmpty() && slot >= fresh.getFirst().slot()) {
      return fresh.get((int) (slot - fresh.getFirst().slot())).hash();
    }
    @Nullable EntryHeader copy = HeaderCopies.one(db, slot);
    if (copy != null) {
      return copy.hash();
    }
    byte @Nullable [] frame = db.entry(slot);
    if (frame == null) {
      throw LogProof.damaged(db, slot, "it is missing");
    }
    try {
      return LogProof.checked(slot, frame).hash();
    } catch (CorruptEntry e) {
      throw LogProof.damaged(db, slot, String.valueOf(e.getMessage()));
    }
  }

  boolean isEmpty() {
    return empty;
  }

  LogBase base() {
    return base;
  }

  long lastSlot() {
    return lastSlot;
  }

  ChainHash lastHash() {
    return lastHash;
  }

  /** The last hard state in the group; null if none was given. */
  byte @Nullable [] hardState() {
    return hardState;
  }

  int appended() {
    return appended;
  }
}
