// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.Trace;
import io.quorate.core.reads.ReadRounds;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.AppendReject;
import io.quorate.raft.message.RaftMessage.ReadIndex;
import io.quorate.raft.message.RaftMessage.ReadIndexReply;
import io.quorate.raft.message.RaftMessage.RepairGoal;
import io.quorate.raft.message.RaftMessage.RepairQuery;
import io.quorate.raft.message.RaftMessage.SnapshotAck;
import io.quorate.raft.message.RaftMessage.SnapshotWanted;
import io.quorate.raft.message.RaftMessage.TimeoutNow;
import io.quorate.raft.protocol.configuration.Configuration;
import io.quorate.raft.protocol.log.RaftLog;
import io.quorate.raft.protocol.replication.Progress;
import io.quorate.raft.protocol.replication.Replicator;
import io.quorate.raft.protocol.snapshot.Compaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a replica does while it leads one term: orders proposals, feeds followers, counts what is
 * durable, serves reads, and hands over. A new one is made for each election that is won; it says
 * by {@link #resignation()} when it should end.
 *
 * <p>Invariants: its log only grows; nothing is counted as committed before an entry of its own
 * term is (§5.4.2); while a handover runs nothing is proposed.
 */
final class Leadership {
  private final RaftConfig config;
  private final RaftLog log;
  private final NodeId self;
  private final Configuration configuration;
  private final Replicator replicator;
  private final ReadRounds rounds;
  private final long firstSlotOfTerm;
  private final long heartbeatNanos;
  private final long patienceNanos;

  private long heartbeatAtNanos;
  private long uncommittedBytes;
  private boolean leaseForfeited;
  private @Nullable Handover handover;
  private @Nullable String resignation;

  /** Begins to lead: appends the first entries of the term and sends them (§8). */
  Leadership(
      RaftConfig config,
      RaftLog log,
      Compaction snapshots,
      NodeId self,
      long lastLoadId,
      Now now,
      Effects out) {
    this.config = config;
    this.log = log;
    this.self = self;
    this.configuration = log.configurations().current();
    this.heartbeatNanos = config.timing().heartbeatInterval().toNanos();
    this.patienceNanos = config.timing().electionTimeoutMax().toNanos();
    for (long slot = log.commit() + 1; slot <= log.lastSlot(); slot++) {
      uncommittedBytes += sizeOf(slot);
    }
    this.rounds =
        new ReadRounds((asker, requestId, slot, effects) ->
            effects.send(new Outgoing(asker, new ReadIndexReply(log.term(), requestId, slot))));
    this.replicator = new Replicator(config, log, snapshots, rounds, self, lastLoadId, now);
    this.firstSlotOfTerm = log.lastSlot() + 1;
    appendControl(EntryKind.TAKEOVER, new byte[0], now);
    if (!log.configurations().isRecorded()) {
      appendControl(EntryKind.CONFIGURATION, configuration.encode(), now);
    }
    this.heartbeatAtNanos = now.monotonicNanos() + heartbeatNanos;
    replicator.replicate(now, out);
  }

  private void appendControl(EntryKind kind, byte[] body, Now now) {
    append(
        Entry.control(
            kind,
            log.lastSlot() + 1,
            log.term(),
            log.nextIndex(),
            consensusTime(now),
            log.lastHash(),
            body));
  }

  private void append(Entry entry) {
    log.append(entry);
    uncommittedBytes += entry.sizeBytes();
  }

  private long consensusTime(Now now) {
    return Math.max(log.timeFloorNanos(), now.wallNanos());
  }

  private long sizeOf(long slot) {
    Entry entry = log.view().get(slot);
    return entry == null ? 0 : entry.sizeBytes();
  }

  /** Why this leadership should end; null while it should not. */
  @Nullable String resignation() {
    return resignation;
  }

  /** When {@link #tick} is due. */
  long deadlineNanos() {
    return heartbeatAtNanos;
  }

  /** Loads are numbered from here by whoever leads next. */
  long lastLoadId() {
    return replicator.lastLoadId();
  }

  /** What feeds the followers. */
  Replicator replicator() {
    return replicator;
  }

  /** Whether proposals had better wait. */
  boolean saturated() {
    return handover != null
        || log.lastSlot() - log.commit() >= config.pipeline().batchesInFlightMax()
        || uncommittedBytes >= config.pipeline().uncommittedBytesMax();
  }

  /** Gives a batch its place in the log, and sends it before it is durable here. */
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
    if (log.lastSlot() - log.commit() >= 2L * config.pipeline().batchesInFlightMax()) {
      out.reject(
          proposal,
          Refusal.of(RefusalCode.OVERLOADED, "too many batches wait for a majority of disks"));
      return;
    }
    Entry entry =
        proposal.seal(
            log.lastSlot() + 1, log.term(), log.nextIndex(), consensusTime(now), log.lastHash());
    Check.that(
        entry.slot() == log.lastSlot() + 1 && entry.epoch() == log.term(),
        "sealed as slot %s of term %s",
        entry.slot(),
        entry.epoch());
    append(entry);
    out.proposed(proposal, entry);
    replicator.replicate(now, out);
  }

  void onAppendOk(Progress follower, AppendOk ok, Now now, Effects out) {
    replicator.onAppendOk(follower, ok, now, out);
    advanceCommit(now, out);
    advanceRound(now, out);
    advanceHandover(out);
  }

  void onAppendReject(Progress follower, AppendReject reject, Now now, Effects out) {
    replicator.onAppendReject(follower, reject, now, out);
    advanceRound(now, out);
  }

  void onSnapshotAck(Progress follower, SnapshotAck ack, Now now, Effects out) {
    replicator.onSnapshotAck(follower, ack, now, out);
  }

  /** Its own disk moved on. */
  void onDurable(Now now, Effects out) {
    advanceCommit(now, out);
  }

  /** Counts what is durable on a majority; only entries of this term are counted (§5.4.2). */
  private void advanceCommit(Now now, Effects out) {
    long reached = configuration.quorumReached(this::durableOn);
    if (reached <= log.commit() || log.termAt(reached) != log.term()) {
      return;
    }
    boolean first = !servable();
    for (long slot = log.commit() + 1; slot <= reached; slot++) {
      uncommittedBytes -= sizeOf(slot);
    }
    log.commitTo(reached);
    out.commit(reached);
    if (first) {
      rounds.becomeServable();
    }
    if (first && rounds.wantsRound()) {
      beginRound(now, out);
    }
  }

  private long durableOn(NodeId voter) {
    Progress follower = replicator.of(voter);
    return follower == null ? log.durable() : follower.match();
  }

  /** Whether an entry of this term is committed, so that commit covers all earlier terms (§6.4). */
  private boolean servable() {
    return log.commit() >= firstSlotOfTerm;
  }

  private void beginRound(Now now, Effects out) {
    rounds.begin(log.commit(), now.monotonicNanos());
    replicator.heartbeat(now, out);
    advanceRound(now, out);
  }

  private void advanceRound(Now now, Effects out) {
    long reached = configuration.quorumReached(this::roundOf);
    rounds.confirm(reached, out);
    if (servable() && rounds.wantsRound()) {
      beginRound(now, out);
    }
  }

  private long roundOf(NodeId voter) {
    Progress follower = replicator.of(voter);
    return follower == null ? rounds.round() : follower.round();
  }

  void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    boolean atOnce =
        servable()
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
    if (servable() && rounds.wantsRound()) {
      beginRound(now, out);
    }
  }

  /**
   * Whether nobody else can have been elected by now, if clocks run at nearly the same rate. Never
   * again in this term once another replica was told to campaign: that message may arrive late.
   */
  private boolean holdsLease(Now now) {
    return config.safeguards().leaseReads()
        && !leaseForfeited
        && rounds.confirmedAgeNanos(now.monotonicNanos()) < config.leaseNanos();
  }

  void onReadIndex(NodeId from, ReadIndex question, Now now, Effects out) {
    rounds.addAsked(from, question.requestId());
    if (servable() && rounds.wantsRound()) {
      beginRound(now, out);
    }
  }

  void onRepairQuery(Progress follower, RepairQuery query, Now now, Effects out) {
    replicator.forget(follower);
    out.trace(
        new Trace.Noted(
            "raft repair", follower.node() + " may have lost the end of its log, is fed anew"));
    out.send(
        new Outgoing(follower.node(), new RepairGoal(log.term(), query.nonce(), log.lastSlot())));
  }

  void onSnapshotWanted(Progress follower, SnapshotWanted wanted, Now now, Effects out) {
    replicator.onSnapshotWanted(follower, wanted.slot(), now, out);
  }

  /** Damaged entries of its own log were put back: those who wait for them are fed. */
  void onMended(Now now, Effects out) {
    replicator.replicate(now, out);
  }

  /** Its own log needs a snapshot, which only a leader sends: lets another one lead. */
  void yieldTo(NodeId successor, Now now, Effects out) {
    Progress target = replicator.of(successor);
    if (handover == null && target != null) {
      beginHandover(target, Handover.UNASKED, now, out);
    }
  }

  /** Begins to hand leadership to {@code wanted}, or to whoever is furthest. */
  void onTransfer(long requestId, @Nullable NodeId wanted, Now now, Effects out) {
    if (self.equals(wanted)) {
      out.adminDone(requestId, null);
      return;
    }
    if (handover != null) {
      out.adminDone(
          requestId, Refusal.of(RefusalCode.OVERLOADED, "leadership is being handed over already"));
      return;
    }
    Progress target = wanted == null ? mostSuitable(now) : replicator.of(wanted);
    if (target == null) {
      out.adminDone(
          requestId,
          Refusal.of(
              RefusalCode.UNSUPPORTED,
              wanted == null
                  ? "no other voter is alive to take over"
                  : wanted + " is not another voter of the group"));
      return;
    }
    beginHandover(target, requestId, now, out);
  }

  private void beginHandover(Progress target, long requestId, Now now, Effects out) {
    handover = new Handover(target.node(), requestId, now.monotonicNanos() + patienceNanos);
    out.trace(
        new Trace.Noted("raft §3.10 transfer", "handing leadership over to " + target.node()));
    advanceHandover(out);
  }

  private @Nullable Progress mostSuitable(Now now) {
    Progress best = null;
    for (Progress follower : replicator.followers()) {
      boolean alive = now.monotonicNanos() - follower.contactNanos() < patienceNanos;
      if (alive && (best == null || follower.match() > best.match())) {
        best = follower;
      }
    }
    return best;
  }

  /** Tells the target to campaign once it has the whole log. */
  private void advanceHandover(Effects out) {
    Handover running = handover;
    if (running == null || running.told()) {
      return;
    }
    Progress target = replicator.of(running.target());
    if (target != null && target.match() == log.lastSlot()) {
      running.tell();
      leaseForfeited = true;
      out.send(new Outgoing(running.target(), new TimeoutNow(log.term())));
    }
  }

  /** Does what time asks for. */
  void tick(boolean diskStalled, Now now, Effects out) {
    long nowNanos = now.monotonicNanos();
    endLateHandover(now, out);
    if (diskStalled && handover == null) {
      yieldForStalledDisk(now, out);
    }
    if (config.safeguards().checkQuorum() && silentQuorum(nowNanos)) {
      resignation = "heard no majority for the election timeout";
    }
    if (resignation != null || nowNanos < heartbeatAtNanos) {
      return;
    }
    heartbeatAtNanos = nowNanos + heartbeatNanos;
    beginRound(now, out);
    replicator.tick(now, out);
  }

  private boolean silentQuorum(long nowNanos) {
    long heard = configuration.quorumReached(voter -> contactOf(voter, nowNanos));
    return nowNanos - heard >= patienceNanos;
  }

  private long contactOf(NodeId voter, long nowNanos) {
    Progress follower = replicator.of(voter);
    return follower == null ? nowNanos : follower.contactNanos();
  }

  private void yieldForStalledDisk(Now now, Effects out) {
    Progress target = mostSuitable(now);
    if (target == null) {
      return; // alone: a group of one, or nobody is there to take over
    }
    beginHandover(target, Handover.UNASKED, now, out);
  }

  private void endLateHandover(Now now, Effects out) {
    Handover running = handover;
    if (running == null || !running.isOver(now.monotonicNanos())) {
      return;
    }
    handover = null;
    out.trace(
        new Trace.Noted("raft §3.10 transfer", running.target() + " did not take over in time"));
    if (running.requestId() == Handover.UNASKED) {
      resignation = "its disk does not answer, or is damaged";
    } else {
      out.adminDone(
          running.requestId(),
          Refusal.of(RefusalCode.NOT_READY, running.target() + " did not take over in time"));
    }
  }

  /** Ends: refuses what waits. What was proposed may or may not survive. */
  void end(Effects out) {
    rounds.refuseAll(Refusal.notLeader(null), out);
    Handover running = handover;
    handover = null;
    if (running != null && running.requestId() != Handover.UNASKED) {
      out.adminDone(
          running.requestId(),
          running.told()
              ? null
              : Refusal.of(RefusalCode.NOT_READY, "leadership was lost before it was handed over"));
    }
  }

  /** What is known of the followers. */
  List<ReplicaStatus.Peer> peers(long nowNanos) {
    List<ReplicaStatus.Peer> peers = new ArrayList<>();
    for (Progress follower : replicator.followers()) {
      peers.add(
          new ReplicaStatus.Peer(
              follower.node(),
              follower.mode().name().toLowerCase(Locale.ROOT),
              follower.match(),
              nowNanos - follower.contactNanos()));
    }
    return peers;
  }
}
