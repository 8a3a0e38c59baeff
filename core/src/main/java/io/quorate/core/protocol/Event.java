// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.SnapshotRef;
import java.util.List;

/** Everything that can happen to a replica. */
public sealed interface Event {

  /** The instant of {@link ReplicaCore#deadlineNanos()} has come. */
  record Tick() implements Event {
    /** The one instance. */
    public static final Tick INSTANCE = new Tick();
  }

  /** A message arrived; it may be late, repeated, or from another epoch. */
  record Received(NodeId from, ProtocolMessage message) implements Event {}

  /** Admitted commands; answered by {@link Effects#proposed} or {@link Effects#reject}. */
  record Submitted(Proposal proposal) implements Event {}

  /**
   * All reads of one turn that ask for the same freshness (never {@link ReadConsistency.Local});
   * answered by {@link Effects#answer} or {@link Effects#rejectRead}.
   */
  record ReadRequested(long readId, ReadConsistency consistency) implements Event {}

  /** Every {@link Effects#persist} up to and including {@code token} is durable. */
  record Persisted(long token) implements Event {}

  /**
   * Entries read back from the log, dense from the slot that {@link Effects#load} named; empty if
   * they are no longer there, or if the first of them is damaged: {@link Damaged} then came before.
   */
  record Loaded(long loadId, List<Entry> entries) implements Event {}

  /**
   * Entries turned out to be damaged after the start: when they were read for a peer or to be
   * applied, or when the log was scrubbed. May name slots that were truncated, repaired or
   * compacted meanwhile, and the same ones again. Precedes the {@link Loaded} that it cut short.
   * Only for protocols that repair, see {@code Backend}; the others' replicas halt.
   */
  record Damaged(List<FaultySlot> slots) implements Event {}

  /** The state machine has applied everything up to {@code slot}. */
  record Applied(long slot) implements Event {}

  /** A snapshot taken here is complete and durable; the log before it may go. */
  record SnapshotSaved(SnapshotRef snapshot) implements Event {}

  /** Bytes of a snapshot to be sent on; empty if the snapshot is no longer there. */
  record SnapshotChunk(NodeId to, SnapshotRef snapshot, long offset, byte[] bytes)
      implements Event {}

  /**
   * A chunk received from elsewhere was written.
   *
   * @param nextOffset where the next chunk must begin; 0 starts over
   * @param complete whether the whole snapshot is now verified and durable
   */
  record SnapshotReceived(SnapshotRef snapshot, long nextOffset, boolean complete)
      implements Event {}

  /** An attempt at {@link Effects#object} ended. */
  record ObjectDone(long requestId, ObjectResult result) implements Event {}

  /** An operator asks; answered by {@link Effects#adminDone}. */
  record Admin(long requestId, AdminCommand command) implements Event {}
}
