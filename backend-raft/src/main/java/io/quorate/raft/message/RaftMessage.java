// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.message;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.ProtocolMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one Raft replica may say to another. Each message may be lost, repeated, delayed and
 * overtaken; each says what the sender knew when it left.
 */
public sealed interface RaftMessage extends ProtocolMessage {

  /** The sender's current term. */
  long term();

  /**
   * Would you vote for me in {@code term + 1}? Changes nothing at either end (dissertation §9.6).
   * Needs nothing durable.
   */
  record PreVote(long term, long lastSlot, long lastTerm) implements RaftMessage {
    @Override
    public String name() {
      return "PreVote";
    }
  }

  /**
   * Answer to {@link PreVote}; no promise.
   *
   * @param forTerm the term that was asked about
   */
  record PreVoteReply(long term, long forTerm, boolean granted) implements RaftMessage {
    @Override
    public String name() {
      return "PreVoteReply";
    }
  }

  /**
   * Vote for me (§5.2). The candidate's term and its vote for itself are durable.
   *
   * @param transfer the old leader asked for this election, so that voters need not wait until they
   *     have missed it (dissertation §3.10)
   */
  record RequestVote(long term, long lastSlot, long lastTerm, boolean transfer)
      implements RaftMessage {
    @Override
    public String name() {
      return "RequestVote";
    }
  }

  /** Answer to {@link RequestVote}; if granted, term and vote are durable. */
  record VoteReply(long term, boolean granted) implements RaftMessage {
    @Override
    public String name() {
      return "VoteReply";
    }
  }

  /**
   * The leader's log from {@code prevSlot + 1} on; without entries, a heartbeat (§5.3). Needs
   * nothing durable beyond the leader's term: its own disk works at the same time.
   *
   * @param prevSlot slot before the first entry
   * @param prevTerm term of the entry there
   * @param prevHash its chain hash, null if the leader does not have it at hand
   * @param commit the leader's commit slot
   * @param round number of the leader's last heartbeat round; echoed, so that it proves leadership
   *     for reads
   * @param quorumAgeNanos at most this long ago a majority still confirmed the leader; {@link
   *     Long#MAX_VALUE} when it does not know
   * @param echoedRound highest round that the leader knows this follower to have echoed; 0 if it
   *     does not say. The message so left after that echo, which the follower can date by its own
   *     clock
   * @param entries dense from {@code prevSlot + 1}
   */
  record Append(
      long term,
      long prevSlot,
      long prevTerm,
      @Nullable ChainHash prevHash,
      long commit,
      long round,
      long quorumAgeNanos,
      long echoedRound,
      List<Entry> entries)
      implements RaftMessage {
    /** A message that says nothing of echoes. */
    public Append(
        long term,
        long prevSlot,
        long prevTerm,
        @Nullable ChainHash prevHash,
        long commit,
        long round,
        long quorumAgeNanos,
        List<Entry> entries) {
      this(term, prevSlot, prevTerm, prevHash, commit, round, quorumAgeNanos, 0, entries);
    }

    @Override
    public String name() {
      return entries.isEmpty() ? "Heartbeat" : "Append";
    }

    /** Last slot that the message speaks of. */
    public long throughSlot() {
      return prevSlot + entries.size();
    }

    @Override
    public String toString() {
      return name()
          + "(term "
          + term
          + ", prev "
          + prevSlot
          + "@"
          + prevTerm
          + ", through "
          + throughSlot()
          + ", commit "
          + commit
          + ", round "
          + round
          + ")";
    }
  }

  /**
   * The sender's log agrees with the leader's up to {@code match}, and that much is durable there.
   * Cumulative.
   */
  record AppendOk(long term, long match, long round) implements RaftMessage {
    @Override
    public String name() {
      return "AppendOk";
    }
  }

