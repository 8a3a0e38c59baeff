// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.story;

import static io.quorate.vsr.story.Turns.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.Role;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Restarts and lost disks (VRR §4.3, design B.4), one failure each, told in order. */
public final class RecoveryStoriesTest {

  @Test // B.4: after a power loss of the whole group everybody restarts from the disk
  public void aPowerLossOfTheWholeGroupLosesNothing() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    List<Pending> writes = new ArrayList<>();
    for (int round = 1; round <= 6; round++) {
      for (int client = 1; client <= 3; client++) {
        writes.add(s.client(client).add(7, 1));
      }
      s.run(Duration.ofNanos(round * 700_000L));
      s.cluster().nodes().forEach(s::crash);
      s.run(Duration.ofMillis(10));
      s.cluster().nodes().forEach(s::restart);
      s.until(() -> s.cluster().leader() != null, SOON, "somebody is primary again");
    }
    writes.forEach(s::await);
    Pending read = s.client(4).get(7);
    s.await(read);
    assertThat(read.value()).isEqualTo(writes.size());
    s.check();
  }

  @Test // B.4: the power fails again and again while the group recovers
  public void powerLossesDuringTheViewChangeLoseNothing() {
    for (long seed = 1; seed <= 10; seed++) {
      Turns t = Turns.start(3, seed);
      Scenario s = t.scenario();
      Pending write = s.client(1).add(7, 1);
      s.run(Duration.ofMillis(2));
      for (int round = 1; round <= 5; round++) {
        s.cluster().nodes().forEach(s::crash);
        s.cluster().nodes().forEach(s::restart);
        s.run(Duration.ofMillis(60L * seed + 20));
      }
      s.await(write);
      s.check();
    }
  }

  @Test // B.3: who restarted knows of no commit, which says nothing about its log
  public void aRestartedBackupThatKnowsOfNoCommitStillGivesItsLog() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode second = t.primary(1);
    SimNode third = t.primary(2);
    t.cut(old, second);
    s.puts(1, 10, 0);
    final long op = t.committed();
    s.crash(old);
    s.crash(third);
    s.restart(third);
    assertThat(third.commitSlot()).isZero();
    SimNode successor = t.untilAnotherLeads(old);
    assertThat(successor.disk().lastSlot()).isGreaterThanOrEqualTo(op);
    s.until(() -> second.commitSlot() >= op, SOON, "the ops are committed again");
    s.check();
  }

  @Test // B.4: a primary that restarts does not lead its view again, it asks for the next one
  public void aRestartedPrimaryDoesNotResume() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    s.client(1).put(1, 11);
    s.run(Duration.ofNanos(300_000));
    s.crash(old);
    s.restart(old);
    s.until(() -> s.cluster().leader() != null, SOON, "somebody is primary");
    assertThat(Turns.viewOf(s.leader())).isGreaterThan(t.view());
    s.check();
  }

  @Test // B.2: the power fails inside a sync, or inside what leaves after it: no ack without disk
  public void aBackupThatDiesInItsSyncHasAcknowledgedNothing() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode primary = t.primary(0);
    SimNode backup = t.primary(2);
    s.crash(t.primary(1));
    List<Pending> writes = new ArrayList<>();
    for (int effects = 1; effects <= 6; effects++) {
      s.until(() -> primary.isLeader() && role(backup) == Role.FOLLOWER, SOON, "both are there");
      writes.add(s.client(effects).add(7, 1));
      s.crashWithin(backup, effects);
      s.until(() -> !backup.isUp(), SOON, "the power fails");
      s.run(Duration.ofMillis(20));
      s.restart(backup);
      writes.forEach(s::await);
    }
    s.restart(t.primary(1));
    s.check();
  }

  @Test // B.4: RECOVERING_HEAD keeps out of every quorum; rather no view than one without an op
  public void aReplicaThatMayHaveLostOpsHelpsNobodyBeforeItHasThemAgain() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode second = t.primary(1);
    SimNode third = t.primary(2);
    t.cut(old, second);
    s.puts(1, 10, 0);
    s.crash(old);
    s.happens("lose-tail " + third.id() + " by 3 for 1ms");
    s.run(Duration.ofSeconds(5));
    assertThat(s.cluster().leader()).as("the lost ops are on the disk of the dead only").isNull();
    t.join();
    s.restart(old);
    t.untilAnotherLeads(third);
    s.await(s.client(2).put(2, 21));
    s.check();
    assertThat(s.count("note.vsr repair")).isPositive();
  }

  @Test // B.4: a disk that is lost is a member that is lost; the others go on without it
  public void aReplicaWhoseDiskIsWipedStaysAwayAndTheOthersGoOn() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode wiped = t.primary(0);
    s.puts(1, 10, 0);
    wiped.wipe();
    SimNode successor = t.untilAnotherLeads(wiped);
    s.puts(1, 10, 0);
    s.crash(successor);
    s.run(Duration.ofSeconds(3));
    assertThat(s.cluster().leader()).as("one of three is no quorum").isNull();
    s.restart(successor);
    s.puts(2, 3, 0);
    s.run(Duration.ofSeconds(1));
    assertThat(wiped.isUp()).isFalse();
  }

  @Test // VRR §4.3: a new disk, and the operator says so: nothing is lost, and it counts again
  public void aReplicaWhoseDiskIsLostRecoversFromTheOthers() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode second = t.primary(1);
    SimNode third = t.primary(2);
    t.cut(old, second);
    s.puts(1, 10, 0);
    third.loseDisk();
    t.cut(old, third);
    s.restart(third);
    s.run(Duration.ofSeconds(3));
    assertThat(s.cluster().leader()).as("the second lacks ops, the third is mute").isNull();
    assertThat(third.isLive()).isTrue();
    assertThat(role(third)).isEqualTo(Role.RECOVERING);
    assertThat(reason(third)).contains("its disk was lost").contains("so far " + second.id());
    t.join();
    s.until(() -> role(third) == Role.FOLLOWER, SOON, "it has recovered");
    s.crash(old);
    t.untilAnotherLeads(old);
    s.puts(2, 5, 0);
    s.restart(old);
    s.check();
    assertThat(s.count("note.vsr §4.3 recovery")).isEqualTo(1);
  }

  @Test // VRR §4.3: the primary dies while it recovers; one healthy replica is not enough
  public void whileThePrimaryIsDeadAReplicaThatRecoversWaits() {
    for (long seed = 1; seed <= 8; seed++) {
      Turns t = Turns.start(3, seed);
      Scenario s = t.scenario();
      SimNode old = t.primary(0);
      SimNode second = t.primary(1);
      SimNode wiped = t.primary(2);
      t.cut(old, second);
      s.puts(1, 5, 0);
      t.join();
      wiped.loseDisk();
      s.restart(wiped);
      s.run(Duration.ofMillis(3 * seed));
      s.crash(old);
      s.run(Duration.ofSeconds(3));
      if (role(wiped) == Role.RECOVERING) {
        assertThat(s.cluster().leader()).as("one healthy replica of three").isNull();
      }
      wiped.crash();
      s.restart(wiped);
      s.run(Duration.ofSeconds(1));
      s.restart(old);
      s.until(() -> role(wiped) == Role.FOLLOWER || wiped.isLeader(), SOON, "it has recovered");
      s.puts(2, 3, 0);
      s.check();
    }
  }

  @Test // VRR §4.3: it cannot tell amnesia from progress: if all have lost all, nobody begins anew
  public void aGroupThatHasLostAllDisksStaysMute() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    s.cluster().nodes().forEach(SimNode::loseDisk);
    s.cluster().nodes().forEach(s::restart);
    s.run(Duration.ofSeconds(10));
    for (SimNode node : s.cluster().nodes()) {
      assertThat(role(node)).isEqualTo(Role.RECOVERING);
      assertThat(node.commitSlot()).isZero();
      assertThat(reason(node)).contains("its disk was lost", "so far none has");
    }
  }

  @Test // VRR §4.3: disk after disk, each under load; no acknowledged op is lost
  public void diskAfterDiskIsLost() {
    Turns t = Turns.start(5, 3);
    Scenario s = t.scenario();
    List<Pending> writes = new ArrayList<>();
    for (int round = 0; round < 6; round++) {
      writes.add(s.client(1).add(7, 1));
      SimNode wiped = s.node(1 + round % 5);
      wiped.loseDisk();
      writes.add(s.client(2).add(7, 1));
      s.restart(wiped);
      s.until(
          () -> role(wiped) == Role.FOLLOWER || wiped.isLeader(),
          Duration.ofSeconds(20),
          wiped.id() + " has recovered");
    }
    writes.forEach(s::await);
    Pending read = s.client(4).get(7);
    s.await(read);
    assertThat(read.value()).isEqualTo(writes.size());
    s.check();
  }

  private static Role role(SimNode node) {
    ReplicaStatus status = node.status();
    return status == null ? Role.HALTED : status.role();
  }

  private static String reason(SimNode node) {
    ReplicaStatus status = node.status();
    return status == null ? "down" : status.roleReason();
  }

  @Test // B.4: why it must not: an empty disk denies what its identity has acknowledged
  public void aReplicaThatReturnsWithAnEmptyDiskUnderItsIdentityLosesWhatWasAcknowledged() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    SimNode second = t.primary(1);
    SimNode third = t.primary(2);
    t.cut(old, second);
    s.puts(1, 10, 0);
    s.crash(old);
    third.wipe();
    s.restart(third);
    assertThatThrownBy(() -> s.run(Duration.ofSeconds(5)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("offers the log of view 0, it had that of");
  }
}
