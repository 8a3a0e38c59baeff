// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.log;

import io.quorate.core.log.FaultySlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the log that are damaged on this disk, and which of them are being put back.
 *
 * <p>Invariant: every slot is in the log; a slot that is being mended is faulty until the write
 * that mends it is durable, since a read would still meet the damage.
 */
final class FaultySlots {
  private final TreeMap<Long, FaultySlot> faulty = new TreeMap<>();
  private final TreeMap<Long, Long> mending = new TreeMap<>();
  private long repaired;

  void add(FaultySlot slot) {
    faulty.put(slot.slot(), slot);
  }

  /** What should stand at a slot; null if nothing is wrong with it. */
  @Nullable FaultySlot at(long slot) {
    return faulty.get(slot);
  }

  boolean isEmpty() {
    return faulty.isEmpty();
  }

  int size() {
    return faulty.size();
  }

  /** Entries put back so far. */
  long repaired() {
    return repaired;
  }

  /** First faulty slot from {@code slot} on; {@link Long#MAX_VALUE} if there is none. */
  long firstFrom(long slot) {
    if (faulty.isEmpty()) { // nearly always; asked at every acknowledgement
      return Long.MAX_VALUE;
    }
    Long first = faulty.ceilingKey(slot);
    return first == null ? Long.MAX_VALUE : first;
  }

  /** The lowest ones that nothing is being done about. */
  List<FaultySlot> toMend(int most) {
    List<FaultySlot> found = new ArrayList<>();
    for (FaultySlot slot : faulty.values()) {
      if (found.size() == most) {
        break;
      }
      if (!mending.containsKey(slot.slot())) {
        found.add(slot);
      }
    }
    return found;
  }

  boolean isBeingMended(long slot) {
    return mending.containsKey(slot);
  }

  /** A write puts the entry of a slot back; its token is not known yet. */
  void mend(long slot) {
    mending.put(slot, Long.MAX_VALUE);
  }

  /** The write that mends what was begun has this token. */
  void written(long token) {
    if (mending.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, Long> each : mending.entrySet()) {
      if (each.getValue() == Long.MAX_VALUE) {
        each.setValue(token);
      }
    }
  }

  /** All writes up to {@code token} are durable; whether any of them has mended something. */
  boolean persisted(long token) {
    if (mending.isEmpty()) {
      return false;
    }
    int before = faulty.size();
    List<Long> done = new ArrayList<>();
    mending.forEach((slot, by) -> {
      if (by <= token) {
        done.add(slot);
      }
    });
    for (long slot : done) {
      mending.remove(slot);
      faulty.remove(slot);
    }
    repaired += before - faulty.size();
    return before > faulty.size();
  }

  void truncateFrom(long slot) {
    faulty.tailMap(slot, true).clear();
    mending.tailMap(slot, true).clear();
  }

  void dropThrough(long slot) {
    faulty.headMap(slot, true).clear();
    mending.headMap(slot, true).clear();
  }
}
