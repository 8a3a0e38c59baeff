// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batch;
import io.quorate.core.batch.Batcher;
import io.quorate.core.check.Check;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogView;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out what a core decided, once for each turn. Confined to the loop. */
final class TurnEffects implements Effects {
  private final ReplicaLoop loop;
  private final LogWriter writer;
  private final LogReader reader;
  private final ObjectStore objects;
  private final ApplyLoop apply;
  private final PeerSender sender;
  private final PendingReplies pending;
  private final Admission admission;
  private final Batcher batcher;
  private final RuntimeLimits limits;
  private final ConsensusMetrics metrics;
  private final HaltSwitch halt;
  private final Observer observer;

  private ActorHost.@Nullable Handle writerHandle;
  private ActorHost.@Nullable Handle readerHandle;
  private boolean written;
  private boolean read;
  private boolean roleChanged;
  private volatile RoleChange role = new RoleChange(Role.FOLLOWER, 0, null, "starting");

  /** Committed; and handed to the apply loop. Invariant: fed ≤ committed. */
  private long committed;

  private long fed;

  TurnEffects(
      ReplicaLoop loop,
      LogWriter writer,
      LogReader reader,
      ObjectStore objects,
      ApplyLoop apply,
      PeerSender sender,
      PendingReplies pending,
      Admission admission,
      Batcher batcher,
      RuntimeLimits limits,
      ConsensusMetrics metrics,
      HaltSwitch halt,
      Observer observer) {
    this.loop = loop;
    this.writer = writer;
    this.reader = reader;
    this.objects = objects;
    this.apply = apply;
    this.sender = sender;
    this.pending = pending;
    this.admission = admission;
    this.batcher = batcher;
    this.limits = limits;
    this.metrics = metrics;
    this.halt = halt;
    this.observer = observer;
    this.committed = apply.appliedSlot();
    this.fed = committed;
  }

  void begin(ActorHost.Handle writerOwn, ActorHost.Handle readerOwn) {
    writerHandle = writerOwn;
    readerHandle = readerOwn;
    writerOwn.wake();
    readerOwn.wake();
  }

  /** The last change of role. Any thread. */
  RoleChange role() {
    return role;
  }

  boolean takeRoleChanged() {
    boolean changed = roleChanged;
    roleChanged = false;
    return changed;
  }

  /** Whether committed entries wait for room in the apply loop. */
  boolean feedPending() {
    return fed < committed;
  }

  /** Sends, writes and applies what the turn has gathered. */
  void flush(LogView log) {
    if (halt.halted()) {
      return;
    }
    sender.flush();
    if (written) {
      written = false;
      wake(writerHandle);
    }
    if (read) {
      read = false;
      wake(readerHandle);
    }
    feed(log);
  }

  private void feed(LogView log) {
    boolean offered = false;
    while (fed < committed && apply.backlogBytes() <= limits.applyBacklogBytesMax()) {
      long slot = fed + 1;
      Entry entry = log.get(slot);
      if (entry != null) {
        apply.offerEntry(entry, pending.take(slot));
        fed = slot;
      } else {
        // Left the window, so it is durable: the apply loop reads it back itself.
        long through = Math.min(committed, log.firstSlot() - 1);
        Check.that(through >= slot, "committed slot %s is neither in memory nor on disk", slot);
        @Nullable Batch[] batches = new @Nullable Batch[(int) Math.min(through - slot + 1, 1024)];
        for (int i = 0; i < batches.length; i++) {
          batches[i] = pending.take(slot + i);
        }
        apply.offerRange(slot, batches);
        fed = slot + batches.length - 1;
      }
      offered = true;
    }
    if (offered) {
      apply.wake();
    }
  }

  @Override
  public void send(Outgoing message) {
    sender.gather(message);
  }

  @Override
  public void persist(DurableWrite write, List<Outgoing> releases) {
    writer.offer(write, releases);
    written = true;
  }

  @Override
  public void load(long loadId, long fromSlot, long throughSlot, int bytesMax) {
    reader.load(loadId, fromSlot, throughSlot, bytesMax);
    read = true;
  }

  @Override
  public void commit(long slot) {
    Check.that(slot >= committed, "commit goes back from %s to %s", committed, slot);
    committed = slot;
    observer.onCommit(slot);
  }

  @Override
  public void proposed(Proposal proposal, Entry entry) {
    metrics.batchesProposed().increment();
    pending.add(entry.slot(), (Batch) proposal);
  }

  @Override
  public void notCommitted(long fromSlot, Refusal why) {
    Check.that(fromSlot > committed, "slot %s is committed, to %s", fromSlot, committed);
    batcher.forgetAdmitted();
    pending.refuseFrom(fromSlot, why);
  }

  @Override
  public void object(long requestId, ObjectRequest request, long timeoutNanos) {
    objects.submit(
        request, timeoutNanos, result -> loop.report(new Event.ObjectDone(requestId, result)));
  }

  @Override
  public void reject(Proposal proposal, Refusal why) {
    Batch batch = (Batch) proposal;
    batcher.forgetAdmitted(); // before its callers learn of it and try again
    metrics.commandsRefused().add(batch.count());
    batch.refuseAll(why);
    admission.release(batch.sizeBytes());
  }

  @Override
  public void answer(long readId, long slot) {
    loop.answerReads(readId, slot);
  }

  @Override
  public void rejectRead(long readId, Refusal why) {
    loop.refuseReads(readId, why);
  }

  @Override
  public void role(RoleChange change) {
    boolean deposed =
        role.role() == Role.LEADER
            && (change.role() != Role.LEADER || change.epoch() != role.epoch());
    batcher.forgetAdmitted();
    role = change;
    roleChanged = true;
    metrics.roleChanges().increment();
    observer.onRole(change);
    if (deposed) {
      pending.refuseAll(
          new Refusal(
              RefusalCode.INDETERMINATE,
              change.leader(),
              "leadership was lost before the command was known to be committed"));
    }
  }

  @Override
  public void readSnapshot(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {
    reader.readChunk(to, snapshot, offset, bytesMax);
    read = true;
  }

  @Override
  public void writeSnapshot(SnapshotRef snapshot, long offset, byte[] bytes) {
    reader.writeChunk(snapshot, offset, bytes);
    read = true;
  }

  @Override
  public void install(SnapshotRef snapshot) {
    // Behind what was fed it takes the place of entries that wait to be repaired; the apply loop
    // ignores it if it went on meanwhile.
    fed = Math.max(fed, snapshot.slot());
    committed = Math.max(committed, fed);
    metrics.snapshotsInstalled().increment();
    apply.offerInstall(snapshot);
  }

  @Override
  public void adminDone(long requestId, @Nullable Refusal why) {
    loop.answerAdmin(requestId, why);
  }

  @Override
  public void halt(String reason) {
    halt.halt(reason);
  }

  @Override
  public void trace(Trace trace) {
    observer.onTrace(trace);
  }

  private static void wake(ActorHost.@Nullable Handle handle) {
    if (handle != null) {
      handle.wake();
    }
  }
}