  /**
   * The sender has no entry of {@code prevTerm} at {@code prevSlot}. Promises nothing.
   *
   * @param prevSlot as in the {@link Append} that is refused
   * @param hintSlot last slot at which the sender's log may still agree: the highest up to {@code
   *     prevSlot} whose term is not above the one asked for
   * @param hintTerm term of the sender's entry there
   * @param lastSlot end of the sender's log
   */
  record AppendReject(
      long term, long prevSlot, long hintSlot, long hintTerm, long lastSlot, long round)
      implements RaftMessage {
    @Override
    public String name() {
      return "AppendReject";
    }
  }

  /** Whoever you believe to lead, or to be: the sender knows of a later term. */
  record StaleTerm(long term) implements RaftMessage {
    @Override
    public String name() {
      return "StaleTerm";
    }
  }

  /** Part of a snapshot, in place of entries that the leader no longer has (§7). */
  record SnapshotChunk(long term, SnapshotRef snapshot, long offset, byte[] bytes)
      implements RaftMessage {
    @Override
    public String name() {
      return "SnapshotChunk";
    }

    @Override
    public String toString() {
      return "SnapshotChunk(" + snapshot + " at " + offset + ", " + bytes.length + " bytes)";
    }
  }

  /**
   * Where the next chunk must begin; what lies before is written. A complete snapshot is
   * acknowledged by {@link AppendOk} once the log is durably behind it.
   */
  record SnapshotAck(long term, String snapshotId, long nextOffset) implements RaftMessage {
    @Override
    public String name() {
      return "SnapshotAck";
    }
  }

  /** Campaign now: your log is complete and I have stopped proposing (dissertation §3.10). */
  record TimeoutNow(long term) implements RaftMessage {
    @Override
    public String name() {
      return "TimeoutNow";
    }
  }

  /** Which slot must I have applied to serve reads that arrived before this left (§8, §6.4)? */
  record ReadIndex(long term, long requestId) implements RaftMessage {
    @Override
    public String name() {
      return "ReadIndex";
    }
  }

  /** Answer to {@link ReadIndex}, after a round that began when the question had arrived. */
  record ReadIndexReply(long term, long requestId, long slot) implements RaftMessage {
    @Override
    public String name() {
      return "ReadIndexReply";
    }
  }

  /**
   * My disk may have lost entries that I acknowledged: forget what you know of my log, and tell me
   * how far I must have yours before I may count as a voter again.
   *
   * @param nonce drawn at this start of the sender, so that no older answer can pass for this one
   */
  record RepairQuery(long term, long nonce) implements RaftMessage {
    @Override
    public String name() {
      return "RepairQuery";
    }
  }

  /** Answer to {@link RepairQuery}: the end of the leader's log. */
  record RepairGoal(long term, long nonce, long lastSlot) implements RaftMessage {
    @Override
    public String name() {
      return "RepairGoal";
    }
  }

  /**
   * These entries of my log are damaged on my disk: send me those that you have. From any member to
   * any other.
   *
   * @param slots what is damaged, ascending
   */
  record FetchEntries(long term, List<FaultySlot> slots) implements RaftMessage {
    @Override
    public String name() {
      return "FetchEntries";
    }
  }

  /**
   * Answer to {@link FetchEntries}, or to a part of it: what stands in none of the lists may
   * follow, or is to be asked for again.
   *
   * @param entries what the sender has
   * @param absent what the sender certainly does not have, and will not acknowledge in this term or
   *     an earlier one
   * @param damaged what is damaged at the sender, too, or what it cannot tell: says nothing
   * @param compacted what lies before the beginning of the sender's log: a snapshot stands for it
   */
  record FetchReply(
      long term,
      List<Entry> entries,
      List<FaultySlot> absent,
      List<FaultySlot> damaged,
      List<FaultySlot> compacted)
      implements RaftMessage {
    @Override
    public String name() {
      return "FetchReply";
    }

    /** Whether it says nothing at all. */
    public boolean isEmpty() {
      return entries.isEmpty() && absent.isEmpty() && damaged.isEmpty() && compacted.isEmpty();
    }
  }

  /**
   * To the leader: an entry of mine is damaged, and others have only a snapshot in its place; send
   * me one that reaches it.
   */
  record SnapshotWanted(long term, long slot) implements RaftMessage {
    @Override
    public String name() {
      return "SnapshotWanted";
    }
  }
}
