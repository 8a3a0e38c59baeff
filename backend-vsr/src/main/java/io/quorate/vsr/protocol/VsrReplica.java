// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.check.Check;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.LogView;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.Seat;
import io.quorate.core.protocol.Trace;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.message.VsrMessage;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.ReadIndex;
import io.quorate.vsr.message.VsrMessage.ReadIndexReply;
import io.quorate.vsr.message.VsrMessage.Recovery;
import io.quorate.vsr.message.VsrMessage.RecoveryResponse;
import io.quorate.vsr.message.VsrMessage.RequestStartView;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import io.quorate.vsr.message.VsrMessage.StateAck;
import io.quorate.vsr.message.VsrMessage.StateChunk;
import io.quorate.vsr.protocol.group.Group;
import io.quorate.vsr.protocol.group.Quorums;
import io.quorate.vsr.protocol.log.Loads;
import io.quorate.vsr.protocol.log.VsrLog;
import io.quorate.vsr.protocol.recovery.Amnesia;
import io.quorate.vsr.protocol.recovery.HeadRecovery;
import io.quorate.vsr.protocol.statetransfer.Checkpoints;
import io.quorate.vsr.protocol.statetransfer.Mender;
import io.quorate.vsr.protocol.statetransfer.Missing;
import io.quorate.vsr.protocol.statetransfer.Supplier;
import io.quorate.vsr.protocol.viewchange.Standing;
import io.quorate.vsr.protocol.viewchange.Status;
import io.quorate.vsr.protocol.viewchange.ViewChange;
import org.jspecify.annotations.Nullable;

/**
 * One VSR replica: knows the rules about views (VRR §4) and hands everything else to whom it
 * concerns. Each step ends with at most one write, which holds back what may leave only after it.
 *
 * <p>Invariants: a {@link Primacy} exists exactly while the status is {@code PRIMARY}; no message
 * of another view than the current one reaches a handler; a replica follows a primary only with the
 * log of the current view, or the beginning of it.
 */
public final class VsrReplica implements ReplicaCore {
  private final VsrConfig config;
  private final NodeId self;
  private final Group group;
  private final VsrLog log;
  private final Standing standing;
  private final ViewChange viewChange;
  private final Missing missing;
  private final Following following;
  private final Supplier supplier;
  private final Checkpoints checkpoints;
  private final HeadRecovery recovery;
  private final Amnesia amnesia;
  private final Mender mender;
  private final BackupReads reads;
  private final Loads loads = new Loads();
  private final long diskStallNanos;

  private @Nullable Primacy primacy;
  private @Nullable NodeId askedLast;
  private long viewSeen;
  private long applied;
  private Now lastNow = new Now(0, 0);

  /** Makes the core of one replica; it does nothing before {@link #restore}. */
  public VsrReplica(Seat seat, VsrConfig config) {
    this.config = config;
    this.self = seat.self();
    this.group =
        new Group(
            self,
            seat.members(),
            Quorums.of(
                seat.members().size(),
                config.safeguards().replicationQuorum(),
                config.safeguards().viewChangeQuorum()));
    long heartbeatNanos = config.timing().heartbeatInterval().toNanos();
    this.log = new VsrLog(config.pipeline().logWindowBytes());
    this.standing = new Standing(self);
    this.viewChange = new ViewChange(config, log, group, standing, loads, seat.random());
    this.missing = new Missing(log, config.pipeline().aheadBytesMax(), heartbeatNanos);
    this.supplier = new Supplier(log, loads, config.pipeline().prepareBytesMax());
    this.checkpoints = new Checkpoints(log, loads, config.snapshots().retainSlots());
    long nonce = seat.random().nextLong() | 1;
    this.recovery = new HeadRecovery(log, nonce, heartbeatNanos);
    this.amnesia = new Amnesia(log, group, standing, nonce, 2 * heartbeatNanos);
    this.mender = new Mender(log, group, 2 * heartbeatNanos);
    this.following =
        new Following(log, group, standing, viewChange, missing, checkpoints, recovery, mender);
    this.reads = new BackupReads(config, log, standing, seat.random().nextLong() >>> 2);
    this.diskStallNanos = config.timing().diskStallTimeout().toNanos();
  }

  @Override
  public void restore(DurableState state, Now now, Effects out) {
    lastNow = now;
    if (state.snapshot() == null && state.base().slot() > 0) {
      out.halt(
          "the log begins after slot "
              + state.base().slot()
              + ", but no snapshot holds what was before; restore the replica's data or replace"
              + " it");
      return;
    }
    if (mender.haltsAlone(state.faulty(), out)) {
      return;
    }
    log.restore(state);
    mender.wake(state.faulty(), now, out);
    viewSeen = log.view();
    applied = log.commit();
    viewChange.start(now, out);
    askIfDiskLost(now, out);
    log.flush(now, out);
  }

