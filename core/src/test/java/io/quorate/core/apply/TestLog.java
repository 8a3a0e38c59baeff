// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.Slab;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes a log, as a leader would: entries that follow and link to each other. */
final class TestLog {
  final List<Entry> entries = new ArrayList<>();
  long epoch = 1;
  long timeNanos = 1_000_000;
  private Slab.Writer slab = new Slab.Writer(64);
  private ChainHash hash = ChainHash.ROOT;
  private long nextIndex = 1;

  /** Index that the next command will have. */
  long nextIndex() {
    return nextIndex + slab.count();
  }

  TestLog add(CommandKind kind, long session, long sequence, long acknowledged, byte[] payload) {
    slab.append(kind, session, sequence, acknowledged, payload, 0, payload.length);
    return this;
  }

  TestLog plain(String text) {
    return add(CommandKind.PLAIN, 0, 0, 0, text.getBytes(StandardCharsets.UTF_8));
  }

  TestLog command(long session, long sequence, long acknowledged, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    return add(CommandKind.SESSION, session, sequence, acknowledged, payload);
  }

  /** Seals the commands added since the last entry. */
  Entry seal() {
    Entry entry =
        Entry.seal(
            slab.frame(),
            EntryKind.COMMANDS,
            entries.size() + 1,
            epoch,
            nextIndex,
            slab.count(),
            timeNanos,
            hash);
    slab = new Slab.Writer(64);
    return follow(entry);
  }

  Entry control(EntryKind kind, byte[] body) {
    return follow(Entry.control(kind, entries.size() + 1, epoch, nextIndex, timeNanos, hash, body));
  }

  private Entry follow(Entry entry) {
    entries.add(entry);
    hash = entry.hash();
    nextIndex = entry.lastIndex() + 1;
    timeNanos = entry.timeFloorNanos();
    return entry;
  }
}
