// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.mutant;

import io.quorate.sim.mutant.SourceMutant;

/**
 * Rules without which VSR, or what the runtime adds to it, is wrong; each is broken by itself.
 * Where a check of the shipped code would notice, it is taken out as well: the simulator must see
 * what the protocol does, not that it stumbles.
 */
final class VsrMutants {
  private static final String VSR = "backend-vsr";
  private static final String CORE = "core";
  private static final String PROTOCOL = "io.quorate.vsr.protocol.";
  private static final String REPLICA = PROTOCOL + "VsrReplica";
  private static final String PRIMACY = PROTOCOL + "Primacy";
  private static final String CHOICE = PROTOCOL + "viewchange.LogChoice";
  private static final String VIEW_CHANGE = PROTOCOL + "viewchange.ViewChange";
  private static final String LOG = PROTOCOL + "log.VsrLog";
  private static final String MESSAGE = "io.quorate.vsr.message.VsrMessage";
  private static final String SESSIONS = "io.quorate.core.session.SessionTable";

  private VsrMutants() {}

  /** VRR §4.1 step 5: the primary commits what only it has. */
  static SourceMutant commitBeforeQuorum() {
    return SourceMutant.named("commit before a quorum")
        .replace(
            VSR,
            PRIMACY,
            "long reached = group.replicated(this::durableOn);",
            "long reached = log.durable();");
  }

  /** B.3: what the new view lacks of the own log is cut off before the rest is there. */
  static SourceMutant truncateThenFetch() {
    return SourceMutant.named("truncate, then fetch")
        .replace(
            VSR,
            VIEW_CHANGE,
            """
                log.install(start.log(), agreed, readBackAt(agreed));
                return true;
            """,
            """
                long kept = Math.min(agreed, Math.max(log.commit(), start.log().base()));
                log.install(start.log(), kept, readBackAt(kept));
                return true;
            """);
  }

  /** B.2: what a write holds back leaves before it. */
  static SourceMutant acknowledgeBeforeSync() {
    return SourceMutant.named("acknowledge before sync")
        .replace(
            VSR,
            LOG,
            "out.persist(write, released);",
            "out.persist(write, List.of());\n    released.forEach(out::send);");
  }

  /** D.2: a command that is logged again is executed again. */
  static SourceMutant noDedupe() {
    return SourceMutant.named("drop dedupe at apply")
        .replace(CORE, SESSIONS, "if (kept != Kept.NOTHING) {", "if (false) {");
  }

  /** VRR §4.2 step 3: the longest log wins, whatever the view in which it was whole. */
  static SourceMutant longestLog() {
    return SourceMutant.named("choose the log by length")
        .replace(
            VSR,
            CHOICE,
            "if (change.lastNormalView() == latest) {",
            "if (change.lastNormalView() <= latest) {")
        .replace(
            VSR,
            CHOICE,
            "end < longest.base() || longest.viewAt(end) == change.log().lastView(),",
            "true,");
  }

  /** B.3: a log whose owner knows of no commit is taken for none. */
  static SourceMutant noCommitNoLog() {
    return SourceMutant.named("take commit 0 for none")
        .replace(
            VSR,
            CHOICE,
            "LogShape log = longest(canon);",
            """
            if (canon.stream().anyMatch(each -> each.commit() > 0)) {
                  canon.removeIf(each -> each.commit() == 0);
                }
                LogShape log = longest(canon);\
            """);
  }

  /** VRR §4.1 step 5: an acknowledgement counts in any view. */
  static SourceMutant acknowledgedInAnyView() {
    return SourceMutant.named("PrepareOk without view")
        .replace(
            VSR,
            REPLICA,
            "if (message.view() < log.view()) {",
            "if (message.view() < log.view() && !(message instanceof PrepareOk)) {")
        .replace(
            VSR,
            PRIMACY,
            "Check.that(op <= log.last(), \"op %s acknowledged beyond the last, %s\", op,"
                + " log.last());",
            "")
        .replace(VSR, PRIMACY, "own == null || own.equals(hash),", "true,");
  }

