// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Writes what {@link LogInspector} finds, a fact a line. */
public final class InspectionText implements LogInspector.Visitor {
  private static final int HARD_STATE_BYTES_SHOWN = 64;

  private final PrintWriter out;

  /** Writes to {@code out}; the caller flushes it. */
  public InspectionText(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void identity(Identity identity) {
    out.printf(
        "group %s, node %s, incarnation %s%s%n",
        identity.group(),
        identity.node(),
        identity.incarnation(),
        identity.backend() == null ? "" : ", backend " + identity.backend());
  }

  @Override
  public void hardState(byte @Nullable [] hardState) {
    if (hardState == null) {
      out.println("hard state: none");
      return;
    }
    int shown = Math.min(hardState.length, HARD_STATE_BYTES_SHOWN);
    out.printf(
        "hard state: %d bytes, %s%s%n",
        hardState.length,
        HexFormat.of().formatHex(hardState, 0, shown),
        shown < hardState.length ? "…" : "");
  }

  @Override
  public void base(LogBase base) {
    out.printf("base: slot %d, epoch %d, hash %s%n", base.slot(), base.epoch(), base.hash());
  }

  @Override
  public void entry(Entry entry, @Nullable String damage) {
    out.printf(
        "slot %d epoch %d %s count %d bytes %d hash %s %s%n",
        entry.slot(),
        entry.epoch(),
        entry.kind(),
        entry.count(),
        entry.sizeBytes(),
        entry.hash(),
        damage == null ? "ok" : "DAMAGED: " + damage);
  }

  @Override
  public void unreadable(long firstSlot, long lastSlot, String damage) {
    out.printf("slots %d to %d DAMAGED: %s%n", firstSlot, lastSlot, damage);
  }

  @Override
  public void marker(long markerGroup, long markerSlot, long logGroup) {
    if (markerGroup < 0) {
      out.printf("marker: unreadable; the log has group %d%n", logGroup);
    } else {
      out.printf(
          "marker: group %d at slot %d was synced; the log has group %d%n",
          markerGroup, markerSlot, logGroup);
    }
  }

  @Override
  public void snapshot(SnapshotRef snapshot, @Nullable String damage) {
    out.printf(
        "snapshot %s slot %d epoch %d index %d bytes %d sha256 %s %s%n",
        snapshot.id(),
        snapshot.slot(),
        snapshot.epoch(),
        snapshot.lastIndex(),
        snapshot.sizeBytes(),
        HexFormat.of().formatHex(snapshot.sha256()),
        damage == null ? "ok" : "DAMAGED: " + damage);
  }

  @Override
  public void unreadableSnapshot(Path file, String damage) {
    out.printf("snapshot file %s DAMAGED: %s%n", file.getFileName(), damage);
  }
}
