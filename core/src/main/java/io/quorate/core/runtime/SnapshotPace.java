// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.apply.Applier;
import io.quorate.core.log.Entry;
import io.quorate.core.port.Backend;

/** How much log was applied since the last snapshot. Confined to the apply loop. */
final class SnapshotPace {
  private final long everyBytes;
  private final Backend.Needs needs;
  private long bytes;
  private long slots;

  SnapshotPace(long everyBytes, Backend.Needs needs) {
    this.everyBytes = everyBytes;
    this.needs = needs;
  }

  /** A snapshot is taken, or was installed, or it is somebody else's turn to be late with one. */
  void restart() {
    bytes = 0;
    slots = 0;
  }

  /** The entry was just applied; returns whether the log asks for a snapshot behind it. */
  boolean applied(Entry entry, Applier applier) {
    slots++;
    if (!needs.checkpointsInLog()) {
      bytes += entry.sizeBytes();
      return false;
    }
    if (!applier.wasChore()) {
      bytes += entry.sizeBytes(); // chores do not count, or an idle group would never rest
    }
    return applier.asksForCheckpoint();
  }

  /** Whether this replica is to take a snapshot now, on its own. */
  boolean dueHere() {
    return !needs.checkpointsInLog()
        && (bytes >= everyBytes || slots >= needs.snapshotEverySlots());
  }

  /** Bytes applied, if they are enough for a snapshot that all are to take; else 0. */
  long dueEverywhereBytes() {
    return needs.checkpointsInLog() && bytes >= everyBytes ? bytes : 0;
  }
}
