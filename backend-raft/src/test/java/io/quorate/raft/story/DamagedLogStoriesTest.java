// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.runtime.RuntimeLimits;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.world.RaftWorlds;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.disk.SimDisk;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Entries rot on the disks of replicas; whoever has them whole gives them back. */
final class DamagedLogStoriesTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  /** Memory holds next to nothing of the log, so that the disk is read. */
  private static Scenario.Builder forgetful() {
    RaftConfig config =
        RaftConfig.defaults().with(new RaftConfig.Pipeline(4_000, 8, 64_000, 32, 1 << 20, 1_000));
    return Scenario.of(RaftWorlds.with(config)).seed(11).limits(limits(1 << 30, Duration.ZERO));
  }

  private static RuntimeLimits limits(long snapshotEveryLogBytes, Duration scrubEvery) {
    RuntimeLimits d = RuntimeLimits.DEFAULT;
    return new RuntimeLimits(
            d.commandBytesMax(),
            d.inFlightBytesMax(),
            d.batchBytesMax(),
            d.batchCommandsMax(),
            d.readsWaitingMax(),
            d.readTimeout(),
            d.inboxMessagesMax(),
            d.applyBacklogBytesMax(),
            snapshotEveryLogBytes,
            2,
            1_000,
            d.sessionsMax())
        .withScrubEvery(scrubEvery);
  }

  private static void rot(SimNode node, long... slots) {
    for (long slot : slots) {
      assertThat(node.disk().rotEntry(slot, 900)).isTrue();
    }
  }

  private static boolean sound(Scenario s) {
    return s.cluster().nodes().stream().map(SimNode::disk).allMatch(d -> d.damaged().isEmpty());
  }

  private static void checkMended(Scenario s) {
    s.until(() -> sound(s), SOON, "all disks are whole again");
    s.check();
    assertThat(s.count("node.halted by storage")).isZero();
    assertThat(s.count("disk.start refused")).isZero();
  }

  @Test // C.7: what is damaged on a follower is fetched, and applied only then
  void aFollowerIsMended() {
    Scenario s = forgetful().start();
    s.puts(1, 30, 100);
    SimNode follower = s.follower(1);
    s.crash(follower);
    rot(follower, 5, 6, 7, 20, follower.disk().lastSlot());
    s.puts(1, 5, 100);
    s.restart(follower);
    checkMended(s);
    assertThat(s.count("disk.restart with faulty slots")).isPositive();
  }

  @Test // C.7: a leader that restarts with damage is mended by those who follow
  void aLeaderIsMended() {
    Scenario s = forgetful().start();
    s.puts(1, 30, 100);
    SimNode leader = s.leader();
    s.crash(leader);
    rot(leader, 3, 12, 13, 14, leader.disk().lastSlot());
    s.restart(leader);
    s.puts(2, 5, 100);
    checkMended(s);
  }

  @Test // C.7: each has lost something else, all of them restart at once
  void allAreDamagedInDifferentPlaces() {
    Scenario s = forgetful().start();
    s.puts(1, 30, 100);
    s.run(SOON);
    s.cluster().nodes().forEach(s::crash);
    long slot = 4;
    for (SimNode node : s.cluster().nodes()) {
      rot(node, slot, slot + 10, slot + 11);
      slot += 3;
    }
    s.cluster().nodes().forEach(s::restart);
    s.puts(2, 5, 100);
    checkMended(s);
  }

  @Test // C.7: sends of a damaged entry wait for its repair, and a load that it cut short waits
  void whatALeaderCannotReadIsMendedBeforeItIsSent() {
    Scenario s = forgetful().start();
    s.puts(1, 3, 100);
    SimNode late = s.follower(1);
    s.crash(late);
    s.puts(1, 30, 100);
    SimNode leader = s.leader();
    rot(leader, late.disk().lastSlot() + 1, late.disk().lastSlot() + 4);
    s.restart(late);
    checkMended(s);
    assertThat(s.count("log.damage met")).isPositive();
  }

  @Test // B.6: a scrub finds what nobody reads, and a misdirected write is damage
  void aScrubFindsWhatNobodyReads() {
    Scenario s = forgetful().limits(limits(1 << 30, Duration.ofSeconds(2))).start();
    s.puts(1, 30, 100);
    SimDisk disk = s.follower(1).disk();
    assertThat(disk.rotEntry(4, 900)).isTrue();
    assertThat(disk.misdirect(9, 10)).isTrue();
    SimNode follower = s.follower(1);
    checkMended(s);
    s.run(SOON); // to the end of the scrub
    Map<String, Long> counters = Objects.requireNonNull(follower.report()).counters();
    assertThat(counters.get("log_scrubs")).isPositive();
    assertThat(counters.get("entries_repaired")).isEqualTo(2);
  }

  @Test // C.7: others have only a snapshot in the place of what is damaged
  void aSnapshotStandsForWhatOthersForgot() {
    RaftConfig config =
        RaftConfig.defaults()
            .with(new RaftConfig.Pipeline(4_000, 8, 64_000, 32, 1 << 20, 1_000))
            .with(new RaftConfig.Snapshots(1 << 16, 0, 0));
    Scenario s =
        Scenario.of(RaftWorlds.with(config)).seed(5).limits(limits(3_000, Duration.ZERO)).start();
    s.puts(1, 8, 100);
    SimNode follower = s.follower(1);
    s.crash(follower);
    SimDisk disk = follower.disk();
    rot(follower, disk.lastSlot() - 1, disk.lastSlot());
    s.puts(1, 60, 100);
    assertThat(s.leader().disk().base().slot()).isGreaterThan(disk.lastSlot());
    s.restart(follower);
    checkMended(s);
    assertThat(s.count("snapshot.installed")).isPositive();
  }

  @Test // C.7: nobody else has it, and all say so: it was never committed
  void anEntryThatWasNeverCommittedIsGivenUp() {
    Scenario s = forgetful().start();
    s.puts(1, 10, 100);
    s.run(SOON);
    final SimNode leader = s.leader();
    List<SimNode> others = s.cluster().nodes().stream().filter(n -> n != leader).toList();
    s.crash(others.get(1));
    s.happens("isolate " + leader.id() + " for 100ms");
    long slot = leader.disk().lastSlot() + 1;
    Pending lost = s.client(1).put(1, 77);
    s.until(() -> leader.disk().lastSlot() >= slot, SOON, "the leader alone has the entry");
    s.crash(leader);
    s.crash(others.get(0));
    s.run(Duration.ofSeconds(1));
    rot(leader, slot);
    s.restart(leader);
    s.restart(others.get(0));
    s.until(() -> s.cluster().leader() == leader, SOON, "only its log is long enough to lead");
    s.run(SOON);
    assertThat(leader.disk().isDamaged(slot)).as("one denial is not enough").isTrue();
    assertThat(s.count("note.raft repair discard")).isZero();
    s.restart(others.get(1));
    s.until(() -> s.count("note.raft repair discard") > 0, SOON, "the entry is given up");
    s.until(lost::isDone, Duration.ofSeconds(20), "the client learns what became of it");
    checkMended(s);
  }

  @Test // C.7: two copies of a committed entry are damaged; the third replica never had it
  void whatTwoHaveLostIsNeverDenied() {
    Scenario s = forgetful().start();
    s.puts(1, 10, 100);
    SimNode late = s.follower(1);
    s.crash(late);
    s.puts(1, 1, 100);
    s.run(SOON);
    long slot = s.leader().disk().lastSlot();
    for (SimNode node : s.cluster().nodes()) {
      if (node != late) {
        s.crash(node);
        rot(node, slot);
      }
    }
    s.cluster().nodes().forEach(s::restart);
    s.run(Duration.ofSeconds(20));
    for (SimNode node : s.cluster().nodes()) {
      assertThat(node.disk().isDamaged(slot)).isEqualTo(node != late);
    }
    assertThat(s.count("note.raft repair discard")).isZero();
  }
}