  @Override
  public void step(Event event, Now now, Effects out) {
    lastNow = now;
    switch (event) {
      case Event.Tick tick -> onTick(now, out);
      case Event.Received received -> onReceived(received.from(), received, now, out);
      case Event.Submitted submitted -> onSubmitted(submitted, now, out);
      case Event.ReadRequested read -> onRead(read.readId(), read.consistency(), now, out);
      case Event.Persisted persisted -> onPersisted(persisted.token(), now, out);
      case Event.Loaded loaded -> onLoaded(loaded, now, out);
      case Event.Damaged damaged -> {
        if (!mender.haltsAlone(damaged.slots(), out)) {
          mender.wake(damaged.slots(), now, out);
        }
      }
      case Event.Applied done -> onApplied(done.slot());
      case Event.SnapshotSaved saved -> onSnapshotSaved(saved.snapshot(), out);
      case Event.SnapshotChunk chunk -> {
        Primacy leading = primacy;
        if (leading != null) {
          leading.onChunkRead(chunk, now, out);
        }
      }
      case Event.SnapshotReceived received ->
          following.onSnapshotReceived(received, applied, now, out);
      case Event.ObjectDone done ->
          throw new InvariantViolation("VSR asked nothing of an object store: " + done);
      case Event.Admin admin -> onAdmin(admin, now, out);
    }
    settle(now, out);
    log.flush(now, out);
    log.evict();
    Check.that(
        (primacy != null) == (standing.status() == Status.PRIMARY),
        "status %s and primacy %s do not fit",
        standing.status(),
        primacy == null ? "none" : "some");
    Check.that(applied <= log.commit(), "applied %s beyond commit %s", applied, log.commit());
  }

  /** What follows from the step, whatever it was. */
  private void settle(Now now, Effects out) {
    noticeView();
    Primacy leading = primacy;
    if (leading != null) {
      String why =
          mender.stuck(applied)
              ? "an op of its log is damaged, and others have only snapshots of it"
              : leading.resignation();
      if (why != null) {
        out.trace(new Trace.Noted("vsr §4.1 resigns", why));
        endPrimacy(out);
        viewChange.abdicate(why, now, out);
      } else if (leading.wantedView() > log.view() && !viewChange.campaigns()) {
        viewChange.propose(leading.wantedView(), now, out);
        endPrimacyIfMoved(out);
      } else if (leading.wantedView() == 0 && viewChange.campaigns()) {
        viewChange.withdraw();
      }
    }
    if (viewChange.mayLead()) {
      lead(now, out);
    }
    noticeView();
    mender.tick(now, out);
    if (viewChange.completing()) {
      missing.askIfIdle(now);
      NodeId holder = viewChange.holderOf(log.last() + 1, askedLast);
      if (now.monotonicNanos() >= missing.deadlineNanos()) {
        askedLast = holder;
      }
      missing.ask(holder, now, out);
    } else if (following.mayAsk()) {
      missing.askIfIdle(now);
      missing.ask(standing.primary(), now, out);
    }
  }

  /** What was under way in the last view no longer matters. */
  private void noticeView() {
    if (viewSeen != log.view()) {
      viewSeen = log.view();
      missing.reset();
      supplier.reset();
      following.forget();
      askedLast = null;
    }
  }

  private void endPrimacyIfMoved(Effects out) {
    if (standing.status() != Status.PRIMARY) {
      endPrimacy(out);
    }
  }

  private void onTick(Now now, Effects out) {
    long nowNanos = now.monotonicNanos();
    Primacy leading = primacy;
    if (leading != null && nowNanos >= leading.deadlineNanos()) {
      leading.tick(diskStalled(now), now, out);
    }
    askIfDiskLost(now, out);
    if (nowNanos >= reads.deadlineNanos()) {
      reads.tick(now, out);
    }
    if (nowNanos >= viewChange.deadlineNanos()) {
      viewChange.onTick(now, out);
      endPrimacyIfMoved(out);
    }
  }

  private boolean diskStalled(Now now) {
    long oldest = log.oldestWriteNanos();
    return oldest != Long.MAX_VALUE && now.monotonicNanos() - oldest >= diskStallNanos;
  }

