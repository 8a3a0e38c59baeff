// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

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
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.Seat;
import io.quorate.core.protocol.Trace;
import io.quorate.core.reads.ForwardedReads;
import io.quorate.core.reads.RoundEchoes;
import io.quorate.core.transfer.SnapshotReceiver;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.message.RaftMessage;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.AppendReject;
import io.quorate.raft.message.RaftMessage.FetchEntries;
import io.quorate.raft.message.RaftMessage.FetchReply;
import io.quorate.raft.message.RaftMessage.PreVote;
import io.quorate.raft.message.RaftMessage.PreVoteReply;
import io.quorate.raft.message.RaftMessage.ReadIndex;
import io.quorate.raft.message.RaftMessage.ReadIndexReply;
import io.quorate.raft.message.RaftMessage.RepairGoal;
import io.quorate.raft.message.RaftMessage.RepairQuery;
import io.quorate.raft.message.RaftMessage.RequestVote;
import io.quorate.raft.message.RaftMessage.SnapshotAck;
import io.quorate.raft.message.RaftMessage.SnapshotChunk;
import io.quorate.raft.message.RaftMessage.SnapshotWanted;
import io.quorate.raft.message.RaftMessage.StaleTerm;
import io.quorate.raft.message.RaftMessage.TimeoutNow;
import io.quorate.raft.message.RaftMessage.VoteReply;
import io.quorate.raft.protocol.configuration.Configuration;
import io.quorate.raft.protocol.election.Elections;
import io.quorate.raft.protocol.election.Phase;
import io.quorate.raft.protocol.election.Standing;
import io.quorate.raft.protocol.log.RaftLog;
import io.quorate.raft.protocol.replication.AppendHandler;
import io.quorate.raft.protocol.replication.Progress;
import io.quorate.raft.protocol.snapshot.Compaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Raft replica: knows the rules about terms (§5.1) and hands everything else to whom it
 * concerns. Each step ends with at most one write, which holds back what may leave only after it.
 *
 * <p>Invariants: a {@link Leadership} exists exactly while the phase is {@code LEADER}; no message
 * of another term than the current one reaches a handler, apart from questions before a vote.
 */
public final class RaftReplica implements ReplicaCore {
  private final RaftConfig config;
  private final NodeId self;
  private final RaftLog log;
  private final Standing standing;
  private final Elections elections;
  private final AppendHandler appends;
  private final ForwardedReads forwardedReads;
  private final RoundEchoes echoes = new RoundEchoes();
  private final SnapshotReceiver snapshotReceiver = new SnapshotReceiver();
  private final Compaction compaction;
  private final HeadRepair headRepair;
  private final Damage damage;
  private final long diskStallNanos;
  private final long liveNanos;

  private @Nullable Leadership leadership;
  private long lastLoadId;
  private long applied;
  private long nowNanos;

  /** Makes the core of one replica; it does nothing before {@link #restore}. */
  public RaftReplica(Seat seat, RaftConfig config) {
    this.config = config;
    this.self = seat.self();
    this.log =
        new RaftLog(Configuration.ofVoters(seat.members()), config.pipeline().logWindowBytes());
    this.standing = new Standing(self);
    this.elections = new Elections(config, log, standing, seat.random());
    this.appends = new AppendHandler(log);
    this.liveNanos = config.timing().electionTimeoutMax().toNanos();
    this.forwardedReads =
        new ForwardedReads(
            (leader, requestId, out) ->
                out.send(new Outgoing(leader, new ReadIndex(log.term(), requestId))),
            liveNanos,
            config.timing().heartbeatInterval().toNanos(),
            seat.random().nextLong() >>> 2);
    this.compaction = new Compaction(log, config.snapshots());
    this.headRepair = new HeadRepair(log, standing, seat.random().nextLong());
    this.damage = new Damage(config, log, standing, compaction);
    this.diskStallNanos = config.timing().diskStallTimeout().toNanos();
  }

  @Override
  public void restore(DurableState state, Now now, Effects out) {
    SnapshotRef snapshot = state.snapshot();
    if (snapshot == null && state.base().slot() > 0) {
      out.halt(
          "the log begins after slot "
              + state.base().slot()
              + ", but no snapshot holds what was before; restore the replica's data or replace"
              + " it");
      return;
    }
    if (damage.haltsAlone(state.faulty(), out)) {
      return;
    }
    log.restore(state);
    damage.begin(now);
    if (snapshot != null) {
      compaction.offer(snapshot);
    }
    applied = log.commit();
    if (!state.headCertain()) {
      standing.headCertain(false);
      out.trace(
          new Trace.Noted(
              "raft repair",
              "entries at the end of the log may be lost, no vote until"
                  + " a leader has told its end"));
    }
    elections.start(now);
    elections.announce(out);
    log.flush(now, out);
  }

