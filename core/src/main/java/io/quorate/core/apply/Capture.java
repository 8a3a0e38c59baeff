// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.SnapshotStore;
import io.quorate.core.session.FrozenSessions;
import io.quorate.core.snapshot.SnapshotHeader;
import io.quorate.core.snapshot.SnapshotOutput;
import io.quorate.core.snapshot.SnapshotSection;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The state at one slot, cut by {@link Applier#capture}; to be written by another thread while
 * further entries are applied. Close it, written or not.
 */
public final class Capture implements AutoCloseable, SnapshotStore.Content {
  private final SnapshotHeader header;
  private final FrozenSessions sessions;
  private final SnapshotSource state;
  private boolean closed;

  Capture(SnapshotHeader header, FrozenSessions sessions, SnapshotSource state) {
    this.header = header;
    this.sessions = sessions;
    this.state = state;
  }

  /** Last slot that the state includes. */
  public long slot() {
    return header.slot();
  }

  /** What {@link SnapshotStore#save} wants as a draft: everything but size and sum. */
  public SnapshotRef draft(String id) {
    return new SnapshotRef(
        id,
        header.slot(),
        header.epoch(),
        header.hash(),
        header.lastIndex(),
        header.timeFloorNanos(),
        header.configuration(),
        0,
        new byte[0]);
  }

  /** What {@link SnapshotStore#save} writes: this. */
  public SnapshotStore.Content content() {
    return this;
  }

  /**
   * Writes the whole snapshot; once. A {@link RuntimeException} of the user's source passes
   * through: this snapshot failed, the replica did not.
   */
  @Override
  public void writeTo(OutputStream out) throws IOException {
    SnapshotOutput snapshot = new SnapshotOutput(out, header);
    try (OutputStream section = snapshot.section(SnapshotSection.SESSIONS)) {
      writeRecord(section, sessions.header());
      for (int i = 0; i < sessions.count(); i++) {
        writeRecord(section, sessions.session(i));
      }
    }
    try (OutputStream section = snapshot.section(SnapshotSection.STATE)) {
      state.writeTo(section);
    }
    snapshot.finish();
  }

  /** Frees what the user's view holds. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      state.close();
    }
  }

  private static void writeRecord(OutputStream out, byte[] record) throws IOException {
    byte[] length = new byte[4];
    Bytes.putInt(length, 0, record.length);
    out.write(length);
    out.write(record);
  }
}
