// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.LogBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a child process writes: groups that are numbered in the hard state, with entries, now and
 * then a truncated end and a dropped beginning.
 */
final class ChildLog {
  private final List<Entry> entries = new ArrayList<>();
  private LogBase base;
  private long epoch;
  private long group;

  ChildLog(DurableState state) {
    base = state.base();
    entries.addAll(state.tail());
    epoch = Math.max(1, state.epochs().lastEpoch());
    group = group(state);
  }

  /** Number of the last group in a recovered log. */
  static long group(DurableState state) {
    byte[] hardState = state.hardState();
    return hardState == null ? 0 : Bytes.getLong(hardState, 0);
  }

  DurableWrite next(int payloadBytes) {
    group++;
    byte[] hardState = new byte[8];
    Bytes.putLong(hardState, 0, group);
    long truncateFrom = 0;
    if (group % 7 == 0 && entries.size() > 3) {
      epoch++;
      truncateFrom = entries.get(entries.size() - 2).slot();
      entries.subList(entries.size() - 2, entries.size()).clear();
    }
    LogBase newBase = null;
    if (group % 50 == 0 && entries.size() > 20) {
      Entry last = entries.get(entries.size() / 2);
      newBase = new LogBase(last.slot(), last.epoch(), last.hash());
      base = newBase;
      entries.subList(0, entries.size() / 2 + 1).clear();
    }
    List<Entry> added = new ArrayList<>();
    for (int i = 0; i <= group % 3; i++) {
      Entry entry = entry(payloadBytes);
      entries.add(entry);
      added.add(entry);
    }
    return new DurableWrite(group, hardState, truncateFrom, newBase, added);
  }

  private Entry entry(int payloadBytes) {
    byte[] frame = new byte[Entry.HEADER_BYTES + payloadBytes];
    new Random(group).nextBytes(frame);
    return Entry.seal(
        frame, EntryKind.COMMANDS, lastSlot() + 1, epoch, lastSlot() + 1, 1, group, lastHash());
  }

  private long lastSlot() {
    return entries.isEmpty() ? base.slot() : entries.getLast().slot();
  }

  private ChainHash lastHash() {
    return entries.isEmpty() ? base.hash() : entries.getLast().hash();
  }

  /** Group, base, end and hash of the log: equal texts mean equal logs. */
  String describe() {
    return group + " " + base.slot() + " " + lastSlot() + " " + lastHash();
  }
}
