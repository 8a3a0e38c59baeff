// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.story;

import static io.quorate.s3.story.Bucketful.SOON;
import static io.quorate.s3.story.Bucketful.by;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.objectstore.Hold;
import io.quorate.sim.objectstore.SimRequest;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * The adversarial interleavings of the design that concern writing, sealing and taking over, by
 * their numbers. L is the leader that is deposed, B and C are those that would take its place.
 */
public final class InterleavingsTest {

  @Test // L's request for slot n is executed long after B sealed slot n: they never collide
  public void a10_01_latePutAfterTakeover() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    final long n = b.next();
    Hold late = b.bucket().hold(b.data().and(by(old)), 1);
    final Pending write = s.client(1).put(1, 11);
    s.until(late::holds, SOON, "the slot is on its way");
    s.pause(old);
    b.untilAnotherLeads(old);
    Pending other = s.client(2).put(1, 12);
    s.await(other);
    assertThat(b.endOf(1)).isEqualTo(n);
    assertThat(b.isData(2, n)).isTrue();

    late.release();
    assertThat(b.isSeal(1, n)).isTrue();
    assertThat(s.count("s3.412 on a seal")).isEqualTo(1);
    s.resume(old);
    s.until(() -> s.count("s3.outcome not committed") > 0, SOON, "L knows the outcome");
    s.await(write);
    s.check();
  }

  @Test // the same after the log around slot n was deleted: only the seal keeps L from
  // acknowledging
  public void a10_02_latePutAfterTruncation() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    final long n = b.next();
    Hold late = b.bucket().hold(b.data().and(by(old)), 1);
    final Pending write = s.client(1).put(1, 11);
    s.until(late::holds, SOON, "the slot is on its way");
    s.pause(old);
    b.untilAnotherLeads(old);
    b.truncateAbove(2, n + 4, 2);
    s.run(Duration.ofSeconds(2));
    assertThat(b.isSeal(1, n)).as("the seal outlives what is around it").isTrue();

    late.release();
    assertThat(s.count("s3.412 on a seal")).isEqualTo(1);
    s.resume(old);
    s.await(write);
    s.check();
  }

  @Test // executed, but the answer is lost: a 412 on one's own bytes is success
  public void a10_03_executedTimeout() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode leader = s.leader();
    final long n = b.next();
    Hold lost = b.bucket().holdNext(b.data().and(by(leader)));
    Pending write = s.client(1).put(1, 11);
    s.until(lost::holds, SOON, "the slot is on its way");
    lost.releaseSilently();
    s.await(write);
    assertThat(b.isData(1, n)).isTrue();
    assertThat(b.root().epoch()).isEqualTo(1);
    assertThat(s.leader()).isSameAs(leader);
    s.check();
  }

  @Test // slot n is lost, slot n + 1 is durable, L dies: n + 1 is no part of the log
  public void a10_04_hole() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    final long n = b.next();
    Hold lost = b.bucket().hold(b.data().and(by(old)).and(b.slot(n)), 100);
    final Pending first = s.client(1).put(1, 11);
    s.until(lost::holds, SOON, "slot n is on its way");
    final Pending second = s.client(2).put(2, 12);
    s.until(() -> b.isData(1, n + 1), SOON, "slot n + 1 is durable");
    s.crash(old);
    lost.drop();
    b.untilAnotherLeads(old);
    assertThat(b.endOf(1)).isEqualTo(n);
    assertThat(s.count("s3.orphan above a seal")).isEqualTo(1);
    s.restart(old);
    s.await(first);
    s.await(second);
    s.check();
  }

  @Test // while seals are on their way, L's late write takes the first of them: it is in the log
  public void a10_05_holeFilledDuringVolley() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    final long n = b.next();
    Hold late = b.bucket().hold(b.data().and(by(old)).and(b.slot(n)), 100);
    Hold seals = b.bucket().hold(b.seal(), 100);
    final Pending first = s.client(1).put(1, 11);
    s.until(late::holds, SOON, "slot n is on its way");
    s.pause(old);
    s.until(() -> sealsHeld(seals, b, n) && sealsHeld(seals, b, n + 1), SOON, "seals are sent");
    seals.release(b.slot(n + 1));
    late.release(request -> true);
    seals.release();
    b.untilAnotherLeads(old);
    assertThat(b.endOf(1)).isEqualTo(n + 1);
    assertThat(b.isData(1, n)).isTrue();
    s.resume(old);
    s.await(first);
    assertThat(s.count("s3.outcome not committed")).isZero();
    s.check();
  }

  private static boolean sealsHeld(Hold seals, Bucketful b, long slot) {
    return seals.caught().stream().anyMatch(b.slot(slot));
  }

  @Test // a seal lands where L's data was deleted: it is no verdict on what L wrote there
  public void a10_06_lateSealOnDeletedData() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    final long n = b.next();
    Hold late = b.bucket().hold(b.data().and(by(old)).and(b.slot(n)), 100);
    Hold seals = b.bucket().hold(b.seal(), 100);
    final Pending first = s.client(1).put(1, 11);
    s.until(late::holds, SOON, "slot n is on its way");
    s.pause(old);
    s.until(() -> sealsHeld(seals, b, n) && sealsHeld(seals, b, n + 1), SOON, "seals are sent");
    late.releaseSilently();
    seals.release(b.slot(n).negate());
    seals.close();
    b.untilAnotherLeads(old);
    assertThat(b.endOf(1)).isEqualTo(n + 1);
    b.truncateAbove(1, n, 2);
    seals.release();
    assertThat(b.isSeal(1, n)).as("junk below the watermark").isTrue();
    s.resume(old);
    s.await(first);
    // What reached L while it slept may be refused for good; what it wrote at n is in the log, and
    // a refusal of that would be found.
    s.check();
  }

  @Test // B scanned before L truncated: its seals land on deleted slots, its claim is void
  public void a10_07_slowCandidateMeetsTruncation() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode leader = s.leader();
    SimNode slow = s.follower(1);
    final long n = b.next();
    Hold seals = b.bucket().hold(b.seal().and(by(slow)), 100);
    s.isolate(slow);
    s.until(seals::holds, SOON, "the slow one wants to take over");
    b.truncateAbove(1, n + 8, 2);
    assertThat(b.root().epoch()).isEqualTo(1);
    Hold claims = b.bucket().hold(b.claim().and(by(slow)), 100);
    seals.release();
    assertThat(s.count("s3.junk seal below the watermark")).isPositive();
    s.run(Duration.ofSeconds(1));
    claims.release();
    s.heal();
    s.await(s.client(1).put(1, 11));
    assertThat(leader.isUp()).isTrue();
    s.check();
  }

  @Test // nothing is deleted before it is known that the watermark is above it
  public void a10_08_watermarkBeforeDelete() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    s.puts(1, 6, 10);
    b.publish();
    s.puts(1, 6, 10);
    Hold root = b.bucket().hold(b.publication(), 100);
    Hold deletes = b.bucket().hold(b.deletesSlot(), 1_000);
    b.askForSnapshot();
    s.until(root::holds, SOON, "the watermark is on its way");
    s.run(Duration.ofSeconds(2));
    assertThat(deletes.holds()).isFalse();
    root.release(request -> request == root.first());
    root.close();
    s.until(deletes::holds, SOON, "what is below the watermark is deleted");
    deletes.release();
    s.check();
  }

  @Test // B and C seal interleaved: both find the same end, one claim wins
  public void a10_09_twoCandidates() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    final SimNode first = s.follower(1);
    final SimNode second = s.follower(2);
    final long n = b.next();
    Hold seals = b.bucket().hold(b.seal(), 100);
    Hold claims = b.bucket().hold(b.claim(), 100);
    s.partition(first);
    s.crash(old);
    s.until(
        () -> seals.caught().stream().anyMatch(by(first)) && held(seals, by(second)),
        SOON,
        "both seal");
    seals.release(by(first).and(b.slot(n + 1)));
    seals.release(by(second).and(b.slot(n)));
    seals.release();
    s.until(() -> held(claims, by(first)) && held(claims, by(second)), SOON, "both claim");
    claims.release();
    s.heal();
    s.await(s.client(1).put(1, 11));
    assertThat(b.endOf(1)).isEqualTo(n);
    assertThat(s.count("s3.root replacement lost")).isPositive();
    s.check();
  }

  private static boolean held(Hold hold, Predicate<SimRequest> which) {
    return hold.caught().stream().anyMatch(which);
  }

  @Test // B's claim is executed, the answer is lost: B finds its own nonce and leads
  public void a10_10_ambiguousTakeoverCas() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    Hold claim = b.bucket().holdNext(b.claim());
    s.crash(old);
    s.until(claim::holds, SOON, "somebody claims");
    claim.releaseSilently();
    b.untilAnotherLeads(old);
    assertThat(b.root().epoch()).isEqualTo(2);
    assertThat(b.root().leader().node()).isEqualTo(s.leader().id());
    s.check();
  }

  @Test // the same, but B dies: nobody ever writes its epoch, and the next one leaves it out
  public void a10_10_ambiguousTakeoverCasOfADeadCandidate() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    Hold claim = b.bucket().holdNext(b.claim());
    s.crash(old);
    s.until(claim::holds, SOON, "somebody claims");
    SimRequest held = Objects.requireNonNull(claim.first());
    SimNode candidate = s.cluster().node(held.node());
    claim.releaseSilently();
    s.crash(candidate);
    SimNode third = b.untilAnotherLeads(candidate);
    assertThat(third).isNotSameAs(old);
    assertThat(b.root().epoch()).isEqualTo(3);
    assertThat(b.root().segments()).noneMatch(segment -> segment.epoch() == 2);
    assertThat(b.isSeal(2, b.endOf(2))).isTrue();
    s.check();
  }

  @Test // B gives up and dies, C takes over: B's old claim is void for ever
  public void a10_11_lateTakeoverCas() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    Hold claim = b.bucket().holdNext(b.claim());
    s.crash(old);
    s.until(claim::holds, SOON, "somebody claims");
    SimRequest held = Objects.requireNonNull(claim.first());
    SimNode candidate = s.cluster().node(held.node());
    s.crash(candidate);
    SimNode third = b.untilAnotherLeads(candidate);
    assertThat(b.root().epoch()).isEqualTo(2);
    claim.release();
    assertThat(b.root().leader().node()).isEqualTo(third.id());
    s.await(s.client(1).put(1, 11));
    s.check();
  }

  @Test // a node that restarts does not go on in its old epoch: it seals against its own writes
  public void a10_12_sameNodeRestarts() {
    Bucketful b = Bucketful.start(1);
    Scenario s = b.scenario();
    SimNode only = s.leader();
    final long n = b.next();
    Hold late = b.bucket().hold(b.data(), 1);
    final Pending write = s.client(1).put(1, 11);
    s.until(late::holds, SOON, "the slot is on its way");
    s.crash(only);
    s.restart(only);
    s.until(() -> s.cluster().leader() != null, SOON, "it leads again");
    assertThat(b.root().epoch()).isEqualTo(2);
    assertThat(b.endOf(1)).isEqualTo(n);
    late.release();
    assertThat(b.isSeal(1, n)).isTrue();
    s.await(write);
    s.check();
  }

  @Test // the same when the old write is executed before the seal: then it is in the log
  public void a10_12_sameNodeRestartsAfterItsOldWrite() {
    Bucketful b = Bucketful.start(1);
    Scenario s = b.scenario();
    SimNode only = s.leader();
    final long n = b.next();
    Hold late = b.bucket().hold(b.data(), 1);
    Hold seals = b.bucket().hold(b.seal(), 100);
    final Pending write = s.client(1).put(1, 11);
    s.until(late::holds, SOON, "the slot is on its way");
    s.crash(only);
    s.restart(only);
    s.until(seals::holds, SOON, "it seals");
    late.release();
    seals.release();
    s.until(() -> s.cluster().leader() != null, SOON, "it leads again");
    assertThat(b.endOf(1)).isEqualTo(n + 1);
    s.await(write);
    s.check();
  }

  @Test // L sleeps through several epochs: its next key was sealed at the first take-over
  public void a10_13_zombieThroughSeveralEpochs() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    final long n = b.next();
    Hold late = b.bucket().hold(b.data().and(by(old)), 1);
    final Pending write = s.client(1).put(1, 11);
    s.until(late::holds, SOON, "the slot is on its way");
    s.pause(old);
    for (int i = 0; i < 4; i++) {
      SimNode leader = b.untilAnotherLeads(old);
      s.puts(2, 2, 10);
      s.crash(leader);
      b.untilAnotherLeads(leader);
      s.restart(leader);
    }
    assertThat(b.root().epoch()).isGreaterThanOrEqualTo(5);
    late.release();
    assertThat(b.isSeal(1, n)).isTrue();
    s.resume(old);
    s.await(write);
    s.check();
  }
}
