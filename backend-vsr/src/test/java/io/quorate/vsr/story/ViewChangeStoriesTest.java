// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.story;

import static io.quorate.vsr.story.Turns.SOON;
import static io.quorate.vsr.story.Turns.viewOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import io.quorate.vsr.VsrConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How the log gets from one view to the next (VRR §4.2), one failure each, told in order. */
public final class ViewChangeStoriesTest {
  private static final String TIMEOUTS = "note.vsr §4.2 view change";

  private static ChainHash committedHash(Turns t, long op) {
    Entry entry = Objects.requireNonNull(t.scenario().cluster().oracle().entry(op));
    return entry.hash();
  }

  @Test // §4.1 step 5, §4.2: what a quorum has is in the next view, though nobody was told
  public void aPrimaryDiesAfterItsQuorumOfAcknowledgementsAndBeforeItsCommit() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    s.happens("cut-one-way " + old.id() + " c1");
    final long op = t.committed() + 1;
    Pending write = s.client(1).put(1, 11);
    s.until(() -> old.commitSlot() >= op, SOON, "the primary has a quorum");
    assertThat(t.primary(1).commitSlot()).isLessThan(op);
    assertThat(t.primary(2).commitSlot()).isLessThan(op);
    s.crash(old);
    SimNode successor = t.untilAnotherLeads(old);
    assertThat(successor).isSameAs(t.primary(1));
    assertThat(successor.disk().holds(op, committedHash(t, op))).isTrue();
    s.await(write);
    Pending read = s.client(2).get(1);
    s.await(read);
    assertThat(read.value()).isEqualTo(11);
    s.check();
  }

  @Test // §4.2 step 3, B.3: whoever is next completes the log before it says that the view began
  public void aLaggingBackupIsNextInTurn() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode next = t.primary(1);
    t.cut(old, next);
    s.puts(1, 10, 0);
    final long op = t.committed();
    assertThat(next.disk().lastSlot()).isLessThan(op - 5);
    s.crash(old);
    SimNode successor = t.untilAnotherLeads(old);
    assertThat(successor).isSameAs(next);
    assertThat(next.disk().holds(op, committedHash(t, op))).isTrue();
    s.await(s.client(2).put(2, 21));
    s.check();
  }

  @Test // B.3 step 4: nor does it begin the view without; the next one's turn comes instead
  public void aLaggingBackupThatCannotGetWhatItLacksDoesNotLead() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode next = t.primary(1);
    SimNode third = t.primary(2);
    t.cut(old, next);
    s.puts(1, 10, 0);
    final long op = t.committed();
    t.link(third, next).dropKind("Prepares");
    s.crash(old);
    assertThat(t.untilAnotherLeads(old)).isSameAs(third);
    s.run(Duration.ofSeconds(2));
    assertThat(s.cluster().oracle().leaders()).doesNotContainValue(next.id());
    assertThat(third.commitSlot()).as("two must have what comes next").isLessThanOrEqualTo(op);
    t.link(third, next).passKind("Prepares");
    s.await(s.client(2).put(2, 21));
    s.check();
  }

  @Test // V3, §4.2 step 5: what the old primary alone has gives way to the log of the view
  public void anOldPrimaryReturnsWithALongerUncommittedSuffix() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    t.keepTo(1, old);
    s.isolate(old);
    final List<Pending> suffix = t.prepareAlone(old, 1, 12);
    s.crash(old);
    SimNode successor = t.untilAnotherLeads(old);
    s.await(s.client(2).put(2, 42));
    assertThat(old.disk().lastSlot()).isGreaterThan(successor.disk().lastSlot());
    s.restart(old);
    s.run(Duration.ofSeconds(1));
    assertThat(s.leader()).as("it was cut off, and dragged nobody along").isSameAs(successor);
    t.join();
    suffix.forEach(s::await);
    assertThat(s.count("log.conflict truncated")).isEqualTo(1);
    assertThat(s.count("note.vsr §4.2 conflict")).isEqualTo(1);
    s.check();
  }

  @Test // §4.2 step 3: the latest normal view decides, not the length of the log
  public void aShorterLogOfALaterViewWinsOverALongerOne() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode second = t.primary(1);
    SimNode third = t.primary(2);
    t.keepTo(1, old);
    s.isolate(old);
    final List<Pending> suffix = t.prepareAlone(old, 1, 12);
    s.crash(old);
    assertThat(t.untilAnotherLeads(old)).isSameAs(second);
    s.await(s.client(2).put(2, 42));
    final long op = t.committed();
    assertThat(old.disk().lastSlot()).isGreaterThan(third.disk().lastSlot());
    s.crash(second);
    t.join();
    s.restart(old);
    SimNode successor = t.untilAnotherLeads(second);
    assertThat(successor).isSameAs(third);
    assertThat(successor.disk().holds(op, committedHash(t, op))).isTrue();
    Pending read = s.client(2).get(2);
    s.await(read);
    suffix.forEach(s::await);
    s.check();
  }

  @Test // §4.2 step 1: votes that cross, 20 ms apart, come to one view and not to a race of views
  public void twoTimeoutsTwentyMillisecondsApartDoNotHang() {
    int found = 0;
    for (long seed = 1; seed <= 40; seed++) {
      Turns t = Turns.start(3, seed);
      Scenario s = t.scenario();
      SimNode old = t.primary(0);
      // Votes are under way for so long that either is cast before the other one arrives.
      s.happens("slow " + t.primary(2).id() + " by 40ms");
      s.run(Duration.ofMillis(500));
      final long before = s.count(TIMEOUTS);
      s.crash(old);
      s.until(() -> s.count(TIMEOUTS) > before, SOON, "one times out");
      final long first = s.world().now();
      s.until(
          () -> s.count(TIMEOUTS) > before + 1 || s.cluster().leader() != null,
          SOON,
          "the other one times out, or follows");
      long apartMillis = (s.world().now() - first) / 1_000_000;
      boolean crossed = s.count(TIMEOUTS) > before + 1 && apartMillis >= 15 && apartMillis <= 25;
      s.until(() -> s.cluster().leader() != null, Duration.ofSeconds(1), "another is primary");
      assertThat(viewOf(s.leader())).isEqualTo(t.view() + 1);
      s.await(s.client(2).put(2, seed));
      if (crossed) {
        found++;
        s.check();
      }
    }
    assertThat(found).as("seeds whose timeouts are 15 to 25 ms apart").isPositive();
  }

  @Test // B.3: without votes nobody changes the view, and votes are repeated until they arrive
  public void startViewChangeIsLost() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    s.happens("drop-kind StartViewChange for 2s");
    s.crash(old);
    s.run(Duration.ofMillis(1_900));
    assertThat(viewOf(t.primary(1))).isEqualTo(t.view());
    assertThat(viewOf(t.primary(2))).isEqualTo(t.view());
    SimNode successor = t.untilAnotherLeads(old);
    assertThat(viewOf(successor)).isEqualTo(t.view() + 1);
    s.await(s.client(2).put(2, 21));
    s.check();
  }

  @Test // the same, when only one of the two hears the other, so that one enters the view alone
  public void startViewChangeIsLostInOneDirection() {
    for (int direction = 1; direction <= 2; direction++) {
      Turns t = Turns.start(3, 7);
      Scenario s = t.scenario();
      SimNode old = t.primary(0);
      SimNode heard = t.primary(direction);
      SimNode unheard = t.primary(3 - direction);
      t.link(unheard, heard).dropKind("StartViewChange");
      s.crash(old);
      s.run(Duration.ofMillis(700));
      t.link(unheard, heard).passKind("StartViewChange");
      t.untilAnotherLeads(old);
      s.await(s.client(2).put(2, 21));
      s.check();
    }
  }

  @Test // §4.2: a view whose primary is dead ends by its timeout, and so does the one after it
  public void theNextTwoPrimariesAreDead() {
    Turns t = Turns.start(5, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    s.crash(t.primary(1));
    s.crash(t.primary(2));
    s.await(s.client(1).put(1, 11));
    // A primary that restarts does not lead its view again (B.4).
    s.crash(old);
    s.restart(old);
    s.until(() -> s.cluster().leader() == t.primary(3), SOON, "the third in turn is primary");
    assertThat(viewOf(s.leader())).isEqualTo(t.view() + 3);
    s.await(s.client(2).put(2, 21));
    s.check();
  }

  @Test // the same with the primary among the dead
  public void thePrimaryAndTheNextOneAreDead() {
    Turns t = Turns.start(5, 7);
    Scenario s = t.scenario();
    s.await(s.client(1).put(1, 11));
    s.crash(t.primary(0));
    s.crash(t.primary(1));
    s.until(() -> s.cluster().leader() == t.primary(2), SOON, "the second in turn is primary");
    assertThat(viewOf(s.leader())).isEqualTo(t.view() + 2);
    s.await(s.client(2).put(2, 21));
    s.check();
  }

  @Test // B.3: a vote inflates nothing: who was cut off comes back to the same view
  public void aReplicaThatWasCutOffForLongDeposesNobody() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode lonely = t.primary(2);
    s.isolate(lonely);
    s.puts(1, 5, 0);
    s.run(Duration.ofSeconds(10));
    assertThat(viewOf(lonely)).isEqualTo(t.view());
    t.join();
    s.await(s.client(2).put(2, 21));
    s.check();
    assertThat(viewOf(s.leader())).isEqualTo(t.view());
    assertThat(s.count("leader.elected")).isEqualTo(1);
  }

  @Test // B.3: nor does one who does not hear the primary, but all others
  public void oneBrokenLinkDisturbsNobody() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    t.cut(t.primary(0), t.primary(1));
    for (int i = 0; i < 20; i++) {
      s.await(s.client(1).put(1, i));
      s.run(Duration.ofMillis(100));
    }
    assertThat(viewOf(s.leader())).isEqualTo(t.view());
    s.check();
    assertThat(s.count("leader.elected")).isEqualTo(1);
  }

  @Test // B.2 step 6: a primary whose disk hangs lets others take over
  public void aStalledDiskOfThePrimaryStopsNobody() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    s.stallDisk(old, Duration.ofSeconds(20));
    s.client(1).put(1, 11);
    s.untilAnotherLeads(Duration.ofSeconds(10), old);
    s.await(s.client(2).put(2, 12));
    s.run(Duration.ofSeconds(12));
    s.check();
  }

  @Test // B.8: a frozen primary that thaws believes to be one, and shows nobody what is over
  public void aThawedPrimaryServesNothingStale() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    s.pause(old);
    t.untilAnotherLeads(old);
    s.await(s.client(2).put(1, 12));
    t.keepTo(1, old);
    List<Pending> reads = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      reads.add(s.client(1).get(1));
    }
    s.resume(old);
    s.run(Duration.ofMillis(200));
    t.join();
    reads.forEach(read -> s.until(read::isDone, SOON, "the read ends"));
    s.check();
  }

  @Test // B.8: nor does one that was replaced without noticing
  public void aPrimaryThatDoesNotKnowOfItsSuccessorServesNothingStale() {
    int found = 0;
    for (long seed = 1; seed <= 4; seed++) {
      Turns t = Turns.start(patient(), 3, seed);
      Scenario s = t.scenario();
      SimNode old = t.primary(0);
      t.keepTo(1, old);
      s.happens("cut " + old.id() + " c2");
      s.isolate(old);
      t.untilAnotherLeads(old);
      s.await(s.client(2).put(1, 12));
      found += old.isLeader() ? 1 : 0;
      Pending read = s.client(1).get(1);
      s.run(Duration.ofMillis(100));
      t.join();
      s.until(read::isDone, SOON, "the read ends");
      s.check();
    }
    assertThat(found).as("seeds with a primary that did not know").isPositive();
  }

  @Test // B.2, B.8: a new primary knows what was acknowledged only once it has committed it itself
  public void aNewPrimaryServesReadsOnceItHasCommittedWhatItInherited() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode second = t.primary(1);
    SimNode third = t.primary(2);
    t.cut(old, third);
    final long op = t.committed() + 1;
    s.await(s.client(1).put(1, 11));
    assertThat(second.commitSlot()).isLessThan(op);
    s.crash(old);
    t.link(second, third).dropKind("Prepares");
    assertThat(t.untilAnotherLeads(old)).isSameAs(second);
    Pending read = s.client(2).get(1);
    s.run(Duration.ofMillis(100));
    assertThat(read.isDone()).isFalse();
    t.link(second, third).passKind("Prepares");
    s.await(read);
    assertThat(read.value()).isEqualTo(11);
    s.check();
  }

  /** Primaries give up so late that their successors have clients before. */
  private static VsrConfig patient() {
    return VsrConfig.defaults()
        .with(
            new VsrConfig.Timing(
                Duration.ofSeconds(4), Duration.ofMillis(50), Duration.ofSeconds(2)));
  }

  @Test // §4.1 step 5: an acknowledgement counts in its own view only, however late it comes
  public void anAcknowledgementOfAnEarlierViewCountsForNothing() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode second = t.primary(1);
    SimNode third = t.primary(2);
    final long before = t.committed();
    // The third one acknowledges ops that the primary has sent, and not yet written.
    t.cut(old, second);
    t.link(third, old).clog();
    s.stallDisk(old, Duration.ofSeconds(5));
    t.keepTo(1, old);
    final List<Pending> writes = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      writes.add(s.client(1).put(1, 100 + i));
      s.run(Duration.ofMillis(3));
    }
    s.until(() -> third.disk().lastSlot() >= before + 10, SOON, "the third one has the ops");
    s.run(Duration.ofMillis(20));
    final long acknowledged = third.disk().lastSlot();
    s.crash(old);
    old.disk().heal();
    // The next view begins without them: its quorum is who never had them, and who lost them.
    s.isolate(third);
    t.link(old, second).mend();
    t.link(second, old).mend();
    s.restart(old);
    assertThat(old.disk().lastSlot()).isLessThan(before + 5);
    assertThat(t.untilAnotherLeads(old)).isSameAs(second);
    s.await(s.client(2).put(2, 42));
    // The old primary's turn comes again, two views later, with the third one still in the dark.
    s.crash(second);
    s.restart(second);
    s.until(() -> old.isLeader(), Duration.ofSeconds(20), "the old primary's turn comes again");
    s.await(s.client(2).put(2, 43));
    s.crash(second);
    // Now it hears of the third one only what that one said in the first view.
    final long own = old.disk().lastSlot();
    writes.add(s.client(2).put(3, 30));
    t.link(third, old).unclog();
    s.until(() -> old.disk().lastSlot() > own, SOON, "it prepares an op that nobody else gets");
    s.run(Duration.ofMillis(20));
    assertThat(old.disk().lastSlot()).as("such an op was acknowledged").isLessThan(acknowledged);
    assertThat(old.commitSlot()).isEqualTo(own);
    s.heal();
    writes.forEach(write -> s.until(write::isDone, Duration.ofSeconds(20), "the write ends"));
    s.check();
  }

  @Test // V1, V2: a log is offered to a view only by who will never again take part in the one
  // before
  public void aReplicaThatOfferedItsLogIsTrueToTheNewViewAfterACrash() {
    for (long seed = 1; seed <= 6; seed++) {
      Turns t = Turns.start(3, seed);
      Scenario s = t.scenario();
      SimNode old = t.primary(0);
      SimNode second = t.primary(1);
      SimNode third = t.primary(2);
      // What the third one is to remember of the new view does not reach its disk.
      s.stallDisk(third, Duration.ofSeconds(5));
      t.link(old, second).cut();
      t.link(old, third).cut();
      s.until(() -> viewOf(third) > t.view(), SOON, "the third one enters the new view");
      s.run(Duration.ofMillis(3));
      s.isolate(second);
      s.crash(third);
      third.disk().heal();
      t.link(old, third).mend();
      s.restart(third);
      Pending write = s.client(1).put(1, 11);
      s.run(Duration.ofMillis(400));
      s.heal();
      s.until(write::isDone, Duration.ofSeconds(20), "the write ends");
      s.check();
    }
  }
}
