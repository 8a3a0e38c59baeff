// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.api.SessionOptions;
import io.quorate.core.runtime.RuntimeLimits;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.world.RaftWorlds;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One failure each, told in order. */
final class RaftStoriesTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private static Scenario.Builder story() {
    return Scenario.of(RaftWorlds.with(RaftConfig.defaults())).seed(7);
  }

  @Test // §5.1: the group goes on without its leader, and the leader learns that it was deposed
  void anIsolatedLeaderCommitsNothingAndIsReplaced() {
    Scenario s = story().start();
    s.await(s.client(1).put(1, 10));
    SimNode old = s.leader();
    s.isolate(old);
    long before = old.commitSlot();
    Pending write = s.client(1).put(1, 11);
    s.untilAnotherLeads(SOON, old);
    assertThat(old.commitSlot()).isEqualTo(before);
    s.heal();
    s.await(write);
    Pending read = s.client(2).get(1);
    s.await(read);
    assertThat(read.value()).isEqualTo(11);
    s.check();
  }

  @Test // §5.4.2, figure 8: an entry of an earlier term on a majority is not yet committed
  void figureEight() {
    RaftConfig oneByOne =
        RaftConfig.defaults().with(new RaftConfig.Pipeline(1, 1, 1 << 20, 8, 1 << 20, 1 << 20));
    Scenario s = Scenario.of(RaftWorlds.with(oneByOne)).nodes(5).seed(3).start();
    s.await(s.client(1).put(1, 10));
    s.run(Duration.ofMillis(500));
    SimNode s1 = s.leader();
    SimNode s2 = s.follower(1);
    List<SimNode> rest = s.cluster().nodes().stream().filter(n -> n != s1 && n != s2).toList();
    // (a) s1 has an entry that only s2 got.
    s.partition(s1, s2);
    final long slot = s1.disk().lastSlot() + 1;
    Pending lost = s.client(1).put(1, 11);
    s.until(() -> s2.disk().lastSlot() >= slot, SOON, "s2 has the entry");
    s.crash(s1);
    s.crash(s2);
    // (b) another leads a later term; what it appends stays with it.
    s.until(() -> s.cluster().leader() != null, SOON, "one of the other three leads");
    SimNode s5 = s.leader();
    s.isolate(s5);
    s.run(Duration.ofMillis(50));
    s.crash(s5);
    // (c) s1 is back and spreads its old entry to a majority, but no entry of its own term.
    for (SimNode node : rest) {
      s.crash(node);
    }
    s.heal();
    s.crash(s5);
    SimNode s3 = rest.stream().filter(n -> n != s5).findFirst().orElseThrow();
    s.until(() -> s3.disk().lastSlot() >= slot, SOON, "the old entry has spread");
    // (d) everybody crashes, and whoever is elected now decides.
    s.cluster().nodes().forEach(s::crash);
    for (SimNode node : rest) {
      s.restart(node);
    }
    s.until(() -> s.cluster().leader() != null, SOON, "three of five elect a leader");
    s.heal();
    s.until(lost::isDone, Duration.ofSeconds(20), "the client learns what became of it");
    s.check();
  }

  @Test // §9.6: pre-vote keeps a node that comes and goes from deposing the leader
  void aFlappingNodeDeposesNobody() {
    Scenario s = story().nodes(5).start();
    s.await(s.client(1).put(1, 10));
    SimNode leader = s.leader();
    long elections = s.count("leader.elected");
    s.happens("flap " + s.follower(2).id() + " by 400ms for 10s");
    for (int i = 0; i < 20; i++) {
      s.await(s.client(1).put(2, i + 1));
      s.run(Duration.ofMillis(500));
    }
    assertThat(s.leader()).isSameAs(leader);
    assertThat(s.count("leader.elected")).isEqualTo(elections);
    s.check();
  }

  @Test // §6.2: a leader that is not heard back from steps down
  void aLeaderThatHearsNobodyStepsDown() {
    Scenario s = story().start();
    s.await(s.client(1).put(1, 10));
    SimNode old = s.leader();
    s.happens("deafen " + old.id());
    s.untilAnotherLeads(SOON, old);
    assertThat(s.count("note.raft §6.2 check quorum")).isPositive();
    s.await(s.client(2).put(1, 11));
    s.check();
  }

  @Test // a follower that hears others, but not the leader, neither stops nor deposes it
  void oneBrokenLinkDisturbsNobody() {
    Scenario s = story().start();
    SimNode leader = s.leader();
    s.happens("cut " + leader.id() + " " + s.follower(1).id());
    long elections = s.count("leader.elected");
    s.puts(1, 30, 0);
    s.run(Duration.ofSeconds(3));
    assertThat(s.count("leader.elected")).isEqualTo(elections);
    assertThat(s.leader()).isSameAs(leader);
    s.check();
  }

  @Test // a leader whose disk hangs hands over, and the group goes on
  void aStalledDiskOfTheLeaderStopsNobody() {
    Scenario s = story().start();
    s.await(s.client(1).put(1, 10));
    SimNode old = s.leader();
    s.stallDisk(old, Duration.ofSeconds(20));
    s.client(1).put(1, 11);
    s.untilAnotherLeads(Duration.ofSeconds(10), old);
    s.await(s.client(2).put(2, 12));
    s.run(Duration.ofSeconds(12));
    s.check();
  }

  @Test // a frozen leader that thaws believes to lead, and may harm nobody
  void aThawedLeaderServesNothingStale() {
    Scenario s = story().start();
    s.await(s.client(1).put(1, 10));
    SimNode old = s.leader();
    s.pause(old);
    s.until(() -> s.cluster().leader() != null, SOON, "another leads");
    s.await(s.client(2).put(1, 11));
    Pending read = s.client(1).get(1);
    s.resume(old);
    s.await(read);
    assertThat(read.value()).isEqualTo(11);
    s.check();
  }

  private static Scenario withTinySnapshots(int chunkBytes) {
    return withTinySnapshots(chunkBytes, 2);
  }

  private static Scenario withTinySnapshots(int chunkBytes, int kept) {
    RuntimeLimits d = RuntimeLimits.DEFAULT;
    RuntimeLimits tiny =
        new RuntimeLimits(
            d.commandBytesMax(),
            d.inFlightBytesMax(),
            d.batchBytesMax(),
            d.batchCommandsMax(),
            d.readsWaitingMax(),
            d.readTimeout(),
            d.inboxMessagesMax(),
            d.applyBacklogBytesMax(),
            3_000,
            kept,
            4_000,
            d.sessionsMax());
    RaftConfig config = RaftConfig.defaults().with(new RaftConfig.Snapshots(chunkBytes, 0, 0));
    return Scenario.of(RaftWorlds.with(config)).seed(5).limits(tiny).start();
  }

  @Test // §7: a follower whose entries are gone gets a snapshot, then the rest of the log
  void aLaggingFollowerGetsASnapshotWhileTheLogIsCut() {
    Scenario s = withTinySnapshots(1 << 16);
    s.puts(1, 5, 100);
    SimNode lagging = s.follower(1);
    s.crash(lagging);
    s.puts(1, 100, 100);
    assertThat(s.leader().disk().base().slot()).isGreaterThan(lagging.disk().lastSlot());
    s.restart(lagging);
    for (int i = 0; i < 40; i++) {
      s.puts(2, 1, 100);
    }
    s.check();
    assertThat(s.count("snapshot.installed")).isPositive();
  }

  @Test // §7: the transfer takes so long that the log behind the snapshot is gone when it ends
  void aSnapshotThatIsOldWhenItArrivesIsFollowedByANewerOne() {
    Scenario s = withTinySnapshots(64);
    s.puts(1, 5, 100);
    SimNode lagging = s.follower(1);
    s.crash(lagging);
    s.puts(1, 60, 100);
    s.restart(lagging);
    s.until(() -> s.count("snapshot.chunk written") > 5, SOON, "a snapshot is on its way");
    s.isolate(lagging);
    s.puts(1, 60, 100);
    s.check();
    assertThat(s.count("snapshot.installed")).isPositive();
  }

  @Test // §7: one snapshot is kept, and the next is taken before it has arrived, again and again
  void aSnapshotIsNotPrunedUnderItsTransfer() {
    Scenario s = withTinySnapshots(16, 1);
    s.puts(1, 5, 100);
    SimNode lagging = s.follower(1);
    s.crash(lagging);
    s.puts(1, 60, 100);
    s.restart(lagging);
    s.until(() -> s.count("snapshot.chunk written") > 0, SOON, "a snapshot is on its way");
    final long saved = s.count("snapshot.saved");
    int writes = 0;
    for (; writes < 600 && s.count("snapshot.installed") == 0; writes++) {
      s.puts(2, 1, 100); // the load never pauses, so neither do the snapshots
    }
    assertThat(s.count("snapshot.saved"))
        .as("others were taken meanwhile")
        .isGreaterThanOrEqualTo(saved + 4);
    assertThat(s.count("snapshot.installed")).as("after %s writes", writes).isPositive();
    s.check();
  }

  @Test // a crash inside a turn leaves what was written and what was sent, and no more
  void crashesInsideTurnsLoseNothing() {
    Scenario s = story().start();
    for (int effects = 1; effects <= 12; effects++) {
      s.await(s.client(1).add(1, 1));
      SimNode leader = s.leader();
      s.crashWithin(leader, effects);
      Pending write = s.client(1).add(1, 1);
      s.until(write::isDone, Duration.ofSeconds(20), "the client is answered");
      s.heal();
    }
    Pending read = s.client(2).get(1);
    s.await(read);
    assertThat(read.value()).isEqualTo(24);
    s.check();
  }

  @Test // a session that expired says nothing about a command that was sent while it lived
  void aCommandWhoseAnswerWasLostIsNotCalledRefusedWhenItsSessionExpires() {
    Scenario s = story().start();
    var shortLived = new SessionOptions(SessionOptions.Order.NONE, Duration.ofSeconds(1));
    s.await(s.client(1, shortLived).put(1, 10));
    s.happens("cut-one-way " + s.leader().id() + " c1");
    Pending write = s.client(1).put(1, 11);
    s.run(Duration.ofMillis(100));
    for (SimNode node : s.cluster().nodes()) {
      s.happens("cut " + node.id() + " c1");
    }
    for (int i = 0; i < 10; i++) {
      s.run(Duration.ofMillis(500));
      s.puts(2, 1, 0);
    }
    s.heal();
    s.until(write::isDone, Duration.ofSeconds(20), "the client learns that its session is gone");
    assertThat(write.isIndeterminate()).isTrue();
    s.check();
  }

  @Test // a bounded read counts the time that the leader's word was under way
  void aLateWordOfTheLeaderIsNotFresh() {
    Scenario s = story().start();
    s.puts(1, 5, 0);
    SimNode follower = s.follower(1);
    s.happens("slow " + follower.id() + " by 100ms");
    for (int i = 0; i < 50; i++) {
      s.await(s.client(1).put(1, 100 + i));
      for (int client = 2; client <= 4; client++) {
        // Whichever replica each asks: the ledger knows what it must have seen.
        s.client(client).get(1, ReadConsistency.bounded(Duration.ofMillis(120)));
      }
      s.run(Duration.ofMillis(37));
    }
    s.check();
  }
}
