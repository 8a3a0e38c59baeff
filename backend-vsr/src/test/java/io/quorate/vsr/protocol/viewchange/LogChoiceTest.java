// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.viewchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.protocol.group.Quorums;
import io.quorate.vsr.protocol.viewchange.LogChoice.Chosen;
import io.quorate.vsr.protocol.viewchange.LogChoice.Undecided;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log of a new view (VRR §4.2 step 3), first by hand, then for every small history. */
final class LogChoiceTest {
  private static final Quorums THREE = Quorums.of(3, 0, 0);
  private static final long VIEW = 9;

  private static LogShape log(long base, long... views) {
    List<LogShape.Run> runs = new ArrayList<>();
    for (int i = 0; i < views.length; i++) {
      if (i == 0 || views[i - 1] != views[i]) {
        runs.add(new LogShape.Run(base + 1 + i, views[i]));
      }
    }
    return new LogShape(base, 0, runs, base + views.length, null);
  }

  private static DoViewChange change(long normal, long commit, LogShape log) {
    return new DoViewChange(VIEW, normal, commit, log, log.op(), List.of());
  }

  private static DoViewChange faulty(DoViewChange whole, Long... ops) {
    return new DoViewChange(
        VIEW, whole.lastNormalView(), whole.commit(), whole.log(), whole.bodies(), List.of(ops));
  }

  private static DoViewChange bodies(DoViewChange whole, long bodies) {
    return new DoViewChange(
        VIEW, whole.lastNormalView(), whole.commit(), whole.log(), bodies, List.of());
  }

  @Test // the latest normal view decides, however short its log is
  void neverByLengthBeforeView() {
    DoViewChange longer = change(1, 0, log(0, 1, 1, 1, 1, 1));
    DoViewChange later = change(2, 1, log(0, 1, 2));
    assertThat(LogChoice.choose(List.of(longer, later), THREE))
        .isEqualTo(new Chosen(log(0, 1, 2), 1));
  }

  @Test // of one view, the longest log
  void theLongestOfTheView() {
    DoViewChange shorter = change(2, 1, log(0, 1, 2));
    DoViewChange longer = change(2, 1, log(0, 1, 2, 2, 2));
    assertThat(LogChoice.choose(List.of(shorter, longer), THREE))
        .isEqualTo(new Chosen(longer.log(), 1));
  }

  @Test // commit is the highest that anybody knows of, of whatever view
  void commitIsTheHighestOfAll() {
    DoViewChange knows = change(1, 2, log(0, 1, 1));
    DoViewChange later = change(2, 0, log(0, 1, 1, 2));
    assertThat(LogChoice.choose(List.of(knows, later), THREE))
        .isEqualTo(new Chosen(later.log(), 2));
  }

  @Test // an op whose body nobody wrote, and enough deny it
  void whatEnoughDenyIsCut() {
    DoViewChange names = bodies(change(2, 1, log(0, 1, 2, 2)), 1);
    DoViewChange without = change(1, 1, log(0, 1));
    assertThat(LogChoice.choose(List.of(names, without), THREE))
        .isEqualTo(new Chosen(log(0, 1), 1));
  }

  @Test // a corrupt op never counts as a denial
  void aFaultyOpIsNeverDenied() {
    DoViewChange damaged = faulty(change(2, 1, log(0, 1, 2)), 2L);
    DoViewChange without = change(2, 1, log(0, 1));
    assertThat(LogChoice.choose(List.of(damaged, without), THREE)).isEqualTo(new Undecided(2));
    DoViewChange alsoDamaged = faulty(change(2, 1, log(0, 1, 2)), 2L);
    assertThat(LogChoice.choose(List.of(damaged, alsoDamaged), THREE)).isEqualTo(new Undecided(2));
  }

  @Test // one whole copy is enough, of whatever view its holder is
  void aFaultyOpIsMendedFromAnEarlierView() {
    DoViewChange damaged = faulty(change(3, 1, log(0, 1, 2)), 2L);
    DoViewChange whole = change(2, 1, log(0, 1, 2));
    assertThat(LogChoice.choose(List.of(damaged, whole), THREE))
        .isEqualTo(new Chosen(log(0, 1, 2), 1));
  }

  @Test // two logs of one view that differ: something that must not be has happened
  void aForkWithinAViewHalts() {
    DoViewChange one = change(2, 0, log(0, 1, 1));
    DoViewChange other = change(2, 0, log(0, 1, 2));
    assertThatThrownBy(() -> LogChoice.choose(List.of(one, other), THREE))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("differ");
  }

  @Test // what was committed is missing: rather no view at all
  void aLogWithoutWhatWasCommittedHalts() {
    DoViewChange knows = change(1, 3, log(0, 1, 1, 1));
    DoViewChange later = change(2, 0, log(0, 1, 2));
    assertThatThrownBy(() -> LogChoice.choose(List.of(knows, later), THREE))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("committed");
  }

