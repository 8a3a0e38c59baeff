// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import io.quorate.api.NodeId;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.raft.message.RaftMessage.RepairGoal;
import io.quorate.raft.message.RaftMessage.RepairQuery;
import io.quorate.raft.protocol.election.Standing;
import io.quorate.raft.protocol.log.RaftLog;

/**
 * Makes a replica trustworthy again whose disk may have lost entries that it had acknowledged: it
 * asks the leader where its log ends, and counts as a voter again once it durably has all of that.
 * Whatever was committed with the help of its lost entries is among them, since the leader of a
 * term has everything committed, and everything it may yet commit on the strength of an old
 * acknowledgement was in its log when it answered.
 */
final class HeadRepair {
  private final RaftLog log;
  private final Standing standing;
  private final long nonce;
  private long goalTerm;
  private long goal;
  private long agreed;

  /**
   * Nothing is known yet.
   *
   * @param nonce random, so that answers from before this start do not fit
   */
  HeadRepair(RaftLog log, Standing standing, long nonce) {
    this.log = log;
    this.standing = standing;
    this.nonce = nonce;
  }

  /** The leader spoke, and the log agrees with its log up to {@code through}. */
  void onLeader(NodeId leader, long through, Effects out) {
    if (standing.headCertain()) {
      return;
    }
    if (goalTerm != log.term()) {
      agreed = 0;
      out.send(new Outgoing(leader, new RepairQuery(log.term(), nonce)));
      return;
    }
    agreed = Math.max(agreed, through);
  }

  /** The leader answered. */
  void onGoal(NodeId from, RepairGoal answer, Effects out) {
    if (standing.headCertain() || answer.nonce() != nonce || goalTerm == log.term()) {
      out.trace(new Trace.Ignored(from, answer.name(), "nothing was asked, or it was answered"));
      return;
    }
    goalTerm = log.term();
    goal = answer.lastSlot();
    agreed = 0;
  }

  /**
   * Whether the replica has just become certain of its log.
   *
   * <p>Looks only at what is durable: what is in memory alone could be lost again.
   */
  boolean completes(Effects out) {
    if (standing.headCertain()
        || goalTerm != log.term()
        || Math.min(agreed, log.durable()) < goal) {
      return false;
    }
    standing.headCertain(true);
    out.trace(new Trace.Noted("raft repair", "has the leader's log up to slot " + goal + " again"));
    return true;
  }
}
