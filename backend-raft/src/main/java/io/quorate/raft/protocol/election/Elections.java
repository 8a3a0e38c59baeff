// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.election;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.message.RaftMessage.PreVote;
import io.quorate.raft.message.RaftMessage.PreVoteReply;
import io.quorate.raft.message.RaftMessage.RequestVote;
import io.quorate.raft.message.RaftMessage.VoteReply;
import io.quorate.raft.protocol.configuration.Configuration;
import io.quorate.raft.protocol.log.RaftLog;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Votes for others and campaigns for itself. Says when an election is won; what a leader then does
 * is not its business.
 *
 * <p>Invariant: there is a ballot exactly while this replica is a pre-candidate or candidate.
 */
public final class Elections {
  /** Election timeouts that a replica with damaged entries waits longer than others. */
  private static final long DAMAGED_WAITS = 2;

  private final RaftConfig config;
  private final RaftLog log;
  private final Standing standing;
  private final RandomGenerator random;
  private final long timeoutMinNanos;
  private final long timeoutMaxNanos;
  private long deadlineNanos = Long.MAX_VALUE;
  private @Nullable Ballot ballot;

  /** Works on the given log and standing. */
  public Elections(RaftConfig config, RaftLog log, Standing standing, RandomGenerator random) {
    this.config = config;
    this.log = log;
    this.standing = standing;
    this.random = random;
    this.timeoutMinNanos = config.timing().electionTimeoutMin().toNanos();
    this.timeoutMaxNanos = config.timing().electionTimeoutMax().toNanos();
  }

  /** Begins to wait for a leader; a group of one has none to wait for. */
  public void start(Now now) {
    if (config.safeguards().leaseReads()) {
      // A lease may rest on a promise that was made before the restart (§6.4.1).
      standing.contact(now.monotonicNanos());
    }
    boolean alone = configuration().quorumHolds(standing.self()::equals);
    deadlineNanos = alone ? now.monotonicNanos() : deadlineNanos;
    if (!alone) {
      restartTimer(now);
    }
  }

  /** When this replica will campaign unless it hears a leader. */
  public long deadlineNanos() {
    return standing.phase() == Phase.LEADER ? Long.MAX_VALUE : deadlineNanos;
  }

  /**
   * Waits anew, for a random time, so that candidates do not meet again and again (§5.2); longer
   * with damaged entries, so that somebody without any is elected first.
   */
  public void restartTimer(Now now) {
    long longer = log.hasFaulty() ? DAMAGED_WAITS * timeoutMaxNanos : 0;
    deadlineNanos =
        now.monotonicNanos() + longer + random.nextLong(timeoutMinNanos, timeoutMaxNanos);
  }

  /** Enters a later term as a follower that knows no leader yet (§5.1). */
  public void enterTerm(long term, String why, Now now, Effects out) {
    log.enterTerm(term);
    follow(null, why, now, out);
  }

  /** Becomes, or stays, a follower of the current term. */
  public void follow(@Nullable NodeId leader, String why, Now now, Effects out) {
    boolean wasLeader = standing.phase() == Phase.LEADER;
    ballot = null;
    standing.become(Phase.FOLLOWER, leader, why);
    if (wasLeader || deadlineNanos <= now.monotonicNanos()) {
      restartTimer(now);
    }
    announce(out);
  }

  /** Follows the leader of the current term, who just spoke (§5.2). */
  public void hearLeader(NodeId from, Now now, Effects out) {
    Check.that(
        standing.phase() != Phase.LEADER,
        "%s leads a term that is led by %s",
        from,
        standing.self());
    NodeId known = standing.leader();
    Check.that(
        known == null || known.equals(from),
        "%s leads a term that is led by %s",
        from,
        known == null ? from : known);
    if (known == null || standing.phase() != Phase.FOLLOWER) {
      follow(from, "heard the leader of term " + log.term(), now, out);
    }
    standing.contact(now.monotonicNanos());
    restartTimer(now);
  }

  /**
   * The wait is over: campaigns if this replica may.
   *
   * @param diskStalled whether its own vote could not be made durable in good time
   */
  public void onTimeout(boolean diskStalled, Now now, Effects out) {
    restartTimer(now);
    if (!mayCampaign(diskStalled, out)) {
      return;
    }
    if (standing.phase() == Phase.CANDIDATE && !log.hardStateDurable()) {
      return; // nobody was asked yet; a new term would only wait for the same disk
    }
    if (config.safeguards().preVote()) {
      startPreVote(now, out);
    } else {
      startVote(false, now, out);
    }
  }

  /** The leader asks this replica to take over (dissertation §3.10). */
  public void onTimeoutNow(NodeId from, boolean diskStalled, Now now, Effects out) {
    if (mayCampaign(diskStalled, out)) {
      out.trace(new Trace.Noted("raft §3.10 transfer", from + " hands leadership over"));
      restartTimer(now);
      startVote(true, now, out);
    }
  }

  private boolean mayCampaign(boolean diskStalled, Effects out) {
    String why = null;
    if (!standing.headCertain()) {
      why = "the end of its log is not certain";
    } else if (diskStalled) {
      why = "its disk does not answer";
    } else if (!configuration().isVoter(standing.self())) {
      why = "it is not a voter";
    }
    if (why != null) {
      out.trace(new Trace.Noted("raft §5.2 no campaign", why));
    }
    return why == null;
  }