  /** V1: a log is offered to a view that its owner may forget. */
  static SourceMutant offerBeforePersist() {
    return SourceMutant.named("persist the view after sending")
        .replace(
            VSR,
            VIEW_CHANGE,
            """
                if (!log.muted()) {
                  sendLog(now);
                }
              }
            """,
            """
                NodeId next = group.primaryOf(view);
                if (!log.muted() && !next.equals(group.self())) {
                  out.send(new Outgoing(next, ownLog()));
                }
              }
            """);
  }

  /** B.3: a vote moves the voter. */
  static SourceMutant voteMoves() {
    return SourceMutant.named("enter a view alone")
        .replace(
            VSR,
            VIEW_CHANGE,
            "propose(Math.max(campaign, log.view() + 1), now, out);",
            "enter(log.view() + 1, \"on its own\", now, out);");
  }

  /** B.4: a replica that may have lost ops takes part as if it had not. */
  static SourceMutant recoveringVotes() {
    return SourceMutant.named("a recovering replica votes")
        .replace(VSR, LOG, "    return muted;\n", "    return false;\n");
  }

  /** VRR §4.3: a replica whose disk is lost takes part as if it were new. */
  static SourceMutant lostDiskVotes() {
    return SourceMutant.named("a replica without its disk votes")
        .replace(VSR, LOG, "    return muted;\n", "    return false;\n")
        .replace(
            VSR,
            REPLICA,
            "if (log.incarnations().diskLost()) {\n      viewChange.explain",
            "if (log.muted()) {\n      viewChange.explain");
  }

  /** Of the runtime: what a write holds back leaves before it. */
  static SourceMutant releaseBeforeSync() {
    return SourceMutant.named("release before sync")
        .replace(
            CORE,
            "io.quorate.core.runtime.LogWriter",
            "    store.write(group);\n",
            "    sender.flush();\n    store.write(group);\n");
  }

  /** B.4: a snapshot stands for the primary's word where the log ends. */
  static SourceMutant sureBySnapshot() {
    return SourceMutant.named("a snapshot makes sure of the log")
        .replace(
            VSR,
            PROTOCOL + "Following",
            "log.lastNormalView() == log.view() && (!log.muted() || recovery.follows());\n"
                + "    SnapshotRef",
            "log.lastNormalView() == log.view();\n    SnapshotRef");
  }

  /** VRR §4.3 step 3: whoever answers first tells the view, though others may know a later one. */
  static SourceMutant anyAnswerSuffices() {
    return SourceMutant.named("recover by one answer")
        .replace(
            VSR,
            PROTOCOL + "recovery.Amnesia",
            "answers.size() >= group.quorums().viewChange()",
            "!answers.isEmpty()");
  }

  /** VRR §4.3, and why it is not enough: what was said before the loss counts after it. */
  static SourceMutant incarnationsForgotten() {
    return SourceMutant.named("count what an earlier incarnation offered")
        .replace(VSR, VIEW_CHANGE, "    dropOutdated(out);\n", "");
  }

  /** B.6: what is damaged counts as never had. */
  static SourceMutant corruptNacks() {
    return SourceMutant.named("nack a corrupt slot")
        .replace(
            VSR,
            MESSAGE,
            """
                  if (op <= log.base() || faulty.contains(op)) {
                    return false;
                  }
                  return op > log.op() ||\
            """,
            """
                  if (op <= log.base()) {
                    return false;
                  }
                  return faulty.contains(op) || op > log.op() ||\
            """);
  }

  /** B.8: the primary serves linearizable reads without asking the group. */
  static SourceMutant readWithoutRound() {
    return SourceMutant.named("serve a read without a round")
        .replace(
            VSR,
            PRIMACY,
            "case ReadConsistency.Linearizable linearizable -> false;",
            "case ReadConsistency.Linearizable linearizable -> true;");
  }

  /** B.8: a new primary serves reads before it has committed what it inherited. */
  static SourceMutant servableAtOnce() {
    return SourceMutant.named("serve a read before what was inherited")
        .replace(VSR, PRIMACY, "if (!servable && log.commit() >= inherited) {", "if (!servable) {");
  }
}
