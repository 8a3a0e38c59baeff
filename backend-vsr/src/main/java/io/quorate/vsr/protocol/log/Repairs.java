// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.log;

import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.FaultySlots;
import java.util.ArrayList;
import java.util.List;

/**
 * Damaged ops of one log, and the entries that the next write puts back in their place.
 *
 * <p>Invariant: what waits to be put back is exactly, by its hash, what was damaged, and is still
 * in the log.
 */
final class Repairs {
  private final FaultySlots faulty = new FaultySlots();
  private List<Entry> waiting = new ArrayList<>();

  /** What is damaged. */
  FaultySlots faulty() {
    return faulty;
  }

  /** Damaged ops, ascending. */
  List<Long> ops() {
    List<Long> ops = new ArrayList<>();
    for (FaultySlot slot : faulty.all()) {
      ops.add(slot.slot());
    }
    return ops;
  }

  /** Puts an entry back with the next write; false if it is not what was damaged. */
  boolean putBack(Entry entry) {
    FaultySlot damaged = faulty.at(entry.slot());
    if (damaged == null
        || faulty.isBeingMended(entry.slot())
        || !entry.hash().equals(damaged.hash())
        || !isWhole(entry)) {
      return false;
    }
    waiting.add(entry);
    faulty.mend(entry.slot());
    return true;
  }

  private static boolean isWhole(Entry entry) {
    try {
      entry.verifyBody();
      entry.verifyHashes();
      return true;
    } catch (CorruptEntry e) {
      return false;
    }
  }

  /** Whether the next write puts something back. */
  boolean pending() {
    return !waiting.isEmpty();
  }

  /** What the next write puts back; from now on it is on its way. */
  List<Entry> take() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Entry> taken = waiting;
    waiting = new ArrayList<>();
    return taken;
  }

  /** The log no longer has {@code op} and what follows. */
  void truncateFrom(long op) {
    faulty.truncateFrom(op);
    waiting.removeIf(entry -> entry.slot() >= op);
  }

  /** The log now begins behind {@code op}. */
  void dropThrough(long op) {
    faulty.dropThrough(op);
    waiting.removeIf(entry -> entry.slot() <= op);
  }
}
