// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.Trace;
import io.quorate.core.reads.ReadRounds;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.ReadIndex;
import io.quorate.vsr.message.VsrMessage.ReadIndexReply;
import io.quorate.vsr.message.VsrMessage.RequestStartView;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StateAck;
import io.quorate.vsr.protocol.clock.GroupClock;
import io.quorate.vsr.protocol.group.Group;
import io.quorate.vsr.protocol.log.VsrLog;
import io.quorate.vsr.protocol.statetransfer.Checkpoints;
import io.quorate.vsr.protocol.statetransfer.SnapshotSupplier;
import io.quorate.vsr.protocol.statetransfer.Supplier;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a replica does while it is primary of one view (VRR §4.1): orders proposals, counts what is
 * durable, serves reads, gives backups what they lack, and hands over. A new one is made for each
 * view that it leads; it says by {@link #resignation()} when it should end.
 *
 * <p>Invariants: its log only grows; the log that the view began with was durable here before the
 * first message of the view left; while a handover runs nothing is prepared.
 */
final class Primacy {
  private final VsrConfig config;
  private final VsrLog log;
  private final Group group;
  private final GroupClock clock;
  private final Supplier supplier;
  private final SnapshotSupplier snapshots;
  private final Checkpoints checkpoints;
  private final ReadRounds rounds;
  private final TreeMap<NodeId, Peer> peers = new TreeMap<>();
  private final long inherited;
  private final long heartbeatNanos;
  private final long patienceNanos;
  private final long openAtNanos;

  private boolean open;
  private boolean servable;
  private long heartbeatAtNanos;
  private long uncommittedBytes;
  private boolean leaseForfeited;
  private @Nullable Handover handover;
  private @Nullable String resignation;

  /**
   * Begins the view: tells all backups its log (VRR §4.2 step 4).
   *
   * @param commit last op known to be committed
   */
  Primacy(
      VsrConfig config,
      VsrLog log,
      Group group,
      Supplier supplier,
      Checkpoints checkpoints,
      long commit,
      Now now,
      Effects out) {
    this.config = config;
    this.log = log;
    this.group = group;
    this.supplier = supplier;
    this.checkpoints = checkpoints;
    this.clock =
        new GroupClock(group.members().size(), config.safeguards().clockToleranceMax().toNanos());
    this.heartbeatNanos = config.timing().heartbeatInterval().toNanos();
    this.patienceNanos = config.patienceMaxNanos();
    this.snapshots = new SnapshotSupplier(log, config.snapshots().chunkBytes(), patienceNanos);
    this.rounds =
        new ReadRounds((asker, requestId, op, effects) ->
            effects.send(new Outgoing(asker, new ReadIndexReply(log.view(), requestId, op))));
    for (NodeId other : group.others()) {
      peers.put(other, new Peer(other, now.monotonicNanos()));
    }
    this.inherited = log.last();
    this.openAtNanos = now.monotonicNanos() + patienceNanos;
    for (long op = log.commit() + 1; op <= log.last(); op++) {
      uncommittedBytes += sizeOf(op);
    }
    for (NodeId other : group.others()) {
      startView(other, 0, out);
    }
    if (commit > log.commit()) {
      commitTo(commit, out);
    }
    advanceCommit(now, out);
    heartbeatAtNanos = now.monotonicNanos() + heartbeatNanos;
    beginRound(now, out);
    openIfReady(now, out);
  }

  private void startView(NodeId to, long nonce, Effects out) {
    out.send(new Outgoing(to, new StartView(log.view(), log.commit(), log.shape(), nonce)));
  }

  /**
   * Begins to prepare, once consensus time can be told. The first op carries no command: VSR needs
   * none to commit what it inherited, but sessions get a new lease of life with it, so that an
   * outage expires nobody.
   */
  private void openIfReady(Now now, Effects out) {
    if (!open && (clock.synchronised(now) || now.monotonicNanos() >= openAtNanos)) {
      open = true;
      prepare(
          Entry.control(
              EntryKind.TAKEOVER,
              log.last() + 1,
              log.view(),
              log.nextIndex(),
              clock.stamp(log.timeFloorNanos(), now),
              log.lastHash(),
              new byte[0]),
          out);
      advanceCommit(now, out);
    }
  }

  private void prepare(Entry entry, Effects out) {
    log.append(entry);
    uncommittedBytes += entry.sizeBytes();
    Prepare message = new Prepare(log.view(), log.commit(), entry);
    for (NodeId other : group.others()) {
      out.send(new Outgoing(other, message));
    }
  }

  private long sizeOf(long op) {
    Entry entry = log.window().get(op);
    return entry == null ? 0 : entry.sizeBytes();
  }

  /** Why this should end; null while it should not. */
  @Nullable String resignation() {
    return resignation;
  }

  /** When {@link #tick} is due. */
  long deadlineNanos() {
    return open ? heartbeatAtNanos : Math.min(heartbeatAtNanos, openAtNanos);
  }

  /** Whether proposals had better wait. */
  boolean saturated() {
    return handover != null
        || !open
        || log.last() - log.commit() >= config.pipeline().batchesInFlightMax()
        || uncommittedBytes >= config.pipeline().uncommittedBytesMax();
  }

  /** Gives a batch its place in the log, and sends it before it is durable here (VRR §4.1). */
  void onSubmitted(Proposal proposal, Now now, Effects out) {
    Handover running = handover;
    if (running != null) {
      out.reject(
          proposal,
          new Refusal(
              RefusalCode.NOT_LEADER,
              running.target(),
              "leadership is being handed over to " + running.target()));
      return;
    }
    if (!open || log.last() - log.commit() >= 2L * config.pipeline().batchesInFlightMax()) {
      out.reject(
          proposal,
          Refusal.of(RefusalCode.OVERLOADED, "too many batches wait for a quorum of disks"));
      return;
    }
    Entry entry =
        proposal.seal(
            log.last() + 1,
            log.view(),
            log.nextIndex(),
            clock.stamp(log.timeFloorNanos(), now),
            log.lastHash());
    out.proposed(proposal, entry);
    prepare(entry, out);
  }

  /** A backup reports ops durable in our view (VRR §4.1 step 5). */
  void onPrepareOk(NodeId from, PrepareOk ok, Now now, Effects out) {
    Peer peer = peer(from);
    peer.heard(now.monotonicNanos());
    acknowledge(peer, ok.op(), ok.hash(), ok.checkpoint(), now, out);
    if (!clock.knows(from, now)) {
      commitMessage(peer, now, out);
    }
  }

  /** A backup answers a sign of life. */
  void onCommitOk(NodeId from, CommitOk ok, Now now, Effects out) {
    Peer peer = peer(from);
    peer.heard(now.monotonicNanos());
    peer.echoed(ok.round());
    clock.observe(from, ok.sentNanos(), ok.wallNanos(), now);
    acknowledge(peer, ok.op(), ok.hash(), ok.checkpoint(), now, out);
    advanceRound(now, out);
    openIfReady(now, out);
  }

  private Peer peer(NodeId node) {
    Peer peer = peers.get(node);
    if (peer == null) {
      throw new IllegalStateException(node + " is not another member");
    }
    return peer;
  }

  private void acknowledge(
      Peer peer, long op, @Nullable ChainHash hash, long checkpoint, Now now, Effects out) {
    // In our view nobody can hold an op that we have not prepared, or a different one.
    Check.that(op <= log.last(), "op %s acknowledged beyond the last, %s", op, log.last());
    ChainHash own = hash == null || op < log.base().slot() ? null : log.hashAt(op);
    Check.that(
        own == null || own.equals(hash),
        "%s acknowledges another log than the view's, up to op %s",
        peer.node(),
        op);
    peer.acknowledge(op, checkpoint);
    snapshots.onProgress(peer.node(), op);
    advanceCommit(now, out);
    advanceHandover();
  }

  /** Its own disk moved on. */
  void onDurable(Now now, Effects out) {
    advanceCommit(now, out);
  }

  /** Counts what is durable on a quorum; in their own view, ops of all views count (B.2). */
  private void advanceCommit(Now now, Effects out) {
    long reached = group.replicated(this::durableOn);
    if (reached > log.commit()) {
      commitTo(reached, out);
    }
    if (!servable && log.commit() >= inherited) {
      // From now on commit is not behind what earlier primaries acknowledged.
      servable = true;
      rounds.becomeServable();
      if (rounds.wantsRound()) {
        beginRound(now, out);
      }
    }
  }

  private long durableOn(NodeId member) {
    Peer peer = peers.get(member);
    return peer == null ? log.durable() : peer.acknowledged();
  }

  private void commitTo(long op, Effects out) {
    for (long each = log.commit() + 1; each <= op; each++) {
      uncommittedBytes -= sizeOf(each);
    }
    log.commitTo(op);
    out.commit(op);
  }

  private void beginRound(Now now, Effects out) {
    rounds.begin(log.commit(), now.monotonicNanos());
    for (Peer peer : peers.values()) {
      commitMessage(peer, now, out);
    }
    advanceRound(now, out);
  }

  private void commitMessage(Peer peer, Now now, Effects out) {
    out.send(
        new Outgoing(
            peer.node(),
            new Commit(
                log.view(),
                log.last(),
                log.commit(),
                quorumCheckpoint(),
                rounds.round(),
                rounds.confirmedAgeNanos(now.monotonicNanos()),
                peer.round(),
                now.monotonicNanos())));
  }

  private void advanceRound(Now now, Effects out) {
    rounds.confirm(group.replicated(this::roundOf), out);
    if (servable && rounds.wantsRound()) {
      beginRound(now, out);
    }
  }

  private long roundOf(NodeId member) {
    Peer peer = peers.get(member);
    return peer == null ? rounds.round() : peer.round();
  }

  void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    boolean atOnce =
        servable
            && switch (consistency) {
              case ReadConsistency.Linearizable linearizable -> false;
              case ReadConsistency.Lease lease -> holdsLease(now);
              case ReadConsistency.Bounded bounded ->
                  rounds.confirmedAgeNanos(now.monotonicNanos())
                      <= bounded.maxStaleness().toNanos();
              case ReadConsistency.Local local -> true;
            };
    if (atOnce) {
      out.answer(readId, log.commit());
      return;
    }
    rounds.addOwn(readId);
    if (servable && rounds.wantsRound()) {
      beginRound(now, out);
    }
  }

  /**
   * Whether nobody else can be primary by now, if clocks run at nearly the same rate: any
   * view-change quorum has a member that promised, by its echo, to vote for no other view for a
   * while. Never again in this view once this replica itself asked for another one.
   */
  private boolean holdsLease(Now now) {
    return config.safeguards().leaseReads()
        && !leaseForfeited
        && rounds.confirmedAgeNanos(now.monotonicNanos()) < config.leaseNanos();
  }

  void onReadIndex(NodeId from, ReadIndex question, Now now, Effects out) {
    peer(from).heard(now.monotonicNanos());
    rounds.addAsked(from, question.requestId());
    if (servable && rounds.wantsRound()) {
      beginRound(now, out);
    }
  }

  /** A backup lacks ops. */
  void onGetPrepares(NodeId from, GetPrepares question, Now now, Effects out) {
    peer(from).heard(now.monotonicNanos());
    if (supplier.has(question.fromOp())) {
      snapshots.forget(from);
      supplier.give(from, question.fromOp(), question.throughOp(), out);
    } else {
      snapshots.give(from, question.fromOp(), now, out);
    }
  }

  /** A replica knows of the view, not of its log. */
  void onRequestStartView(NodeId from, RequestStartView question, Now now, Effects out) {
    Peer peer = peer(from);
    peer.heard(now.monotonicNanos());
    if (question.nonce() != 0) {
      peer.forgetAcknowledged();
      out.trace(
          new Trace.Noted("vsr repair", from + " may have lost the end of its log, is told ours"));
    }
    startView(from, question.nonce(), out);
  }

  /** A replica still gathers, or gives, logs for this view. */
  void onLateViewChange(NodeId from, Effects out) {
    startView(from, 0, out);
  }

  /** It has lost its disk. */
  void onRecovery(NodeId from, Now now) {
    Peer peer = peer(from);
    peer.heard(now.monotonicNanos());
    peer.forgetAll();
  }

  void onStateAck(NodeId from, StateAck ack, Now now, Effects out) {
    peer(from).heard(now.monotonicNanos());
    snapshots.onAck(from, ack, now, out);
  }

  void onChunkRead(Event.SnapshotChunk chunk, Now now, Effects out) {
    snapshots.onRead(chunk, now, out);
  }

  private long quorumCheckpoint() {
    return Math.max(checkpoints.ofQuorum(), group.replicated(this::checkpointOf));
  }

  private long checkpointOf(NodeId member) {
    Peer peer = peers.get(member);
    return peer == null ? log.checkpoint() : peer.checkpoint();
  }

  /** Begins to let {@code wanted} become primary, or whoever is next and alive. */
  void onTransfer(long requestId, @Nullable NodeId wanted, Now now, Effects out) {
    if (group.self().equals(wanted)) {
      out.adminDone(requestId, null);
      return;
    }
    if (handover != null) {
      out.adminDone(
          requestId, Refusal.of(RefusalCode.OVERLOADED, "leadership is being handed over already"));
      return;
    }
    NodeId target = wanted == null ? mostSuitable(now) : wanted;
    if (target == null || !peers.containsKey(target)) {
      out.adminDone(
          requestId,
          Refusal.of(
              RefusalCode.UNSUPPORTED,
              target == null
                  ? "no other member is alive to take over"
                  : target + " is not another member of the group"));
      return;
    }
    handover = new Handover(target, requestId, now.monotonicNanos() + patienceNanos);
    out.trace(new Trace.Noted("vsr §4.2 handover", "asks for a view whose primary is " + target));
    advanceHandover();
  }

  /** Whoever has most of the log; of those, who is primary next. */
  private @Nullable NodeId mostSuitable(Now now) {
    Peer best = null;
    for (int i = 1; i < group.members().size(); i++) {
      Peer peer = peer(group.primaryOf(log.view() + i));
      boolean alive = now.monotonicNanos() - peer.contactNanos() < patienceNanos;
      if (alive && (best == null || peer.acknowledged() > best.acknowledged())) {
        best = peer;
      }
    }
    return best == null ? null : best.node();
  }

  private void advanceHandover() {
    Handover running = handover;
    if (running != null
        && !running.asked()
        && peer(running.target()).acknowledged() == log.last()) {
      running.ask();
      leaseForfeited = true;
    }
  }

  /** The view that is to be asked for, to hand over; 0 while there is none. */
  long wantedView() {
    Handover running = handover;
    return running != null && running.asked() ? group.nextViewOf(running.target(), log.view()) : 0;
  }

  /** Does what time asks for. */
  void tick(boolean diskStalled, Now now, Effects out) {
    long nowNanos = now.monotonicNanos();
    endLateHandover(now, out);
    openIfReady(now, out);
    if (diskStalled && !peers.isEmpty()) {
      resignation = "its disk does not answer";
    } else if (nowNanos - group.replicated(member -> contactOf(member, nowNanos))
        >= patienceNanos) {
      resignation = "heard no quorum for the view-change timeout";
    }
    if (resignation != null || nowNanos < heartbeatAtNanos) {
      return;
    }
    heartbeatAtNanos = nowNanos + heartbeatNanos;
    for (Peer peer : peers.values()) {
      if (nowNanos - peer.contactNanos() > 8 * patienceNanos) {
        snapshots.forget(peer.node());
      }
    }
    checkpoints.compact(quorumCheckpoint(), snapshots.pinned(), out);
    if (wantedView() == 0) {
      beginRound(now, out); // else backups would take back the votes that were asked of them
      snapshots.tick(now, out);
    }
  }

  private long contactOf(NodeId member, long nowNanos) {
    Peer peer = peers.get(member);
    return peer == null ? nowNanos : peer.contactNanos();
  }

  private void endLateHandover(Now now, Effects out) {
    Handover running = handover;
    if (running == null || !running.isOver(now.monotonicNanos())) {
      return;
    }
    handover = null;
    out.trace(
        new Trace.Noted("vsr §4.2 handover", running.target() + " did not take over in time"));
    out.adminDone(
        running.requestId(),
        Refusal.of(RefusalCode.NOT_READY, running.target() + " did not take over in time"));
  }

  /** Ends: refuses what waits. What was prepared may or may not survive. */
  void end(Effects out) {
    rounds.refuseAll(Refusal.notLeader(null), out);
    Handover running = handover;
    handover = null;
    if (running != null) {
      out.adminDone(
          running.requestId(),
          running.asked()
              ? null
              : Refusal.of(RefusalCode.NOT_READY, "the view ended before it was handed over"));
    }
  }

  /** Whether consensus time follows the clocks of a majority; people are told if not. */
  boolean clocksAgree(Now now) {
    return clock.synchronised(now);
  }

  /** What is known of the backups. */
  List<ReplicaStatus.Peer> peers(long nowNanos) {
    List<ReplicaStatus.Peer> known = new ArrayList<>();
    for (Peer peer : peers.values()) {
      known.add(
          new ReplicaStatus.Peer(
              peer.node(),
              peer.acknowledged() == log.last() ? "current" : "behind",
              peer.acknowledged(),
              nowNanos - peer.contactNanos()));
    }
    return known;
  }
}
