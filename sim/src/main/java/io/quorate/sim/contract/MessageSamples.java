// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.SnapshotRef;
import java.util.List;

/** What golden messages carry: always the same, whatever the library does to random numbers. */
public final class MessageSamples {
  private MessageSamples() {}

  /** Two entries that follow each other, of epochs 2 and 3, in slots 4 and 5. */
  public static List<Entry> entries() {
    Entry first =
        Entry.control(
            EntryKind.TAKEOVER, 4, 2, 9, 1_700_000_000_000_000_000L, hash(3), new byte[0]);
    Entry second =
        Entry.control(
            EntryKind.CONFIGURATION, 5, 3, 9, first.timeFloorNanos(), first.hash(), bytes(7));
    return List.of(first, second);
  }

  /** A hash like any other. */
  public static ChainHash hash(long seed) {
    return new ChainHash(seed * 0x9E3779B97F4A7C15L, -seed);
  }

  /** So many bytes. */
  public static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 37);
    }
    return bytes;
  }

  /** A snapshot up to slot 7, of 40 bytes. */
  public static SnapshotRef snapshot() {
    return new SnapshotRef(
        "00000007-3-abc", 7, 3, hash(7), 12, 1_700_000_000_000_000_005L, bytes(9), 40, bytes(32));
  }
}