  @Override
  public void step(Event event, Now now, Effects out) {
    nowNanos = now.monotonicNanos();
    switch (event) {
      case Event.Tick tick -> onTick(now, out);
      case Event.Received received -> onReceived(received.from(), received, now, out);
      case Event.Submitted submitted -> onSubmitted(submitted, now, out);
      case Event.ReadRequested read -> onRead(read.readId(), read.consistency(), now, out);
      case Event.Persisted persisted -> onPersisted(persisted.token(), now, out);
      case Event.Damaged damaged -> damage.onDamaged(damaged.slots(), now, out);
      case Event.Loaded loaded -> onLoaded(loaded, now, out);
      case Event.Applied done -> onApplied(done.slot());
      case Event.SnapshotSaved saved -> onSnapshotSaved(saved.snapshot(), now, out);
      case Event.SnapshotChunk chunk -> onChunkRead(chunk, now, out);
      case Event.SnapshotReceived received -> onSnapshotReceived(received, now, out);
      case Event.ObjectDone done ->
          throw new InvariantViolation("Raft asked nothing of an object store: " + done);
      case Event.Admin admin -> onAdmin(admin, now, out);
    }
    mend(now, out);
    resignIfDue(now, out);
    log.flush(now, out);
    log.evict();
    Check.that(
        (leadership != null) == (standing.phase() == Phase.LEADER),
        "phase %s and leadership %s do not fit",
        standing.phase(),
        leadership == null ? "none" : "some");
    Check.that(applied <= log.commit(), "applied %s beyond commit %s", applied, log.commit());
  }

  /** Asks for what is damaged; a leader that cannot get it lets others lead. */
  private void mend(Now now, Effects out) {
    if (damage.deadlineNanos() <= now.monotonicNanos()) {
      damage.tick(nextLoadId(), now, out);
    }
    Leadership leading = leadership;
    NodeId successor = damage.takeSuccessor();
    if (damage.mustDiscard()) {
      if (leading != null) {
        endLeadership(out);
        elections.follow(null, "an entry of its log is damaged, nobody else has it", now, out);
      }
      log.flush(now, out); // a truncation is a write of its own
      damage.discard(out);
    } else if (leading != null && successor != null) {
      leading.yieldTo(successor, now, out);
    }
  }

  private void onTick(Now now, Effects out) {
    Leadership leading = leadership;
    if (leading != null) {
      leading.tick(diskStalled(now), now, out);
      return;
    }
    if (now.monotonicNanos() >= forwardedReads.deadlineNanos()) {
      forwardedReads.tick(standing.leader(), now, out);
    }
    if (now.monotonicNanos() >= elections.deadlineNanos()) {
      elections.onTimeout(diskStalled(now), now, out);
    }
  }

  private boolean diskStalled(Now now) {
    long oldest = log.oldestWriteNanos();
    return oldest != Long.MAX_VALUE && now.monotonicNanos() - oldest >= diskStallNanos;
  }

  private void onReceived(NodeId from, Event.Received received, Now now, Effects out) {
    if (!(received.message() instanceof RaftMessage message)) {
      out.trace(new Trace.Ignored(from, received.message().name(), "not a message of Raft"));
      return;
    }
    if (from.equals(self) || !log.configurations().current().isVoter(from)) {
      out.trace(new Trace.Ignored(from, message.name(), "the sender is not another member"));
      return;
    }
    if (message instanceof PreVote question) {
      elections.onPreVote(from, question, now, out);
      return;
    }
    if (message.term() < log.term()) {
      onEarlierTerm(from, message, out);
      return;
    }
    if (message.term() > log.term()) {
      if (message instanceof RequestVote question && elections.refusesUnheard(question, now)) {
        out.trace(new Trace.Ignored(from, message.name(), "the leader was heard just now"));
        out.send(new Outgoing(from, new VoteReply(log.term(), false)));
        return;
      }
      endLeadership(out);
      elections.enterTerm(message.term(), from + " knows of term " + message.term(), now, out);
    }
    dispatch(from, message, now, out);
  }