  private void startPreVote(Now now, Effects out) {
    Ballot asked = new Ballot(configuration(), log.term() + 1, false);
    ballot = asked;
    standing.become(Phase.PRE_CANDIDATE, null, "heard no leader for the election timeout");
    announce(out);
    asked.count(standing.self(), true);
    if (asked.won()) {
      startVote(false, now, out);
      return;
    }
    PreVote question = new PreVote(log.term(), log.lastSlot(), log.lastTerm());
    for (NodeId voter : configuration().voters()) {
      if (!voter.equals(standing.self())) {
        out.send(new Outgoing(voter, question));
      }
    }
  }

  private void startVote(boolean transfer, Now now, Effects out) {
    log.enterTerm(log.term() + 1);
    log.vote(standing.self());
    ballot = new Ballot(configuration(), log.term(), transfer);
    standing.become(
        Phase.CANDIDATE, null, transfer ? "leadership was handed over" : "an election can be won");
    announce(out);
    RequestVote question = new RequestVote(log.term(), log.lastSlot(), log.lastTerm(), transfer);
    for (NodeId voter : configuration().voters()) {
      if (!voter.equals(standing.self())) {
        log.release(new Outgoing(voter, question));
      }
    }
    log.flush(now, out);
  }

  /** Answers whether it would vote for the sender (dissertation §9.6); changes nothing. */
  public void onPreVote(NodeId from, PreVote question, Now now, Effects out) {
    boolean granted =
        question.term() >= log.term()
            && standing.headCertain()
            && !standing.heardLeaderWithin(timeoutMinNanos, now.monotonicNanos())
            && log.isCoveredBy(question.lastSlot(), question.lastTerm());
    out.send(new Outgoing(from, new PreVoteReply(log.term(), question.term() + 1, granted)));
  }

  /** Takes an answer to its own question; may turn this replica into a candidate. */
  public void onPreVoteReply(NodeId from, PreVoteReply reply, Now now, Effects out) {
    Ballot asked = ballot;
    if (asked == null
        || standing.phase() != Phase.PRE_CANDIDATE
        || reply.forTerm() != asked.term()) {
      out.trace(new Trace.Ignored(from, reply.name(), "no such question is open"));
      return;
    }
    asked.count(from, reply.granted());
    if (asked.won()) {
      startVote(false, now, out);
    } else if (asked.lost()) {
      follow(null, "a majority would not vote for it", now, out);
    }
  }

  /**
   * Whether a request for a vote is to be refused without even looking at its term: its sender may
   * be the only one who misses the leader (dissertation §4.2.3).
   */
  public boolean refusesUnheard(RequestVote question, Now now) {
    return !question.transfer()
        && standing.heardLeaderWithin(timeoutMinNanos, now.monotonicNanos());
  }

  /** Votes, or not, in the current term (§5.2, §5.4.1); the answer leaves once it is durable. */
  public void onRequestVote(NodeId from, RequestVote question, Now now, Effects out) {
    Check.that(question.term() == log.term(), "vote for %s in %s", question.term(), log.term());
    NodeId given = log.votedFor();
    boolean granted =
        (given == null || given.equals(from))
            && standing.headCertain()
            && standing.leader() == null
            && log.isCoveredBy(question.lastSlot(), question.lastTerm());
    if (granted) {
      log.vote(from);
      restartTimer(now);
    }
    log.release(new Outgoing(from, new VoteReply(log.term(), granted)));
  }

  /**
   * Counts a vote of the current term.
   *
   * @return whether the election is won
   */
  public boolean onVoteReply(NodeId from, VoteReply reply, Now now, Effects out) {
    Ballot open = ballot;
    if (open == null || standing.phase() != Phase.CANDIDATE) {
      out.trace(new Trace.Ignored(from, reply.name(), "no election is open"));
      return false;
    }
    Check.that(open.term() == log.term(), "ballot of %s in term %s", open.term(), log.term());
    open.count(from, reply.granted());
    if (!open.won() && open.lost()) {
      follow(null, "a majority did not vote for it", now, out);
    }
    return isWon();
  }

  /**
   * Something became durable; perhaps this replica's vote for itself.
   *
   * @return whether the election is won
   */
  public boolean onDurable() {
    Ballot open = ballot;
    if (open != null && standing.phase() == Phase.CANDIDATE && log.hardStateDurable()) {
      open.count(standing.self(), true);
    }
    return isWon();
  }

  private boolean isWon() {
    Ballot open = ballot;
    return open != null && standing.phase() == Phase.CANDIDATE && open.won();
  }

  /** Becomes the leader of the term whose election was won. */
  public void lead(Effects out) {
    Check.that(isWon(), "no election was won in term %s", log.term());
    Ballot won = ballot;
    ballot = null;
    standing.become(
        Phase.LEADER,
        standing.self(),
        won != null && won.transfer() ? "elected on request of the last leader" : "elected");
    announce(out);
  }

  /** Tells the runtime where this replica stands. */
  public void announce(Effects out) {
    out.role(new RoleChange(standing.role(), log.term(), standing.leader(), standing.reason()));
  }

  private Configuration configuration() {
    return log.configurations().current();
  }
}
