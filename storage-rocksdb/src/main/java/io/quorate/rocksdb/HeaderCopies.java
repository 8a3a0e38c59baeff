// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.EntryHeader;
import io.quorate.rocksdb.files.LogFiles;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The copies of the headers, read in order beside the entries. Damage to them ends nothing: a copy
 * that cannot be read is one that is not there.
 */
final class HeaderCopies {
  private static final int WINDOW = 1024;

  private final LogFiles db;
  private final @Nullable EntryHeader[] window = new @Nullable EntryHeader[WINDOW];
  private final boolean[] damaged = new boolean[WINDOW];
  private long first = Long.MAX_VALUE;

  HeaderCopies(LogFiles db) {
    this.db = db;
  }

  /** The whole copy of the header of a slot; null if there is none. */
  @Nullable EntryHeader at(long slot) {
    if (slot < first || slot >= first + WINDOW) {
      fill(slot);
    }
    @Nullable EntryHeader copy = window[(int) (slot - first)];
    return copy == null ? decoded(slot, db.mendedHeader(slot)) : copy;
  }

  /**
   * Whether what stands in the place for the copy of the header that was last asked for is none.
   */
  boolean isDamaged(long slot) {
    return damaged[(int) (slot - first)];
  }

  /** The copy of the header of one slot, not read in order; null if there is no whole one. */
  static @Nullable EntryHeader one(LogFiles db, long slot) {
    @Nullable EntryHeader copy = decoded(slot, db.header(slot));
    return copy == null ? decoded(slot, db.mendedHeader(slot)) : copy;
  }

  private void fill(long from) {
    Arrays.fill(window, null);
    Arrays.fill(damaged, false);
    first = from;
    long next = from;
    LogFiles.@Nullable Damage damage;
    do {
      damage =
          db.visitHeaders(
              next,
              from + WINDOW - 1,
              (slot, copy) -> {
                int at = (int) (slot - from);
                window[at] = decoded(slot, copy);
                damaged[at] = window[at] == null;
                return true;
              });
      if (damage != null) {
        for (next = damage.firstSlot(); next <= damage.lastSlot(); next++) {
          damaged[(int) (next - from)] = true;
        }
      }
    } while (damage != null && next < from + WINDOW);
  }

  private static @Nullable EntryHeader decoded(long slot, byte @Nullable [] copy) {
    if (copy == null) {
      return null;
    }
    try {
      EntryHeader header = EntryHeader.decode(copy);
      return header.slot() == slot ? header : null;
    } catch (CorruptEntry e) {
      return null;
    }
  }
}