  private void onReceived(NodeId from, Event.Received received, Now now, Effects out) {
    if (!(received.message() instanceof VsrMessage message)) {
      out.trace(new Trace.Ignored(from, received.message().name(), "not a message of VSR"));
      return;
    }
    if (from.equals(self) || !group.has(from)) {
      out.trace(new Trace.Ignored(from, message.name(), "the sender is not another member"));
      return;
    }
    if (message.view() < log.view()) {
      if (message instanceof Recovery question) {
        onRecovery(from, question, now, out);
      } else {
        onEarlierView(from, message, now, out);
      }
      return;
    }
    if (message.view() > log.view()) {
      enterView(message.view(), from + " is in view " + message.view(), now, out);
    }
    dispatch(from, message, now, out);
    endPrimacyIfMoved(out);
  }

  private void enterView(long view, String why, Now now, Effects out) {
    viewChange.enter(view, why, now, out);
    noticeView();
    endPrimacyIfMoved(out);
  }

  /**
   * Tells whoever takes part in an earlier view that there is a later one, if this one leads it.
   */
  private void onEarlierView(NodeId from, VsrMessage message, Now now, Effects out) {
    Primacy leading = primacy;
    boolean news =
        message instanceof Prepare
            || message instanceof Commit
            || message instanceof StartView
            || message instanceof StartViewChange
            || message instanceof DoViewChange
            || message instanceof RequestStartView;
    if (leading != null && news) {
      leading.onLateViewChange(from, out);
    } else if (message instanceof Commit || message instanceof Prepare) {
      recovery.onEarlierPrimary(from, now, out);
    }
    out.trace(
        new Trace.Ignored(
            from, message.name(), "of view " + message.view() + ", it is " + log.view()));
  }

  private void dispatch(NodeId from, VsrMessage message, Now now, Effects out) {
    switch (message) {
      case StartViewChange vote -> viewChange.onStartViewChange(from, vote, now, out);
      case DoViewChange change -> {
        Primacy leading = primacy;
        if (leading != null) {
          leading.onLateViewChange(from, out);
        } else {
          viewChange.onDoViewChange(from, change, now, out);
        }
      }
      case Prepare prepare -> following.onMessage(from, prepare, applied, now, out);
      case Commit commit -> following.onMessage(from, commit, applied, now, out);
      case StartView start -> following.onMessage(from, start, applied, now, out);
      case StateChunk chunk -> following.onMessage(from, chunk, applied, now, out);
      case ReadIndexReply reply -> {
        if (!reads.onReply(from, reply.requestId(), reply.op(), now, out)) {
          out.trace(new Trace.Ignored(from, reply.name(), "the question was repeated or given up"));
        }
      }
      case Prepares prepares -> following.onPrepares(from, prepares, now, out);
      case GetPrepares question -> onGetPrepares(from, question, now, out);
      case Recovery question -> onRecovery(from, question, now, out);
      case RecoveryResponse answer -> onRecoveryResponse(from, answer, now, out);
      case PrepareOk ok -> toPrimary(from, ok, now, out);
      case CommitOk ok -> toPrimary(from, ok, now, out);
      case RequestStartView question -> toPrimary(from, question, now, out);
      case StateAck ack -> toPrimary(from, ack, now, out);
      case ReadIndex question -> toPrimary(from, question, now, out);
    }
  }

  private void onRecovery(NodeId from, Recovery question, Now now, Effects out) {
    Primacy leading = primacy;
    if (amnesia.onRecovery(from, question, out) && leading != null) {
      leading.onRecovery(from, now);
    }
  }

  private void onRecoveryResponse(NodeId from, RecoveryResponse answer, Now now, Effects out) {
    if (amnesia.onResponse(from, answer, out)) {
      viewChange.explain("its disk was lost; it takes over the log of its primary", out);
      recovery.onPrimary(group.primaryOf(log.view()), now, out);
    } else {
      explainLoss(out);
    }
  }

  private void askIfDiskLost(Now now, Effects out) {
    amnesia.tick(now, out);
    explainLoss(out);
  }

  private void explainLoss(Effects out) {
    if (log.incarnations().diskLost()) {
      viewChange.explain(amnesia.reason(), out);
    }
  }

  private void toPrimary(NodeId from, VsrMessage message, Now now, Effects out) {
    Primacy leading = primacy;
    if (leading == null) {
      out.trace(new Trace.Ignored(from, message.name(), "not the primary of this view"));
    } else if (message instanceof PrepareOk ok) {
      leading.onPrepareOk(from, ok, now, out);
    } else if (message instanceof CommitOk ok) {
      leading.onCommitOk(from, ok, now, out);
    } else if (message instanceof RequestStartView question) {
      leading.onRequestStartView(from, question, now, out);
    } else if (message instanceof StateAck ack) {
      leading.onStateAck(from, ack, now, out);
    } else if (message instanceof ReadIndex question) {
      leading.onReadIndex(from, question, now, out);
    }
  }

