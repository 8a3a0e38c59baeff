// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.message.RaftMessage.FetchEntries;
import io.quorate.raft.message.RaftMessage.FetchReply;
import io.quorate.raft.protocol.election.Standing;
import io.quorate.raft.protocol.log.RaftLog;
import io.quorate.raft.protocol.repair.EntryLender;
import io.quorate.raft.protocol.repair.LogMender;
import io.quorate.raft.protocol.snapshot.Compaction;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Damaged entries of this replica's log and of its peers' logs, whatever the role. */
final class Damage {
  private final RaftLog log;
  private final Standing standing;
  private final LogMender mender;
  private final EntryLender lender;

  Damage(RaftConfig config, RaftLog log, Standing standing, Compaction compaction) {
    this.log = log;
    this.standing = standing;
    long patienceNanos = 2 * config.timing().heartbeatInterval().toNanos();
    this.mender = new LogMender(log, standing, compaction, patienceNanos);
    this.lender = new EntryLender(log, standing, config.pipeline().appendBytesMax());
  }

  /** When {@link #tick} is due. */
  long deadlineNanos() {
    return mender.deadlineNanos();
  }

  /** Halts a replica that nobody can help; whether it did. */
  boolean haltsAlone(List<FaultySlot> slots, Effects out) {
    boolean alone = log.configurations().current().quorumHolds(standing.self()::equals);
    if (slots.isEmpty() || !alone) {
      return false;
    }
    out.halt(
        "the log is damaged at slot "
            + slots.get(0).slot()
            + ", and a group of one has nobody to mend it from; restore the folder of this replica"
            + " from a copy");
    return true;
  }

  /** Begins to mend what a start has found. */
  void begin(Now now) {
    mender.wake(now);
  }

  void onDamaged(List<FaultySlot> slots, Now now, Effects out) {
    if (!haltsAlone(slots, out)) {
      slots.forEach(log::markFaulty);
      mender.wake(now);
    }
  }

  void onFetch(NodeId from, FetchEntries question, long loadId, Effects out) {
    lender.onFetch(from, question, loadId, out);
  }

  void onReply(NodeId from, FetchReply reply, long applied, Now now, Effects out) {
    mender.onReply(from, reply, applied, now, out);
  }

  /** False if the load was for something else. */
  boolean onLoaded(long loadId, List<Entry> entries, Effects out) {
    return mender.onLoaded(loadId, entries) || lender.onLoaded(loadId, entries, out);
  }

  /** Asks for what is damaged. */
  void tick(long loadId, Now now, Effects out) {
    mender.tick(loadId, now, out);
  }

  /** Whether a leader must end its leadership and then {@link #discard}. */
  boolean mustDiscard() {
    return mender.mustDiscard();
  }

  void discard(Effects out) {
    mender.discard(out);
  }

  /** To whom a leader had better hand over, because only a snapshot can help it. */
  @Nullable NodeId takeSuccessor() {
    return mender.takeSuccessor();
  }

  /** For people; empty while nothing was ever damaged. */
  SortedMap<String, String> details() {
    TreeMap<String, String> details = new TreeMap<>();
    if (log.hasFaulty() || log.repairedCount() > 0) {
      details.put("faulty_slots", Integer.toString(log.faultyCount()));
      details.put("repaired_slots", Long.toString(log.repairedCount()));
    }
    return Collections.unmodifiableSortedMap(details);
  }
}