  @Test // with q_r = 2 of 4, three must deny
  void theDenialQuorumFollowsTheReplicationQuorum() {
    Quorums four = Quorums.of(4, 2, 3);
    assertThat(four.nack()).isEqualTo(3);
    DoViewChange names = bodies(change(2, 1, log(0, 1, 2)), 1);
    DoViewChange without = change(1, 1, log(0, 1));
    DoViewChange damaged = faulty(change(2, 1, log(0, 1, 2)), 2L);
    assertThat(LogChoice.choose(List.of(names, without, damaged), four))
        .isEqualTo(new Undecided(2));
    assertThat(LogChoice.choose(List.of(names, without, without), four))
        .isEqualTo(new Chosen(log(0, 1), 1));
  }

  /**
   * Every history of three replicas over two views and up to two ops: view 1 with primary b spreads
   * ops in order; view 2 is led by c with the log of any quorum; in each view, each replica has
   * some beginning of the view's log, and each copy may be damaged. Whatever quorum then chooses,
   * every op that a quorum had acknowledged in its view is kept or waited for.
   */
  @Test
  void nothingAcknowledgedByAQuorumIsEverCut() {
    long[] checked = new long[3];
    for (int first = 0; first < 27; first++) {
      int[] inOne = {first % 3, first / 3 % 3, first / 9};
      histories(inOne, checked);
    }
    assertThat(checked[0]).isGreaterThan(10_000);
    assertThat(checked[1]).isPositive(); // some wait
    assertThat(checked[2]).isPositive(); // some cut
  }

  /** After view 1, c may begin view 2 with b's log or not; a and b join it, or stay in view 1. */
  private static void histories(int[] inOne, long[] checked) {
    int committedInOne = second(inOne);
    for (int with = 0; with < 2; with++) {
      int begins = Math.max(inOne[2], inOne[with]);
      for (int more = 0; more <= 2 - begins; more++) {
        for (int joined = 0; joined < 4; joined++) {
          for (int spread = 0; spread < 9; spread++) {
            Copy[] copies = new Copy[3];
            copies[2] = new Copy(2, begins, more, begins + more);
            for (int r = 0; r < 2; r++) {
              int has = r == 0 ? spread % 3 : spread / 3;
              boolean joins = (joined >> r & 1) == 1;
              int kept = Math.min(inOne[r], begins);
              copies[r] =
                  joins
                      ? new Copy(2, begins, more, Math.max(kept, Math.min(has, begins + more)))
                      : new Copy(1, inOne[r], 0, inOne[r]);
            }
            damages(copies, committedInOne, begins, checked);
          }
        }
      }
    }
  }

  private record Copy(long normal, int ofOne, int ofTwo, int bodies) {
    DoViewChange change(int damaged) {
      long[] views = new long[ofOne + ofTwo];
      for (int i = 0; i < views.length; i++) {
        views[i] = i < ofOne ? 1 : 2;
      }
      List<Long> faulty = new ArrayList<>();
      for (long op = 1; op <= bodies; op++) {
        if ((damaged >> (op - 1) & 1) == 1) {
          faulty.add(op);
        }
      }
      return new DoViewChange(VIEW, normal, 0, log(0, views), bodies, faulty);
    }
  }

  private static void damages(Copy[] copies, int committedInOne, int begins, long[] checked) {
    int[] acknowledged = new int[3];
    for (int r = 0; r < 3; r++) {
      acknowledged[r] = copies[r].normal == 2 ? copies[r].bodies : 0;
    }
    int committed = Math.max(committedInOne, second(acknowledged));
    if (committedInOne > begins) {
      return; // view 2 would have lost it: not a history of this protocol
    }
    for (int damaged = 0; damaged < 64; damaged++) {
      for (int absent = -1; absent < 3; absent++) {
        List<DoViewChange> changes = new ArrayList<>();
        for (int r = 0; r < 3; r++) {
          if (r != absent) {
            changes.add(copies[r].change(damaged >> 2 * r & 3));
          }
        }
        checked[0]++;
        switch (LogChoice.choose(changes, THREE)) {
          case Undecided undecided -> checked[1]++;
          case Chosen chosen -> {
            LogShape longest = copies[2].change(0).log();
            assertThat(chosen.log().op())
                .as("%s of %s", chosen, changes)
                .isGreaterThanOrEqualTo(committed);
            if (chosen.log().op() < longest.op()) {
              checked[2]++;
            }
          }
        }
      }
    }
  }

  private static int second(int[] three) {
    int[] sorted = three.clone();
    java.util.Arrays.sort(sorted);
    return sorted[1];
  }
}
