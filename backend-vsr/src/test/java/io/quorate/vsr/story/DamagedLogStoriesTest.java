// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.story;

import static io.quorate.vsr.story.Turns.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.Slab;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.world.VsrWorlds;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ops rot on the disks of replicas (design B.6); whoever has them whole gives them back. */
public final class DamagedLogStoriesTest {

  private static void rot(SimNode node, long... ops) {
    for (long op : ops) {
      assertThat(node.disk().rotEntry(op, 900)).isTrue();
    }
  }

  private static void checkMended(Scenario s) {
    s.until(
        () -> s.cluster().nodes().stream().allMatch(n -> n.disk().damaged().isEmpty()),
        SOON,
        "all disks are whole again");
    s.check();
    assertThat(s.count("node.halted by storage")).isZero();
  }

  @Test // B.6: what is damaged on a backup is fetched, and applied only then
  public void aBackupIsMended() {
    Turns t = Turns.start(3, 11);
    Scenario s = t.scenario();
    s.puts(1, 30, 100);
    SimNode backup = t.primary(1);
    s.crash(backup);
    rot(backup, 5, 6, 7, 20, backup.disk().lastSlot());
    s.puts(1, 5, 100);
    s.restart(backup);
    checkMended(s);
  }

  @Test // B.3 step 3: whoever is next mends its log before it leads
  public void theNextPrimaryIsMended() {
    Turns t = Turns.start(3, 11);
    Scenario s = t.scenario();
    s.puts(1, 30, 100);
    SimNode next = t.primary(1);
    s.crash(next);
    rot(next, 3, 12, 13, 14, next.disk().lastSlot());
    s.crash(t.primary(0));
    s.restart(next);
    t.untilAnotherLeads(t.primary(0));
    s.puts(2, 5, 100);
    checkMended(s);
  }

  private static boolean hasCheckpoint(@Nullable Entry entry) {
    if (entry == null || entry.kind() != EntryKind.COMMANDS) {
      return false;
    }
    Slab.Cursor cursor = new Slab.Cursor();
    cursor.reset(entry);
    while (cursor.advance()) {
      if (cursor.kind() == CommandKind.CHECKPOINT) {
        return true;
      }
    }
    return false;
  }

  @Test // B.6: what a new primary has not applied is damaged, and others keep only its outcome
  public void aPrimaryWhoseDamagedOpIsInSnapshotsOnlyYieldsAndIsSentOne() {
    VsrConfig eager = VsrConfig.defaults().with(new VsrConfig.Snapshots(1 << 20, 0));
    Scenario s =
        Scenario.of(VsrWorlds.with(eager)).limits(CheckpointStoriesTest.OFTEN).seed(11).start();
    Turns t = Turns.of(s);
    SimNode old = t.primary(0);
    SimNode next = t.primary(1);
    SimNode third = t.primary(2);
    s.untilEqual();
    Pending write;
    do {
      write = s.client(1).add(7, 1);
      Pending last = write;
      s.until(
          () -> last.isDone() || hasCheckpoint(next.disk().entry(next.disk().lastSlot())),
          SOON,
          "an op more");
    } while (!hasCheckpoint(next.disk().entry(next.disk().lastSlot())));
    s.crash(next);
    long op = next.disk().lastSlot();
    s.await(write);
    s.until(
        () -> old.disk().base().slot() >= op && third.disk().base().slot() >= op,
        SOON,
        "the others keep a snapshot in the place of the ops");
    rot(next, op - 1);
    s.crash(old);
    s.restart(next);
    t.untilAnotherLeads(old, third);
    assertThat(s.leader()).isEqualTo(next);
    t.untilAnotherLeads(old, next);
    assertThat(s.count("note.vsr §4.1 resigns")).isPositive();
    s.until(() -> next.disk().damaged().isEmpty(), SOON, "it was sent a snapshot");
    s.restart(old);
    checkMended(s);
    assertThat(s.count("snapshot.installed")).isPositive();
  }

  @Test // B.3 step 3: each has lost something else, all of them restart at once
  public void allAreDamagedInDifferentPlaces() {
    Turns t = Turns.start(3, 11);
    Scenario s = t.scenario();
    s.puts(1, 30, 100);
    s.run(Duration.ofSeconds(1));
    s.cluster().nodes().forEach(s::crash);
    long op = 4;
    for (SimNode node : s.cluster().nodes()) {
      rot(node, op, op + 10, op + 11);
      op += 3;
    }
    rot(s.node(3), s.node(3).disk().lastSlot());
    s.cluster().nodes().forEach(s::restart);
    s.puts(2, 5, 100);
    checkMended(s);
  }

  @Test // B.3 step 3, B.6: two of three copies are damaged: no nack quorum, so wait and never lie
  public void twoCorruptCopiesOfACommittedOpWaitAndNeverLie() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode late = t.primary(1);
    s.crash(late);
    s.puts(1, 1, 100);
    s.run(Duration.ofSeconds(1));
    final long op = t.committed();
    for (int i = 0; i < 3; i += 2) {
      SimNode node = t.primary(i);
      assertThat(node.disk().lastSlot()).isEqualTo(op);
      s.crash(node);
      rot(node, op);
    }
    s.cluster().nodes().forEach(s::restart);
    Pending read = s.client(2).get(1);
    s.run(Duration.ofSeconds(10));
    assertThat(s.count("note.vsr §4.2 wait")).isPositive();
    assertThat(s.cluster().leader()).as("rather nobody than one without the op").isNull();
    assertThat(read.succeeded()).isFalse();
    assertThat(t.primary(0).disk().lastSlot()).isEqualTo(op);
    assertThat(t.primary(2).disk().lastSlot()).isEqualTo(op);
  }

  @Test // B.3 step 3: nobody else has it, and a nack quorum says so: it was never committed
  public void anOpThatWasNeverCommittedIsGivenUp() {
    Turns t = Turns.start(3, 7);
    Scenario s = t.scenario();
    SimNode old = t.primary(0);
    t.keepTo(1, old);
    s.isolate(old);
    final List<Pending> lost = t.prepareAlone(old, 1, 1);
    final long op = old.disk().lastSlot();
    s.cluster().nodes().forEach(s::crash);
    rot(old, op);
    t.join();
    s.cluster().nodes().forEach(s::restart);
    t.untilAnotherLeads();
    s.until(lost.get(0)::isDone, Duration.ofSeconds(20), "the client learns what became of it");
    checkMended(s);
  }
}
