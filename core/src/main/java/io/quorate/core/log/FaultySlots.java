// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

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
public final class FaultySlots {
  private final TreeMap<Long, FaultySlot> faulty = new TreeMap<>();
  private final TreeMap<Long, Long> mending = new TreeMap<>();
  private long repaired;

  /** Nothing is damaged. */
  public FaultySlots() {}

  /** A slot was found damaged. */
  public void add(FaultySlot slot) {
    faulty.put(slot.slot(), slot);
  }

  /** What should stand at a slot; null if nothing is wrong with it. */
  public @Nullable FaultySlot at(long slot) {
    return faulty.get(slot);
  }

  /** Whether nothing is damaged. */
  public boolean isEmpty() {
    return faulty.isEmpty();
  }

  /** Number of damaged slots. */
  public int size() {
    return faulty.size();
  }

  /** Entries put back so far. */
  public long repaired() {
    return repaired;
  }

  /** First faulty slot from {@code slot} on; {@link Long#MAX_VALUE} if there is none. */
  public long firstFrom(long slot) {
    if (faulty.isEmpty()) { // nearly always; asked at every acknowledgement
      return Long.MAX_VALUE;
    }
    Long first = faulty.ceilingKey(slot);
    return first == null ? Long.MAX_VALUE : first;
  }

  /** The lowest ones that nothing is being done about. */
  public List<FaultySlot> toMend(int most) {
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

  /** All of them, ascending. */
  public List<FaultySlot> all() {
    return new ArrayList<>(faulty.values());
  }

  /** Whether a write that puts the slot back is under way. */
  public boolean isBeingMended(long slot) {
    return mending.containsKey(slot);
  }

  /** A write puts the entry of a slot back; its token is not known yet. */
  public void mend(long slot) {
    mending.put(slot, Long.MAX_VALUE);
  }

  /** The write that mends what was begun has this token. */
  public void written(long token) {
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
  public boolean persisted(long token) {
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

  /** The log no longer has {@code slot} and what follows. */
  public void truncateFrom(long slot) {
    faulty.tailMap(slot, true).clear();
    mending.tailMap(slot, true).clear();
  }

  /** The log now begins behind {@code slot}. */
  public void dropThrough(long slot) {
    faulty.headMap(slot, true).clear();
    mending.headMap(slot, true).clear();
  }
}
