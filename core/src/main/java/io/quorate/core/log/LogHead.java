// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import org.jspecify.annotations.Nullable;

/**
 * The end of a log: what the next entry must link to, known even where the last entry itself is
 * damaged.
 *
 * @param slot last slot, or the base's when there is no entry
 * @param epoch of the last slot
 * @param hash H(last slot)
 * @param nextIndex index of the command that the next entry begins with
 * @param timeFloorNanos earliest consensus time of the next entry
 */
public record LogHead(long slot, long epoch, ChainHash hash, long nextIndex, long timeFloorNanos) {

  /** The end of a log whose last entry this is. */
  public static LogHead of(Entry last) {
    return new LogHead(
        last.slot(), last.epoch(), last.hash(), last.lastIndex() + 1, last.timeFloorNanos());
  }

  /** The end of a log whose last entry has this header. */
  public static LogHead of(EntryHeader last) {
    return new LogHead(
        last.slot(), last.epoch(), last.hash(), last.nextIndex(), last.timeFloorNanos());
  }

  /**
   * The end of a log without entries: index and time are the snapshot's; those of the beginning if
   * there is none.
   */
  public static LogHead behind(LogBase base, @Nullable SnapshotRef snapshot) {
    return new LogHead(
        base.slot(),
        base.epoch(),
        base.hash(),
        snapshot == null ? 1 : snapshot.lastIndex() + 1,
        snapshot == null ? 0 : snapshot.timeFloorNanos());
  }
}