  private void onGetPrepares(NodeId from, GetPrepares question, Now now, Effects out) {
    Primacy leading = primacy;
    if (leading != null) {
      leading.onGetPrepares(from, question, now, out);
    } else {
      supplier.give(from, question.fromOp(), question.throughOp(), out);
    }
  }

  private void onSubmitted(Event.Submitted submitted, Now now, Effects out) {
    Primacy leading = primacy;
    if (leading == null) {
      out.reject(submitted.proposal(), Refusal.notLeader(standing.primary()));
    } else {
      leading.onSubmitted(submitted.proposal(), now, out);
    }
  }

  private void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    if (consistency instanceof ReadConsistency.Lease && !config.safeguards().leaseReads()) {
      out.rejectRead(
          readId,
          Refusal.of(RefusalCode.UNSUPPORTED, "lease reads are off (quorate.vsr.lease-reads)"));
      return;
    }
    Primacy leading = primacy;
    if (leading != null) {
      leading.onRead(readId, consistency, now, out);
      return;
    }
    reads.onRead(readId, consistency, now, out);
  }

  private void onPersisted(long token, Now now, Effects out) {
    log.persisted(token);
    Primacy leading = primacy;
    if (leading != null) {
      leading.onDurable(now, out);
      return;
    }
    following.completeRecovery(now, out);
    viewChange.onDurable(now, out);
  }

  private void onLoaded(Event.Loaded loaded, Now now, Effects out) {
    boolean awaitedHere =
        checkpoints.onLoaded(loaded.loadId(), loaded.entries())
            || viewChange.onLoaded(loaded.loadId(), loaded.entries(), now, out)
            || supplier.onLoaded(loaded.loadId(), loaded.entries(), out);
    if (!awaitedHere) {
      out.trace(new Trace.Noted("vsr load", "nobody needs load " + loaded.loadId() + " any more"));
    }
  }

  private void onApplied(long slot) {
    Check.that(slot >= applied, "applied goes back from %s to %s", applied, slot);
    applied = slot;
  }

  private void onSnapshotSaved(SnapshotRef snapshot, Effects out) {
    log.offer(snapshot);
    if (primacy == null) {
      checkpoints.compact(
          group.members().size() == 1 ? snapshot.slot() : checkpoints.ofQuorum(),
          Long.MAX_VALUE,
          out);
    }
  }

  private void onAdmin(Event.Admin admin, Now now, Effects out) {
    switch (admin.command()) {
      case AdminCommand.TransferLeadership transfer -> {
        Primacy leading = primacy;
        if (leading == null) {
          out.adminDone(admin.requestId(), Refusal.notLeader(standing.primary()));
        } else {
          leading.onTransfer(admin.requestId(), transfer.target(), now, out);
        }
      }
      case AdminCommand.TakeSnapshot snapshot ->
          out.adminDone(
              admin.requestId(),
              Refusal.of(RefusalCode.UNSUPPORTED, "snapshots are taken by the runtime"));
    }
  }

  private void lead(Now now, Effects out) {
    viewChange.lead(now, out);
    missing.reset();
    following.forget();
    reads.refuseAll(out);
    long commit = viewChange.commit();
    primacy = new Primacy(config, log, group, supplier, checkpoints, commit, now, out);
  }

  private void endPrimacy(Effects out) {
    Primacy leading = primacy;
    if (leading != null) {
      leading.end(out);
      primacy = null;
    }
  }

  @Override
  public long deadlineNanos() {
    Primacy leading = primacy;
    long due =
        Math.min(
            Math.min(mender.deadlineNanos(), amnesia.deadlineNanos()),
            Math.min(viewChange.deadlineNanos(), reads.deadlineNanos()));
    if (leading != null) {
      return Math.min(due, leading.deadlineNanos());
    }
    return viewChange.completing() || following.mayAsk()
        ? Math.min(due, missing.deadlineNanos())
        : due;
  }

  @Override
  public boolean saturated(boolean full, Now now) {
    Primacy leading = primacy;
    return leading != null && leading.saturated();
  }

  @Override
  public LogView log() {
    return log.window();
  }

  @Override
  public ReplicaStatus status() {
    return new Picture(log, standing, checkpoints)
        .status(following.awaitsSnapshot(), primacy, lastNow);
  }
}
