// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.story;

import static io.quorate.s3.story.Bucketful.SOON;
import static io.quorate.s3.story.Bucketful.by;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.s3.S3Config;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.objectstore.Hold;
import io.quorate.sim.objectstore.StoreOptions;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The adversarial interleavings of the design that concern readers, snapshots, clocks and
 * operators, by their numbers.
 */
public final class ReaderInterleavingsTest {

  @Test // F lags behind the watermark: absent slots send it to the root, and to the snapshot
  public void a10_14_slowReader() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode slow = s.follower(2);
    final long n = b.next();
    cutOff(s, slow);
    b.truncateAbove(1, n + 4, 1);
    s.heal();
    s.untilEqual();
    assertThat(s.count("snapshot.installed")).isPositive();
    s.check();
  }

  @Test // a late attempt re-creates a deleted slot: F applies what is the log, and goes on from
  // there
  public void a10_14_slowReaderOfARecreatedSlot() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode slow = s.follower(2);
    final long n = b.next();
    cutOff(s, slow);
    Hold duplicate = b.bucket().hold(b.data().and(b.slot(n)), 1);
    s.await(s.client(1).put(1, 11)); // by its second attempt
    assertThat(duplicate.holds()).isTrue();
    b.truncateAbove(1, n + 4, 1);
    duplicate.release();
    assertThat(b.isData(1, n)).as("the slot is there again").isTrue();
    assertThat(s.count("s3.late data below the watermark")).isEqualTo(1);
    s.heal();
    s.untilEqual();
    s.check();
  }

  private static void cutOff(Scenario s, SimNode node) {
    s.isolate(node);
    s.happens("store-cut " + node.id());
  }

  @Test // the snapshot that F reads is deleted meanwhile: it begins again with the root
  public void a10_15_snapshotRace() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode slow = s.follower(2);
    final long n = b.next();
    cutOff(s, slow);
    b.truncateAbove(1, n + 4, 1);
    s.heal();
    Hold parts =
        b.bucket()
            .hold(
                r -> r.request() instanceof ObjectRequest.Get && r.key().contains("/part-"), 1_000);
    s.until(parts::holds, SOON, "it reads a part of the snapshot");
    String part = parts.caught().getFirst().key();
    for (int i = 0; i < 3; i++) {
      s.puts(1, 3, 10);
      b.publish();
    }
    s.until(() -> b.bucket().get(part) == null, SOON, "the snapshot is deleted");
    parts.release();
    s.untilEqual();
    s.check();
  }

  @Test // L's snapshot is published after B took over: its replacement is void, its folder swept
  public void a10_15_lateSnapshotOfADeposedLeader() {
    S3Config sweeping =
        Bucketful.config()
            .with(new S3Config.Snapshots(1_000_000, 2_000, 2, Duration.ofMillis(700)));
    Bucketful b = Bucketful.start(3, sweeping, StoreOptions.CALM);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.puts(1, 4, 10);
    Hold late = b.bucket().hold(b.publication().and(by(old)), 100);
    b.askForSnapshot();
    s.until(late::holds, SOON, "the snapshot's replacement is on its way");
    final long slot = b.next() - 1;
    s.pause(old);
    b.untilAnotherLeads(old);
    late.release();
    assertThat(b.snapshotSlot()).isZero();
    s.resume(old);
    s.puts(2, 4, 10);
    b.publish();
    s.until(() -> !hasFolder(b, slot), SOON, "what L uploaded is swept");
    s.check();
  }

  private static boolean hasFolder(Bucketful b, long slot) {
    String folder = b.keys().snapshots() + String.format("%016x-", slot);
    return b.bucket().objects().keySet().stream().anyMatch(key -> key.startsWith(folder));
  }

  @Test // L publishes while B seals: B's claim is void, the second one finds B's own seals
  public void a10_16_snapshotCasBeforeTakeoverCas() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode candidate = s.follower(1);
    s.puts(1, 4, 10);
    final long n = b.next();
    Hold claim = b.bucket().hold(b.claim().and(by(candidate)), 1);
    s.isolate(candidate);
    s.until(claim::holds, SOON, "B claims");
    b.publish();
    claim.release();
    assertThat(s.count("s3.root replacement lost")).isPositive();
    s.until(() -> b.root().epoch() > 1, SOON, "somebody claims again");
    assertThat(b.endOf(1)).isEqualTo(n);
    s.await(s.client(1).put(1, 11));
    s.check();
  }

  @Test // B takes over while L publishes: L's replacement is void, and tells L that it is deposed
  public void a10_16_snapshotCasAfterTakeoverCas() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.puts(1, 4, 10);
    Hold publication = b.bucket().hold(b.publication().and(by(old)), 100);
    b.askForSnapshot();
    s.until(publication::holds, SOON, "L publishes");
    s.isolate(old);
    b.untilAnotherLeads(old);
    publication.release();
    assertThat(b.snapshotSlot()).isZero();
    s.until(() -> !old.isLeader(), SOON, "L learns that it was deposed");
    s.check();
  }

  @Test // L is cut off from B, but not from clients: what it answers is not stale
  public void a10_17_staleRead() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.isolate(old);
    onlySees(s, "c1", old);
    s.happens("cut-client c2 " + old.id());
    final Pending write = s.client(2).put(1, 12);
    for (int i = 0; i < 300; i++) {
      s.client(1).get(1);
      s.run(Duration.ofMillis(10));
    }
    assertThat(write.succeeded()).as("B has acknowledged a write").isTrue();
    s.heal();
    Pending read = s.client(1).get(1);
    s.await(read);
    assertThat(read.value()).isEqualTo(12);
    s.check();
  }

  @Test // the same with leases: B waits until L's lease is over, whatever L's clients ask
  public void a10_17_staleReadByLease() {
    Bucketful b = Bucketful.start(3, Bucketful.leases(Duration.ofSeconds(1)), StoreOptions.CALM);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.await(s.client(1).put(1, 11));
    s.isolate(old);
    onlySees(s, "c1", old);
    s.happens("cut-client c2 " + old.id());
    final Pending write = s.client(2).put(1, 12);
    for (int i = 0; i < 500; i++) {
      s.client(1).get(1, new ReadConsistency.Lease());
      s.run(Duration.ofMillis(10));
    }
    assertThat(write.succeeded()).as("B has acknowledged a write").isTrue();
    s.heal();
    Pending read = s.client(1).get(1, new ReadConsistency.Lease());
    s.await(read);
    assertThat(read.value()).isEqualTo(12);
    s.check();
  }

  private static void onlySees(Scenario s, String client, SimNode only) {
    for (SimNode node : s.cluster().nodes()) {
      if (node != only) {
        s.happens("cut-client " + client + " " + node.id());
      }
    }
  }

  @Test // L learns late that its write was executed: that proves nothing about now
  public void a10_18_leaseFromRetry() {
    Bucketful b = Bucketful.start(3, Bucketful.leases(Duration.ofSeconds(1)), StoreOptions.CALM);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.await(s.client(3).put(3, 10)); // so that it knows the leader
    final long n = b.next();
    Hold writes = b.bucket().hold(b.data().and(by(old)), 1_000);
    Hold reads = b.bucket().hold(by(old).and(r -> r.request() instanceof ObjectRequest.Get), 1_000);
    final Pending first = s.client(1).put(1, 11);
    s.until(writes::holds, SOON, "the slot is on its way");
    writes.releaseSilently();
    s.isolate(old);
    s.happens("cut-client c2 " + old.id());
    onlySees(s, "c3", old);
    b.untilAnotherLeads(old);
    assertThat(b.isData(1, n)).isTrue();
    s.await(s.client(2).put(1, 12));
    s.until(
        () -> reads.caught().stream().anyMatch(b.slot(n).and(r -> !r.answered())),
        SOON,
        "L asks for its slot");
    reads.release(b.slot(n)); // "it is mine": long after B began to acknowledge
    for (int i = 0; i < 50; i++) {
      s.client(3).get(1, new ReadConsistency.Lease());
      s.run(Duration.ofMillis(10));
    }
    reads.release();
    s.heal();
    s.await(first);
    s.check();
  }

  @Test // a follower showed what L does not know to be durable yet: later reads at L see it too
  public void a10_19_readRegressionAcrossReaders() {
    S3Config barrier =
        Bucketful.config().with(new S3Config.Reads(Duration.ZERO, 0.01, S3Config.ReadBarrier.SENT));
    Bucketful b = Bucketful.start(3, barrier, StoreOptions.CALM);
    Scenario s = b.scenario();
    SimNode leader = s.leader();
    final long n = b.next();
    Hold write = b.bucket().hold(b.data().and(by(leader)), 1);
    Hold readBack = b.bucket().hold(by(leader).and(b.slot(n)).and(r -> !r.mutates()), 1_000);
    final Pending first = s.client(1).put(1, 11);
    s.until(write::holds, SOON, "the slot is on its way");
    write.releaseSilently();
    Pending shown = null;
    for (int i = 0; i < 40 && (shown == null || !shown.isDone() || shown.value() != 11); i++) {
      shown = s.client(2 + i % 6).get(1, new ReadConsistency.Bounded(Duration.ofMillis(60)));
      s.run(Duration.ofMillis(50));
    }
    assertThat(shown.value()).as("a follower found it in the bucket").isEqualTo(11);
    assertThat(leader.commitSlot()).isLessThan(n);
    Pending read = s.client(1).get(1); // which knows the leader
    s.run(Duration.ofMillis(500));
    assertThat(read.isDone()).as("L does not answer without slot n").isFalse();
    readBack.release();
    s.await(first);
    s.await(read);
    assertThat(read.value()).isEqualTo(11);
    s.check();
  }

  @Test // deletes that arrive after everything else harm nobody
  public void a10_20_lateDelete() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.puts(1, 6, 10);
    b.publish();
    s.puts(1, 6, 10);
    Hold deletes = b.bucket().hold(b.deletesSlot(), 1_000);
    b.publish();
    s.until(deletes::holds, SOON, "what is below the watermark is deleted");
    s.crash(old);
    b.untilAnotherLeads(old);
    s.restart(old);
    s.puts(2, 6, 10);
    b.publish();
    deletes.release();
    s.puts(2, 2, 10);
    s.check();
  }

  @Test // two attempts of one key race: one is stored, the others meet their own bytes, or 409
  public void a10_21_hedgeStorm() {
    S3Config hedging =
        Bucketful.config()
            .with(
                new S3Config.Requests(
                    Duration.ofMillis(200),
                    Duration.ofMillis(400),
                    Duration.ofMillis(5),
                    Duration.ofMillis(20),
                    true,
                    4,
                    1 << 20,
                    Duration.ofMillis(20),
                    Duration.ofMillis(100)));
    StoreOptions tails =
        new StoreOptions(6_000_000, 2_000_000, 0.2, 300_000_000, 0.5, 1_000, false);
    Bucketful b = Bucketful.start(3, hedging, tails);
    Scenario s = b.scenario();
    s.puts(1, 120, 10);
    assertThat(s.count("s3.412 on own data")).isPositive();
    assertThat(s.count("store.409")).isPositive();
    s.check();
  }

  @Test // F got slots of epoch 2 by push, and then meets an orphan of epoch 1 in the bucket
  public void a10_22_pushThenStalePull() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    SimNode successor = s.follower(1);
    SimNode reader = s.follower(2);
    final long n = b.next();
    Hold lost = b.bucket().hold(b.data().and(by(old)).and(b.slot(n)), 100);
    final Pending first = s.client(1).put(1, 11);
    s.until(lost::holds, SOON, "slot n is on its way");
    final Pending second = s.client(2).put(2, 12);
    s.until(() -> b.isData(1, n + 1), SOON, "the orphan is there");
    // B hears nobody and takes over; F hears L as long as it leads, and sees nothing of the bucket.
    Hold roots = b.bucket().hold(by(reader).and(r -> r.key().equals(b.keys().root())), 1_000);
    s.happens("store-cut " + reader.id());
    s.partition(successor);
    b.bucket().hold(b.data().and(by(successor)).and(b.slot(n + 1)), 1_000);
    b.untilAnotherLeads(old);
    assertThat(s.leader()).isSameAs(successor);
    join(s, successor, reader);
    s.until(() -> reader.commitSlot() >= n, SOON, "F has slot n of epoch 2 by push");
    assertThat(reader.commitSlot()).isEqualTo(n);
    s.isolate(reader);
    Hold orphan = b.bucket().hold(by(reader).and(b.slot(n + 1)), 1);
    b.bucket().faults().mend(reader.id());
    s.until(orphan::holds, SOON, "F asks for the next slot where its old root says");
    assertThat(orphan.caught().getFirst().key()).isEqualTo(b.keys().slot(1, n + 1));
    orphan.release();
    s.run(Duration.ofMillis(100));
    assertThat(reader.commitSlot()).isEqualTo(n);
    roots.release();
    s.heal();
    s.await(first);
    s.await(second);
    s.check();
  }

  private static void join(Scenario s, SimNode one, SimNode other) {
    s.cluster().network().link(one.id().value(), other.id().value()).mend();
    s.cluster().network().link(other.id().value(), one.id().value()).mend();
  }

  @Test // clocks jump: nothing but consensus time and leases' rates ever looks at them
  public void a10_23_clockJump() {
    Bucketful b = Bucketful.start(3, Bucketful.leases(Duration.ofMillis(500)), StoreOptions.CALM);
    Scenario s = b.scenario();
    for (int i = 1; i <= 3; i++) {
      s.node(i).clock().step(i == 2 ? -3_600_000_000_000L : 7_200_000_000_000L);
      s.await(s.client(1).put(1, 20 + i));
      Pending read = s.client(2).get(1, new ReadConsistency.Lease());
      s.await(read);
      assertThat(read.value()).isEqualTo(20 + i);
    }
    SimNode old = s.leader();
    s.crash(old);
    b.untilAnotherLeads(old);
    s.await(s.client(1).put(1, 30));
    s.check();
  }

  @Test // an operator brings an old root back: nobody goes on with it, and all say why
  public void a10_24_rootWentBackwards() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    String key = b.keys().root();
    byte[] backup = Arrays.copyOf(b.bucket().get(key), b.bucket().get(key).length);
    SimNode old = s.leader();
    s.crash(old);
    b.untilAnotherLeads(old);
    s.restart(old);
    s.await(s.client(1).put(1, 11));
    s.untilEqual();
    s.run(Duration.ofSeconds(3));
    final byte[] newest = b.bucket().get(key);
    s.cluster().nodes().forEach(SimNode::expectHalt);
    b.bucket().plant(key, backup);
    s.until(() -> nobodyLives(s), SOON, "all refuse the root");
    b.bucket().plant(key, newest);
    s.await(s.client(1).put(1, 12));
    s.check();
  }

  private static boolean nobodyLives(Scenario s) {
    return s.cluster().nodes().stream().noneMatch(SimNode::isLive);
  }
}
