// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.lockstep;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.RoleChange;
import io.quorate.raft.message.RaftMessage;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.RequestVote;
import io.quorate.raft.message.RaftMessage.VoteReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Raft promises (Figure 3 of the paper, and what our own rules add), checked as it happens.
 */
final class Invariants {
  private record Place(long slot, long term) {}

  private record Ballot(NodeId voter, long term) {}

  private record Reached(long atNanos, long slot) {}

  private final LockstepCluster cluster;
  private final Map<Long, NodeId> leaders = new HashMap<>();
  private final Map<Place, ChainHash> entries = new HashMap<>();
  private final Map<Ballot, NodeId> votes = new HashMap<>();
  private final TreeMap<Long, ChainHash> committed = new TreeMap<>();
  private final List<Reached> history = new ArrayList<>();

  Invariants(LockstepCluster cluster) {
    this.cluster = cluster;
    history.add(new Reached(Long.MIN_VALUE, 0));
  }

  static void that(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  long committed() {
    return committed.isEmpty() ? 0 : committed.lastKey();
  }

  ChainHash committedHash(long slot) {
    ChainHash hash = committed.get(slot);
    that(hash != null, "slot " + slot + " is not committed");
    return hash == null ? ChainHash.ROOT : hash;
  }

  /** What was committed anywhere at an earlier time. */
  long committedAt(long nanos) {
    for (int i = history.size() - 1; i >= 0; i--) {
      if (history.get(i).atNanos <= nanos) {
        return history.get(i).slot;
      }
    }
    return 0;
  }

  /** Election safety; leader completeness. */
  void onRole(LockstepNode node, RoleChange change) {
    if (change.role() != Role.LEADER) {
      return;
    }
    NodeId other = leaders.putIfAbsent(change.epoch(), node.id());
    that(
        other == null || other.equals(node.id()),
        "term " + change.epoch() + " has the leaders " + other + " and " + node.id());
    if (!committed.isEmpty()) {
      ChainHash held = node.memory().hashAt(committed());
      that(
          committedHash(committed()).equals(held),
          node.id() + " leads term " + change.epoch() + " without slot " + committed());
    }
  }

  /** Log matching; leader append-only; nothing committed is truncated. */
  void onPersist(LockstepNode node, DurableWrite write, boolean leads, long commit) {
    that(
        !leads || write.truncateFrom() == 0,
        node.id() + " truncates from " + write.truncateFrom() + " while it leads");
    that(
        write.truncateFrom() == 0 || write.base() != null || write.truncateFrom() > commit,
        node.id() + " truncates from " + write.truncateFrom() + ", committed is " + commit);
    for (Entry entry : write.append()) {
      ChainHash known = entries.putIfAbsent(new Place(entry.slot(), entry.epoch()), entry.hash());
      that(
          known == null || known.equals(entry.hash()),
          "two entries of term " + entry.epoch() + " at slot " + entry.slot());
    }
  }

  /** One vote per term; nothing is claimed durable that is not. */
  void onSend(LockstepNode from, Outgoing message) {
    RaftMessage raft = (RaftMessage) message.message();
    if (raft instanceof VoteReply reply && reply.granted()) {
      vote(from.id(), reply.term(), message.to());
      that(from.disk().term() >= reply.term(), "vote of term " + reply.term() + " is not durable");
    } else if (raft instanceof RequestVote request) {
      vote(from.id(), request.term(), from.id());
      that(
          from.disk().term() >= request.term(),
          "candidacy for term " + request.term() + " is not durable");
    } else if (raft instanceof AppendOk ok) {
      that(
          from.disk().lastSlot() >= ok.match(),
          from.id()
              + " acknowledges slot "
              + ok.match()
              + ", durable is "
              + from.disk().lastSlot());
      that(from.disk().term() >= ok.term(), "acknowledgement of a term that is not durable");
    }
  }

  private void vote(NodeId voter, long term, NodeId candidate) {
    NodeId before = votes.putIfAbsent(new Ballot(voter, term), candidate);
    that(
        before == null || before.equals(candidate),
        voter + " votes for " + before + " and " + candidate + " in term " + term);
  }

  /** State machine safety; a commit rests on a majority of disks. */
  void onCommit(LockstepNode node, long from, long to, long nowNanos) {
    for (long slot = from + 1; slot <= to; slot++) {
      ChainHash hash = node.memory().hashAt(slot);
      that(hash != null, node.id() + " commits slot " + slot + " without having it");
      if (hash == null) {
        continue;
      }
      ChainHash known = committed.putIfAbsent(slot, hash);
      that(
          known == null || known.equals(hash),
          node.id() + " commits another entry at slot " + slot + " than was committed before");
    }
    if (to > history.get(history.size() - 1).slot) {
      // An acknowledgement may arrive after the disk that it speaks of has lost the entry.
      that(
          cluster.disksLose() || cluster.durableOn(to, committedHash(to)) > cluster.size() / 2,
          "slot " + to + " is committed without a majority of disks");
      history.add(new Reached(nowNanos, to));
    }
  }
}
