// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.mutant;

import io.quorate.sim.mutant.SourceMutant;

/** Rules without which Raft, or what the runtime adds to it, is wrong; each is broken by itself. */
final class RaftMutants {
  private static final String RAFT = "backend-raft";
  private static final String CORE = "core";
  private static final String REPLICA = "io.quorate.raft.protocol.RaftReplica";
  private static final String LEADERSHIP = "io.quorate.raft.protocol.Leadership";
  private static final String APPENDS = "io.quorate.raft.protocol.replication.AppendHandler";
  private static final String ELECTIONS = "io.quorate.raft.protocol.election.Elections";
  private static final String LENDER = "io.quorate.raft.protocol.repair.EntryLender";
  private static final String ROUNDS = "io.quorate.core.reads.ReadRounds";
  private static final String SESSIONS = "io.quorate.core.session.SessionTable";
  private static final String APPLIER = "io.quorate.core.apply.Applier";
  private static final String DOOR = "io.quorate.core.runtime.Door";
  private static final String WRITER = "io.quorate.core.runtime.LogWriter";

  private RaftMutants() {}

  /** What a write holds back leaves before it. */
  static SourceMutant acknowledgeBeforeSync() {
    return SourceMutant.named("acknowledge before sync")
        .replace(
            RAFT,
            APPENDS,
            "log.release(new Outgoing(from, new AppendOk(",
            "out.send(new Outgoing(from, new AppendOk(");
  }

  /** Paper, §5.3: a short append takes away what is behind it, though it may be an old one. */
  static SourceMutant truncateOnShortAppend() {
    return SourceMutant.named("truncate on a short append")
        .replace(
            RAFT,
            APPENDS,
            "    return news;\n",
            """
                Entry last = entries.isEmpty() ? null : entries.get(entries.size() - 1);
                if (last != null && !news && last.slot() < log.lastSlot()
                    && last.slot() > log.base().slot()) {
                  log.truncateFrom(last.slot() + 1, last.hash());
                  news = true;
                }
                return news;
            """);
  }

  /** Paper, §8: a new leader serves reads before an entry of its own is committed. */
  static SourceMutant readBeforeNoop() {
    return SourceMutant.named("skip the no-op before a read")
        .replace(RAFT, LEADERSHIP, "return log.commit() >= firstSlotOfTerm;", "return true;")
        .replace(CORE, ROUNDS, "private boolean servable;", "private boolean servable = true;");
  }

  /** D.2: a command that is logged again is executed again. */
  static SourceMutant noDedupe() {
    return SourceMutant.named("drop dedupe at apply")
        .replace(CORE, SESSIONS, "if (kept != Kept.NOTHING) {", "if (false) {");
  }

  /** A bounded read is served however long nothing was heard. */
  static SourceMutant boundedWithoutBound() {
    return SourceMutant.named("serve a bounded read without its bound")
        .replace(
            RAFT,
            REPLICA,
            "if (standing.staleNanos(now.monotonicNanos())"
                + " <= bounded.maxStaleness().toNanos()) {",
            "if (bounded != null) {");
  }

  /** A local read is served before what the client has already seen is applied. */
  static SourceMutant localBeforeIndex() {
    return SourceMutant.named("serve a local read before its index")
        .replace(
            CORE,
            DOOR,
            "apply.offerLocalRead(call, local.minIndex());",
            "apply.offerLocalRead(call, 0);");
  }

  /** A snapshot brings no sessions. */
  static SourceMutant sessionsLost() {
    return SourceMutant.named("lose sessions in a snapshot")
        .replace(
            CORE,
            APPLIER,
            "sessions = restored;",
            "sessions = new SessionTable(restored.limits());");
  }

  /** Sync and release are one event of the simulator: shown only by a death between them. */
  static SourceMutant releaseBeforeSync() {
    return SourceMutant.named("release before sync")
        .replace(
            CORE,
            WRITER,
            "    store.write(group);\n",
            "    sender.flush();\n    store.write(group);\n");
  }

  /** Needs two candidates of one term, and a voter that restarts between their questions. */
  static SourceMutant voteBeforePersist() {
    return SourceMutant.named("vote before persist")
        .replace(
            RAFT,
            ELECTIONS,
            "log.release(new Outgoing(from, new VoteReply(",
            "out.send(new Outgoing(from, new VoteReply(");
  }

  /** Needs the scene of figure 8 of the paper: elections that follow closely on each other. */
  static SourceMutant oldTermsCounted() {
    return SourceMutant.named("count old-term entries for commit")
        .replace(
            RAFT,
            LEADERSHIP,
            "reached <= log.commit() || log.termAt(reached) != log.term()",
            "reached <= log.commit()");
  }

  /** Needs a leader that was replaced without noticing, and clients that still ask it. */
  static SourceMutant readWithoutRound() {
    return SourceMutant.named("serve a read without a round")
        .replace(
            RAFT,
            LEADERSHIP,
            "case ReadConsistency.Linearizable linearizable -> false;",
            "case ReadConsistency.Linearizable linearizable -> true;");
  }

  /** Needs an entry that is damaged on more than one disk, and a replica that never had it. */
  static SourceMutant damageDenied() {
    return SourceMutant.named("nack a corrupt slot")
        .replace(RAFT, LENDER, "answer.damaged().add(wanted);", "answer.absent().add(wanted);");
  }

  /** Needs a successor that is elected, and serves, before the old leader hears of it. */
  static SourceMutant leaseKeptAcrossTransfer() {
    return SourceMutant.named("keep a lease across transfer")
        .replace(RAFT, LEADERSHIP, "leaseForfeited = true;", "");
  }
}
