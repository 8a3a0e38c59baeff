// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica finds on its disk when it starts, already proved: every entry was read, checked
 * and linked to the one before it; or it is damaged, but known by its header, and then faulty.
 *
 * @param hardState the protocol's own record; null if it never wrote one
 * @param base what stands before the first entry
 * @param head the end of the log, known even if the last entry is faulty
 * @param epochs epochs of all slots from the base to the last one, faulty ones too
 * @param tail the last entries, dense to the end of the log, as many as were asked for; begins
 *     after the last faulty slot, so it may be empty although the log is not
 * @param faulty entries of the log that are damaged here, ascending, all in (base, head]
 * @param configurations all configuration entries in the log that are not faulty, ascending
 * @param snapshot the newest complete snapshot, if any; at or above the base
 * @param headCertain false if synced entries at the end may be missing: the replica must not vote
 *     or campaign until a leader has told it the end of the log
 */
public record DurableState(
    byte @Nullable [] hardState,
    LogBase base,
    LogHead head,
    EpochRuns epochs,
    List<Entry> tail,
    List<FaultySlot> faulty,
    List<Entry> configurations,
    @Nullable SnapshotRef snapshot,
    boolean headCertain) {

  /** A log without damage: its head is the last of its tail. */
  public DurableState(
      byte @Nullable [] hardState,
      LogBase base,
      EpochRuns epochs,
      List<Entry> tail,
      List<Entry> configurations,
      @Nullable SnapshotRef snapshot,
      boolean headCertain) {
    this(
        hardState,
        base,
        tail.isEmpty() ? LogHead.behind(base, snapshot) : LogHead.of(tail.getLast()),
        epochs,
        tail,
        List.of(),
        configurations,
        snapshot,
        headCertain);
  }

  /** What the first start of a replica finds. */
  public static DurableState empty() {
    return new DurableState(
        null, LogBase.EMPTY, new EpochRuns(LogBase.EMPTY), List.of(), List.of(), null, true);
  }
}
