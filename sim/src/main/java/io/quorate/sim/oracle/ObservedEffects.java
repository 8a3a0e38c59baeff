// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.oracle;

import io.quorate.api.NodeId;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes effects on, and tells the observer of those that matter. */
final class ObservedEffects implements Effects {
  private final Effects out;
  private final CoreObserver observer;

  ObservedEffects(Effects out, CoreObserver observer) {
    this.out = out;
    this.observer = observer;
  }

  @Override
  public void send(Outgoing message) {
    out.send(message);
  }

  @Override
  public void persist(DurableWrite write, List<Outgoing> releases) {
    observer.persisting(write);
    out.persist(write, releases);
  }

  @Override
  public void load(long loadId, long fromSlot, long throughSlot, int bytesMax) {
    observer.count("log.read back");
    out.load(loadId, fromSlot, throughSlot, bytesMax);
  }

  @Override
  public void commit(long slot) {
    observer.committing(slot);
    out.commit(slot);
  }

  @Override
  public void proposed(Proposal proposal, Entry entry) {
    observer.proposing(entry);
    out.proposed(proposal, entry);
  }

  @Override
  public void notCommitted(long fromSlot, Refusal why) {
    observer.count("proposal.not committed");
    observer.denying(fromSlot);
    out.notCommitted(fromSlot, why);
  }

  @Override
  public void object(long requestId, ObjectRequest request, long timeoutNanos) {
    out.object(requestId, request, timeoutNanos);
  }

  @Override
  public void reject(Proposal proposal, Refusal why) {
    observer.count("proposal.refused " + why.code());
    out.reject(proposal, why);
  }

  @Override
  public void answer(long readId, long slot) {
    out.answer(readId, slot);
  }

  @Override
  public void rejectRead(long readId, Refusal why) {
    observer.count("read.refused " + why.code());
    out.rejectRead(readId, why);
  }

  @Override
  public void role(RoleChange change) {
    observer.roleChanging(change);
    out.role(change);
  }

  @Override
  public void readSnapshot(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {
    observer.count("snapshot.chunk read");
    out.readSnapshot(to, snapshot, offset, bytesMax);
  }

  @Override
  public void writeSnapshot(SnapshotRef snapshot, long offset, byte[] bytes) {
    observer.count("snapshot.chunk written");
    out.writeSnapshot(snapshot, offset, bytes);
  }

  @Override
  public void install(SnapshotRef snapshot) {
    observer.installing(snapshot);
    out.install(snapshot);
  }

  @Override
  public void adminDone(long requestId, @Nullable Refusal why) {
    observer.count(why == null ? "admin.done" : "admin.refused " + why.code());
    out.adminDone(requestId, why);
  }

  @Override
  public void halt(String reason) {
    observer.halting(reason);
    out.halt(reason);
  }

  @Override
  public void trace(Trace trace) {
    observer.noting(trace);
    out.trace(trace);
  }
}
