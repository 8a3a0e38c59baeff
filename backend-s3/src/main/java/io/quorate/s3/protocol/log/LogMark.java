// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.log;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;

/**
 * A place in the log, and all that the next entry needs to know of what is before it.
 *
 * @param slot last slot before the place
 * @param epoch of the entry there
 * @param hash H(slot)
 * @param nextIndex index of the next command
 * @param timeFloorNanos earliest consensus time of the next entry
 */
public record LogMark(long slot, long epoch, ChainHash hash, long nextIndex, long timeFloorNanos) {
  /** The beginning of the log. */
  public static final LogMark START = new LogMark(0, 0, ChainHash.ROOT, 1, 0);

  /** The place behind an entry. */
  public static LogMark behind(Entry entry) {
    return new LogMark(
        entry.slot(), entry.epoch(), entry.hash(), entry.lastIndex() + 1, entry.timeFloorNanos());
  }

  /** The place behind a snapshot. */
  public static LogMark behind(SnapshotRef snapshot) {
    return new LogMark(
        snapshot.slot(),
        snapshot.epoch(),
        snapshot.hash(),
        snapshot.lastIndex() + 1,
        snapshot.timeFloorNanos());
  }

  /** The same for a window. */
  public LogBase base() {
    return new LogBase(slot, epoch, hash);
  }

  /**
   * Whether this entry may come next: the chain rule and the epoch rule of A.5.6. An orphan of an
   * ended epoch satisfies neither once the next epoch has begun.
   */
  public boolean linksTo(Entry entry) {
    return entry.slot() == slot + 1 && entry.epoch() >= epoch && entry.parentHash().equals(hash);
  }
}
