// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.repair;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogHead;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.raft.message.RaftMessage.FetchEntries;
import io.quorate.raft.message.RaftMessage.FetchReply;
import io.quorate.raft.message.RaftMessage.SnapshotWanted;
import io.quorate.raft.protocol.configuration.Configuration;
import io.quorate.raft.protocol.election.Phase;
import io.quorate.raft.protocol.election.Standing;
import io.quorate.raft.protocol.log.RaftLog;
import io.quorate.raft.protocol.snapshot.Compaction;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts back the entries of this replica's log that are damaged on its disk, in any role: asks one
 * peer after the other for them, by slot, term and hash.
 *
 * <p>An entry that nobody sends is either part of a snapshot elsewhere, which then takes its place;
 * or so many replicas are certain not to have it that it cannot have been committed: then it is
 * discarded with all that follows it. Only a leader may find that out, since another leader of the
 * same term might still spread the entry; and it ends its leadership with the discard, since a
 * leader only appends.
 */
public final class LogMender {
  private static final int SLOTS_AT_ONCE_MAX = 64;

  private final RaftLog log;
  private final Standing standing;
  private final Compaction compaction;
  private final long patienceNanos;
  // Who is certain not to have an entry, told to the leader of the current term.
  private final TreeMap<Long, TreeSet<NodeId>> nacks = new TreeMap<>();
  private long nackTerm;
  private int turn;
  private long deadlineNanos = Long.MAX_VALUE;
  private long discardLoadId;
  private long discardFrom;
  private @Nullable LogHead keep;
  private @Nullable NodeId successor;

  /**
   * Mends the given log.
   *
   * @param patienceNanos how long to wait for one peer's answer
   */
  public LogMender(RaftLog log, Standing standing, Compaction compaction, long patienceNanos) {
    this.log = log;
    this.standing = standing;
    this.compaction = compaction;
    this.patienceNanos = patienceNanos;
  }

  /** When {@link #tick} is due; {@link Long#MAX_VALUE} while nothing is damaged. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** Something may be damaged that was not before. */
  public void wake(Now now) {
    deadlineNanos = log.hasFaulty() ? Math.min(deadlineNanos, now.monotonicNanos()) : deadlineNanos;
  }

  /** Whether entries of a leader are to be discarded, so that it must stop leading. */
  public boolean mustDiscard() {
    return keep != null;
  }

  /** To whom a leader had better hand over, because only a snapshot can help it; asked once. */
  public @Nullable NodeId takeSuccessor() {
    NodeId next = successor;
    successor = null;
    return next;
  }

  /** Asks the next peer, if anything is damaged. */
  public void tick(long loadId, Now now, Effects out) {
    if (now.monotonicNanos() < deadlineNanos) {
      return;
    }
    if (!log.hasFaulty()) {
      deadlineNanos = Long.MAX_VALUE;
      nacks.clear();
      return;
    }
    deadlineNanos = now.monotonicNanos() + patienceNanos;
    List<FaultySlot> wanted = log.toMend(SLOTS_AT_ONCE_MAX);
    List<NodeId> peers = peers();
    if (wanted.isEmpty() || peers.isEmpty()) {
      return;
    }
    NodeId peer = peers.get(Math.floorMod(turn, peers.size()));
    turn++;
    out.send(new Outgoing(peer, new FetchEntries(log.term(), wanted)));
    discardIfCertain(loadId, out);
  }

  private List<NodeId> peers() {
    List<NodeId> peers = new ArrayList<>(configuration().voters());
    peers.remove(standing.self());
    return peers;
  }

  private Configuration configuration() {
    return log.configurations().current();
  }