  /** Tells whoever believes to lead an earlier term, or asks for votes in one (§5.1). */
  private void onEarlierTerm(NodeId from, RaftMessage message, Effects out) {
    switch (message) {
      case Append append -> out.send(new Outgoing(from, new StaleTerm(log.term())));
      case SnapshotChunk chunk -> out.send(new Outgoing(from, new StaleTerm(log.term())));
      case RequestVote question -> out.send(new Outgoing(from, new VoteReply(log.term(), false)));
      case PreVote question -> throw new AssertionError("answered before terms are compared");
      case PreVoteReply ignored -> {}
      case VoteReply ignored -> {}
      case AppendOk ignored -> {}
      case AppendReject ignored -> {}
      case StaleTerm ignored -> {}
      case SnapshotAck ignored -> {}
      case TimeoutNow ignored -> {}
      case ReadIndex ignored -> {}
      case ReadIndexReply ignored -> {}
      case RepairQuery ignored -> {}
      case RepairGoal ignored -> {}
      case FetchEntries ask -> out.send(new Outgoing(from, new StaleTerm(log.term())));
      case FetchReply ignored -> {}
      case SnapshotWanted ignored -> {}
    }
    out.trace(
        new Trace.Ignored(
            from, message.name(), "of term " + message.term() + ", it is " + log.term()));
  }

  private void dispatch(NodeId from, RaftMessage message, Now now, Effects out) {
    switch (message) {
      case PreVote question -> throw new AssertionError("answered before terms are compared");
      case PreVoteReply reply -> elections.onPreVoteReply(from, reply, now, out);
      case RequestVote question -> elections.onRequestVote(from, question, now, out);
      case VoteReply reply -> {
        if (elections.onVoteReply(from, reply, now, out)) {
          lead(now, out);
        }
      }
      case Append append -> onAppend(from, append, now, out);
      case SnapshotChunk chunk -> onSnapshotChunk(from, chunk, now, out);
      case TimeoutNow order -> onTimeoutNow(from, order, now, out);
      case ReadIndexReply reply -> {
        if (!forwardedReads.onReply(from, reply.requestId(), reply.slot(), now, out)) {
          out.trace(new Trace.Ignored(from, reply.name(), "the question was repeated or given up"));
        }
      }
      case RepairGoal goal -> headRepair.onGoal(from, goal, out);
      case StaleTerm notice ->
          out.trace(new Trace.Ignored(from, notice.name(), "that term is known by now"));
      case AppendOk ok -> toLeader(from, ok, now, out);
      case AppendReject reject -> toLeader(from, reject, now, out);
      case SnapshotAck ack -> toLeader(from, ack, now, out);
      case ReadIndex question -> toLeader(from, question, now, out);
      case RepairQuery query -> toLeader(from, query, now, out);
      case FetchEntries ask -> damage.onFetch(from, ask, nextLoadId(), out);
      case FetchReply reply -> damage.onReply(from, reply, applied, now, out);
      case SnapshotWanted wanted -> toLeader(from, wanted, now, out);
    }
  }

  private void toLeader(NodeId from, RaftMessage message, Now now, Effects out) {
    Leadership leading = leadership;
    Progress follower = leading == null ? null : leading.replicator().of(from);
    if (leading == null || follower == null) {
      out.trace(new Trace.Ignored(from, message.name(), "not the leader of this term"));
      return;
    }
    if (message instanceof AppendOk ok) {
      leading.onAppendOk(follower, ok, now, out);
    } else if (message instanceof AppendReject reject) {
      leading.onAppendReject(follower, reject, now, out);
    } else if (message instanceof SnapshotAck ack) {
      leading.onSnapshotAck(follower, ack, now, out);
    } else if (message instanceof ReadIndex question) {
      leading.onReadIndex(from, question, now, out);
    } else if (message instanceof RepairQuery query) {
      leading.onRepairQuery(follower, query, now, out);
    } else if (message instanceof SnapshotWanted wanted) {
      leading.onSnapshotWanted(follower, wanted, now, out);
    }
  }

  private void onAppend(NodeId from, Append append, Now now, Effects out) {
    elections.hearLeader(from, now, out);
    long through = appends.onAppend(from, append, now, out);
    if (append.quorumAgeNanos() != Long.MAX_VALUE && append.commit() <= log.commit()) {
      // How long this message was under way is not known, only that it left after our echo.
      long left = echoes.notBeforeNanos(log.term(), append.echoedRound());
      standing.freshAt(left - append.quorumAgeNanos());
    }
    echoes.echo(log.term(), append.round(), now.monotonicNanos());
    headRepair.onLeader(from, through, out);
    completeRepair(now, out);
  }

