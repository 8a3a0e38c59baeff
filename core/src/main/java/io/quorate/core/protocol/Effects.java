// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.NodeId;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link ReplicaCore} puts what is to be done: a collector, so that the hot path needs no
 * lists. Nothing is carried out before the step returns.
 *
 * <p>Persist before send is in the types: what {@link #send} takes may leave at any time; what may
 * leave only once something is durable travels with that write, as its releases.
 */
public interface Effects {

  /** Sends at once; never waits, may be lost. */
  void send(Outgoing message);

  /**
   * Makes a change durable, then sends {@code releases} and reports {@link Event.Persisted}. Writes
   * take effect in order; several may share one sync. A failed write halts the replica.
   */
  void persist(DurableWrite write, List<Outgoing> releases);

  /**
   * Makes one attempt at a request to the object store; reports {@link Event.ObjectDone}.
   *
   * @param timeoutNanos when to give up waiting for the answer
   */
  void object(long requestId, ObjectRequest request, long timeoutNanos);

  /**
   * Reads entries back from the log, off the loop; reports {@link Event.Loaded}. Only for entries
   * that are durable here.
   *
   * @param bytesMax stop before exceeding this, but give at least one entry
   */
  void load(long loadId, long fromSlot, long throughSlot, int bytesMax);

  /** Everything up to {@code slot} is committed: apply it. Ascending. */
  void commit(long slot);

  /**
   * What was proposed here for {@code fromSlot} and later slots, and is not yet committed, surely
   * never will be: its callers may try again anywhere.
   */
  void notCommitted(long fromSlot, Refusal why);

  /** The proposal became this entry; its callers are answered when that slot is applied. */
  void proposed(Proposal proposal, Entry entry);

  /** The proposal was surely not logged. */
  void reject(Proposal proposal, Refusal why);

  /** The reads may be served from any state that has applied {@code slot}. */
  void answer(long readId, long slot);

  /** The reads cannot be served as fresh as asked. */
  void rejectRead(long readId, Refusal why);

  /** The role, epoch or leader changed. */
  void role(RoleChange change);

  /**
   * Reads {@code bytesMax} of a snapshot for another replica; reports {@link Event.SnapshotChunk}.
   */
  void readSnapshot(NodeId to, SnapshotRef snapshot, long offset, int bytesMax);

  /**
   * Writes a chunk received from another replica; reports {@link Event.SnapshotReceived}. Offset 0
   * begins anew. The last chunk is that which reaches {@link SnapshotRef#sizeBytes()}.
   */
  void writeSnapshot(SnapshotRef snapshot, long offset, byte[] bytes);

  /**
   * Replaces the state machine by a received, complete snapshot; reports {@link Event.Applied} with
   * its slot. Everything up to that slot counts as committed.
   */
  void install(SnapshotRef snapshot);

  /** Answers {@link Event.Admin}: done when {@code why} is null. */
  void adminDone(long requestId, @Nullable Refusal why);

  /** Stops the replica for good: it met a fault that it must not work around. */
  void halt(String reason);

  /** Tells what happened, for people; rare events only. */
  void trace(Trace trace);
}
