// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.viewchange;

import io.quorate.core.check.Check;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.protocol.group.Quorums;
import java.util.ArrayList;
import java.util.List;

/**
 * The log of a new view, chosen from what a view-change quorum says of theirs (VRR §4.2 step 3).
 */
public final class LogChoice {
  private LogChoice() {}

  /** What can be said so far. */
  public sealed interface Verdict {}

  /**
   * The log of the view.
   *
   * @param log every op of it that may have been committed is held by a sender
   * @param commit last op that any sender knows to be committed
   */
  public record Chosen(LogShape log, long commit) implements Verdict {}

  /**
   * Nobody can give this op, and too few deny that it was committed: rather no view than one that
   * may have lost it.
   */
  public record Undecided(long op) implements Verdict {}

  /**
   * Chooses.
   *
   * @param changes all for one view, one for each replica, at least a view-change quorum
   */
  public static Verdict choose(List<DoViewChange> changes, Quorums quorums) {
    Check.that(
        changes.size() >= quorums.viewChange(),
        "%s logs to choose from, %s are needed",
        changes.size(),
        quorums.viewChange());
    List<DoViewChange> canon = ofLatestNormalView(changes);
    LogShape log = longest(canon);
    long commit = 0;
    for (DoViewChange change : changes) {
      commit = Math.max(commit, change.commit());
    }
    // Whatever was committed was acknowledged by a quorum in some view; of each view-change quorum
    // one member was among them, and its log is in every log of a later view.
    Check.that(log.op() >= commit, "the chosen log ends at %s, committed is %s", log.op(), commit);
    for (long op = firstInDoubt(changes, log, commit); op <= log.op(); op++) {
      long view = log.viewAt(op);
      int denials = 0;
      boolean held = false;
      for (DoViewChange change : changes) {
        held |= change.holds(op, view);
        denials += change.denies(op, view) ? 1 : 0;
      }
      if (held) {
        continue;
      }
      if (denials < quorums.nack()) {
        return new Undecided(op);
      }
      // So many never acknowledged it that no quorum did; what follows it was not committed either.
      return new Chosen(log.cutAfter(op - 1), commit);
    }
    return new Chosen(log, commit);
  }

  /** Never by length before view: a longer log of an earlier view may lack what was committed. */
  private static List<DoViewChange> ofLatestNormalView(List<DoViewChange> changes) {
    long latest = 0;
    for (DoViewChange change : changes) {
      latest = Math.max(latest, change.lastNormalView());
    }
    List<DoViewChange> canon = new ArrayList<>();
    for (DoViewChange change : changes) {
      if (change.lastNormalView() == latest) {
        canon.add(change);
      }
    }
    return canon;
  }

  private static LogShape longest(List<DoViewChange> canon) {
    LogShape longest = canon.get(0).log();
    for (DoViewChange change : canon) {
      LogShape log = change.log();
      if (log.op() > longest.op() || (log.op() == longest.op() && log.base() < longest.base())) {
        longest = log;
      }
    }
    for (DoViewChange change : canon) {
      long end = change.log().op();
      Check.that(
          end < longest.base() || longest.viewAt(end) == change.log().lastView(),
          "two logs of one view differ at op %s: %s",
          end,
          canon);
    }
    return longest;
  }

  /** Everything before is committed, or held by one sender without a gap. */
  private static long firstInDoubt(List<DoViewChange> changes, LogShape log, long commit) {
    long sure = Math.max(commit, log.base());
    for (DoViewChange change : changes) {
      if (change.faulty().isEmpty()) {
        sure = Math.max(sure, Math.min(change.log().agreement(log), change.bodies()));
      }
    }
    return sure + 1;
  }
}