  private void onTimeoutNow(NodeId from, TimeoutNow order, Now now, Effects out) {
    if (!from.equals(standing.leader()) || standing.phase() != Phase.FOLLOWER) {
      out.trace(new Trace.Ignored(from, order.name(), "the sender is not its leader"));
      return;
    }
    elections.onTimeoutNow(from, diskStalled(now), now, out);
  }

  private void completeRepair(Now now, Effects out) {
    if (headRepair.completes(out)) {
      elections.announce(out);
      elections.restartTimer(now);
    }
  }

  private void onSubmitted(Event.Submitted submitted, Now now, Effects out) {
    Leadership leading = leadership;
    if (leading == null) {
      out.reject(submitted.proposal(), Refusal.notLeader(standing.leader()));
    } else {
      leading.onSubmitted(submitted.proposal(), now, out);
    }
  }

  private void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    if (consistency instanceof ReadConsistency.Lease && !config.safeguards().leaseReads()) {
      out.rejectRead(
          readId,
          Refusal.of(RefusalCode.UNSUPPORTED, "lease reads are off (quorate.raft.lease-reads)"));
      return;
    }
    Leadership leading = leadership;
    if (leading != null) {
      leading.onRead(readId, consistency, now, out);
      return;
    }
    if (consistency instanceof ReadConsistency.Bounded bounded) {
      if (standing.staleNanos(now.monotonicNanos()) <= bounded.maxStaleness().toNanos()) {
        out.answer(readId, log.commit());
      } else {
        out.rejectRead(
            readId,
            new Refusal(
                RefusalCode.NOT_READY,
                standing.leader(),
                "the leader was not heard within " + bounded.maxStaleness()));
      }
      return;
    }
    NodeId leader = standing.leader();
    if (leader == null) {
      out.rejectRead(readId, Refusal.notLeader(null));
    } else {
      forwardedReads.add(readId, leader, now, out);
    }
  }

  private void onPersisted(long token, Now now, Effects out) {
    boolean mended = log.persisted(token);
    Leadership leading = leadership;
    if (leading != null) {
      leading.onDurable(now, out);
      if (mended) {
        leading.onMended(now, out);
      }
      return;
    }
    completeRepair(now, out);
    if (elections.onDurable()) {
      lead(now, out);
    }
  }

  private void onLoaded(Event.Loaded loaded, Now now, Effects out) {
    Leadership leading = leadership;
    if (compaction.onLoaded(loaded.loadId(), loaded.entries())
        || damage.onLoaded(loaded.loadId(), loaded.entries(), out)) {
      return;
    }
    if (leading == null
        || !leading.replicator().onLoaded(loaded.loadId(), loaded.entries(), now, out)) {
      out.trace(new Trace.Noted("raft load", "nobody needs load " + loaded.loadId() + " any more"));
    }
  }

  private void onApplied(long slot) {
    Check.that(slot >= applied, "applied goes back from %s to %s", applied, slot);
    applied = slot;
  }

  private void onSnapshotSaved(SnapshotRef snapshot, Now now, Effects out) {
    compaction.offer(snapshot);
    Leadership leading = leadership;
    long have = log.commit();
    long pinned = Long.MAX_VALUE;
    if (leading != null) {
      have = leading.replicator().liveFollowersHave(liveNanos, now);
      pinned = leading.replicator().pinnedBySnapshots(liveNanos, now);
    }
    compaction.compact(have, pinned, nextLoadId(), out);
  }

  private long nextLoadId() {
    Leadership leading = leadership;
    return leading == null ? ++lastLoadId : leading.replicator().nextLoadId();
  }

  private void onChunkRead(Event.SnapshotChunk chunk, Now now, Effects out) {
    Leadership leading = leadership;
    if (leading != null) {
      leading
          .replicator()
          .onChunkRead(chunk.to(), chunk.snapshot(), chunk.offset(), chunk.bytes(), now, out);
    }
  }

  /** Takes part of a snapshot (§7), unless the log has what it holds. */
  private void onSnapshotChunk(NodeId from, SnapshotChunk chunk, Now now, Effects out) {
    elections.hearLeader(from, now, out);
    SnapshotRef snapshot = chunk.snapshot();
    if (hasAlready(snapshot, out)) {
      long match = Math.min(snapshot.slot(), log.durable());
      log.release(new Outgoing(from, new AppendOk(log.term(), match, 0)));
      headRepair.onLeader(from, snapshot.slot(), out);
      return;
    }
    long next = snapshotReceiver.onChunk(snapshot, chunk.offset(), chunk.bytes(), out);
    if (next >= 0) {
      out.send(new Outgoing(from, new SnapshotAck(log.term(), snapshot.id(), next)));
    }
  }

  /** Whether the log holds everything up to the snapshot; it is then committed. */
  private boolean hasAlready(SnapshotRef snapshot, Effects out) {
    if (log.firstFaultyFrom(applied + 1) <= snapshot.slot()) {
      return false; // it is to take the place of what is damaged
    }
    if (snapshot.slot() <= log.commit()) {
      return true;
    }
    if (!log.matches(snapshot.slot(), snapshot.epoch())) {
      return false;
    }
    log.commitTo(snapshot.slot());
    out.commit(snapshot.slot());
    return true;
  }

  private void onSnapshotReceived(Event.SnapshotReceived received, Now now, Effects out) {
    SnapshotRef snapshot = received.snapshot();
    if (!snapshotReceiver.onWritten(snapshot, received.nextOffset(), received.complete())) {
      out.trace(new Trace.Noted("raft §7 snapshot", snapshot + " is no longer being received"));
      return;
    }
    NodeId leader = standing.leader();
    NodeId sender = leader == null || leader.equals(self) ? null : leader;
    if (!received.complete()) {
      if (sender != null) {
        out.send(
            new Outgoing(
                sender, new SnapshotAck(log.term(), snapshot.id(), received.nextOffset())));
      }
      return;
    }
    if (!hasAlready(snapshot, out)) {
      out.trace(new Trace.Noted("raft §7 snapshot", "the log now begins behind " + snapshot));
      if (snapshot.slot() > log.commit()) {
        log.beginBehind(snapshot);
      }
      if (snapshot.slot() > log.base().slot()) {
        log.compactThrough(snapshot.base()); // nothing up to it is needed any more
      }
      if (sender != null) {
        log.release(new Outgoing(sender, new AppendOk(log.term(), snapshot.slot(), 0)));
      }
      log.flush(now, out);
      out.install(snapshot);
    }
    compaction.offer(snapshot);
  }

  private void onAdmin(Event.Admin admin, Now now, Effects out) {
    switch (admin.command()) {
      case AdminCommand.TransferLeadership transfer -> {
        Leadership leading = leadership;
        if (leading == null) {
          out.adminDone(admin.requestId(), Refusal.notLeader(standing.leader()));
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
    elections.lead(out);
    forwardedReads.refuseAll(
        Refusal.of(RefusalCode.NOT_READY, "this replica was just elected; ask again"), out);
    leadership = new Leadership(config, log, compaction, self, lastLoadId, now, out);
  }

  private void endLeadership(Effects out) {
    Leadership leading = leadership;
    if (leading != null) {
      lastLoadId = leading.lastLoadId();
      leading.end(out);
      leadership = null;
    }
  }

  private void resignIfDue(Now now, Effects out) {
    Leadership leading = leadership;
    String why = leading == null ? null : leading.resignation();
    if (why != null) {
      out.trace(new Trace.Noted("raft §6.2 check quorum", "steps down: " + why));
      endLeadership(out);
      elections.follow(null, why, now, out);
    }
  }

  @Override
  public long deadlineNanos() {
    Leadership leading = leadership;
    long role =
        leading != null
            ? leading.deadlineNanos()
            : Math.min(elections.deadlineNanos(), forwardedReads.deadlineNanos());
    return Math.min(role, damage.deadlineNanos());
  }

  @Override
  public boolean saturated(boolean full, Now now) {
    Leadership leading = leadership;
    return leading != null && leading.saturated();
  }

  @Override
  public LogView log() {
    return log.view();
  }

  @Override
  public ReplicaStatus status() {
    Leadership leading = leadership;
    return new ReplicaStatus(
        self,
        standing.role(),
        standing.phaseWord(),
        log.term(),
        standing.leader(),
        standing.reason(),
        log.base().slot() + 1,
        log.lastSlot(),
        log.durable(),
        log.commit(),
        leading == null ? List.of() : leading.peers(nowNanos),
        damage.details());
  }
}
