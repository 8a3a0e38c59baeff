// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryHeader;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.port.LogStore.DamagedEntries;
import io.quorate.rocksdb.files.LogFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** One read of the log, beside a writer that may truncate and forget what is being read. */
final class LogRead implements LogFiles.SlotVisitor {
  private static final int FAULTY_MAX = 4096;

  private final LogFiles db;
  private final SortedSet<Long> knownFaulty;
  private final int bytesMax;
  private final List<Entry> found = new ArrayList<>();
  private final List<FaultySlot> faulty = new ArrayList<>();
  private long bytes;
  private String why = "";

  /**
   * A read that has found nothing yet.
   *
   * @param knownFaulty slots that were found faulty before, whatever stands there
   */
  LogRead(LogFiles db, SortedSet<Long> knownFaulty, int bytesMax) {
    this.db = db;
    this.knownFaulty = knownFaulty;
    this.bytesMax = bytesMax;
  }

  /** What was read; the damage that ended it is thrown. */
  List<Entry> result() {
    if (!faulty.isEmpty()) {
      String sentence = LogProof.sentence(db, faulty.getFirst().slot(), why);
      throw new DamagedEntries(sentence, found, faulty);
    }
    return found;
  }

  @Override
  public boolean visit(long slot, byte @Nullable [] frame, @Nullable String damage) {
    bytes += frame == null ? 0 : frame.length;
    if (!found.isEmpty() && bytes > bytesMax) {
      return false;
    }
    String problem = damage;
    boolean suspect = db.isMended(slot) || knownFaulty.contains(slot);
    if (frame != null && !suspect) {
      try {
        return take(LogProof.checked(slot, frame));
      } catch (CorruptEntry e) {
        problem = String.valueOf(e.getMessage());
      }
    }
    // What was put back comes first: what stands in its place may be an entry that is sound in
    // itself.
    @Nullable EntryHeader copy = HeaderCopies.one(db, slot);
    @Nullable Entry entry = LogProof.mended(db, slot, copy);
    if (entry == null && suspect && frame != null) {
      try {
        entry = LogProof.checked(slot, frame);
        if (copy != null && !copy.hash().equals(entry.hash())) {
          entry = null;
        }
      } catch (CorruptEntry e) {
        problem = String.valueOf(e.getMessage());
      }
    }
    if (entry != null) {
      bytes += entry.sizeBytes() - (frame == null ? 0 : frame.length);
      return take(entry);
    }
    return damaged(slot, copy, problem == null ? "it is not what was written" : problem);
  }

  private boolean take(Entry entry) {
    if (!faulty.isEmpty() || (!found.isEmpty() && bytes > bytesMax)) {
      return false;
    }
    found.add(entry);
    return true;
  }

  private boolean damaged(long slot, @Nullable EntryHeader copy, String problem) {
    if (slot <= LogProof.readBase(db).slot()) {
      found.clear(); // the beginning was forgotten under our feet
      faulty.clear();
      return false;
    }
    if (slot > LogProof.readHead(db).slot()) {
      return false; // the end was truncated under our feet
    }
    if (copy == null) {
      throw LogProof.damaged(db, slot, problem);
    }
    if (faulty.isEmpty()) {
      why = problem;
    }
    faulty.add(copy.asFaulty());
    return faulty.size() < FAULTY_MAX;
  }
}
