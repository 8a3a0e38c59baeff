// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.statetransfer;

import io.quorate.api.NodeId;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.core.transfer.SnapshotReceiver;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.StateAck;
import io.quorate.vsr.message.VsrMessage.StateChunk;
import io.quorate.vsr.protocol.log.VsrLog;
import org.jspecify.annotations.Nullable;

/** A snapshot that arrives from the primary, chunk by chunk (VRR §5.2). */
public final class SnapshotIntake {
  private final VsrLog log;
  private final SnapshotReceiver receiver = new SnapshotReceiver();

  /** Nothing is being received. */
  public SnapshotIntake(VsrLog log) {
    this.log = log;
  }

  /** Whether it holds what is not known here, or stands for what is damaged and not yet applied. */
  private boolean isNews(SnapshotRef snapshot, long applied) {
    return snapshot.slot() > log.commit()
        || (snapshot.slot() > log.base().slot()
            && log.faulty().firstFrom(applied + 1) <= snapshot.slot());
  }

  /** Takes part of a snapshot; false if nothing in it is news. */
  public boolean onChunk(NodeId from, StateChunk chunk, long applied, Effects out) {
    SnapshotRef snapshot = chunk.snapshot();
    if (!isNews(snapshot, applied)) {
      out.trace(new Trace.Ignored(from, chunk.name(), "its ops are known already"));
      return false;
    }
    long next = receiver.onChunk(snapshot, chunk.offset(), chunk.bytes(), out);
    if (next >= 0) {
      log.send(new Outgoing(from, new StateAck(log.view(), snapshot.id(), next)), out);
    }
    return true;
  }

  /**
   * A chunk was written: asks for the next.
   *
   * @return the snapshot, if this was its last chunk
   */
  public @Nullable SnapshotRef onWritten(
      Event.SnapshotReceived received, @Nullable NodeId primary, Effects out) {
    SnapshotRef snapshot = received.snapshot();
    if (!receiver.onWritten(snapshot, received.nextOffset(), received.complete())) {
      out.trace(new Trace.Noted("vsr §5.2 state transfer", snapshot + " is no longer received"));
      return null;
    }
    if (received.complete()) {
      return snapshot;
    }
    if (primary != null) {
      StateAck ack = new StateAck(log.view(), snapshot.id(), received.nextOffset());
      log.send(new Outgoing(primary, ack), out);
    }
    return null;
  }

  /**
   * Whether a complete snapshot is to take the place of the beginning of the log.
   *
   * @param known log of the view, as far as it is known here
   */
  public boolean isNeeded(SnapshotRef snapshot, LogShape known, long applied) {
    return snapshot.slot() > applied
        && isNews(snapshot, applied)
        && snapshot.slot() >= known.base();
  }
}