  /**
   * Takes what a peer has, and notes what it says of the rest.
   *
   * @param applied last slot that the state machine has applied
   */
  public void onReply(NodeId from, FetchReply reply, long applied, Now now, Effects out) {
    int mended = 0;
    for (Entry entry : reply.entries()) {
      if (log.repair(entry)) {
        nacks.remove(entry.slot());
        mended++;
      }
    }
    if (mended > 0) {
      out.trace(new Trace.Noted("raft repair", mended + " damaged entries are put back"));
      turn--; // it may have more of them
      deadlineNanos = now.monotonicNanos();
    }
    if (nackTerm != log.term()) { // what was said to the leader of another term is void
      nackTerm = log.term();
      nacks.clear();
    }
    for (FaultySlot absent : reply.absent()) {
      boolean counts = standing.phase() == Phase.LEADER && !log.isBeingMended(absent.slot());
      if (counts && absent.equals(log.faultyAt(absent.slot()))) {
        nacks.computeIfAbsent(absent.slot(), slot -> new TreeSet<>()).add(from);
      }
    }
    for (FaultySlot compacted : reply.compacted()) {
      if (compacted.equals(log.faultyAt(compacted.slot()))) {
        onCompacted(from, compacted, applied, out);
      }
    }
  }

  /** An entry is part of a snapshot elsewhere, so it is committed; its bytes may be gone. */
  private void onCompacted(NodeId from, FaultySlot slot, long applied, Effects out) {
    SnapshotRef own = compaction.newest();
    if (own != null && own.slot() >= slot.slot()) {
      log.compactThrough(new LogBase(slot.slot(), slot.epoch(), slot.hash()));
    } else if (slot.slot() > applied) {
      NodeId leader = standing.leader();
      if (standing.phase() == Phase.LEADER) {
        successor = from;
      } else if (leader != null) {
        out.send(new Outgoing(leader, new SnapshotWanted(log.term(), slot.slot())));
      }
    }
    // Else it is applied here, and the next snapshot of our own stands for it.
  }

  /** Prepares to give up the lowest entry that cannot have been committed. */
  private void discardIfCertain(long loadId, Effects out) {
    long slot = log.firstFaultyFrom(log.commit() + 1);
    if (slot == Long.MAX_VALUE || !neverCommitted(slot) || discardLoadId != 0) {
      return;
    }
    Entry before = log.view().get(slot - 1);
    discardFrom = slot;
    if (slot - 1 == log.base().slot()) {
      keep = LogHead.behind(log.base(), compaction.newest());
    } else if (before != null) {
      keep = LogHead.of(before);
    } else if (!log.isFaulty(slot - 1)) {
      discardLoadId = loadId;
      out.load(loadId, slot - 1, slot - 1, 1);
    }
  }

  /** The entry before the one to be discarded was read back; false if the load was for another. */
  public boolean onLoaded(long loadId, List<Entry> entries) {
    if (loadId != discardLoadId) {
      return false;
    }
    discardLoadId = 0;
    boolean mayStill =
        log.firstFaultyFrom(log.commit() + 1) == discardFrom && neverCommitted(discardFrom);
    if (mayStill && !entries.isEmpty() && entries.getFirst().slot() == discardFrom - 1) {
      keep = LogHead.of(entries.getFirst());
    }
    return true;
  }

  /**
   * Whether those who may have the entry, this replica among them, are too few to have committed
   * it: n − q + 1 others are certain that they do not have it, and never will in an earlier term.
   */
  private boolean neverCommitted(long slot) {
    TreeSet<NodeId> certain = nacks.get(slot);
    return certain != null
        && standing.phase() == Phase.LEADER
        && nackTerm == log.term()
        && !log.isBeingMended(slot)
        && !configuration().quorumHolds(voter -> !certain.contains(voter));
  }

  /** Discards what was prepared to be, now that this replica leads no more. */
  public void discard(Effects out) {
    LogHead end = keep;
    keep = null;
    nacks.clear();
    if (end != null) {
      out.trace(
          new Trace.Noted(
              "raft repair discard",
              "slots " + discardFrom + ".." + log.lastSlot() + " were never committed"));
      log.discardFrom(discardFrom, end);
    }
  }
}
