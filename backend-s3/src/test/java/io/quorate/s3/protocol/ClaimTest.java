// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import static io.quorate.s3.protocol.Bench.A;
import static io.quorate.s3.protocol.Bench.B;
import static io.quorate.s3.protocol.Bench.C;
import static io.quorate.s3.protocol.Bench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.s3.S3Config;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.protocol.Bench.Member;
import io.quorate.sim.contract.RecordingEffects;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A.5.2, A.5.4, A.5.5 and A.5.8: how epochs begin and end. */
class ClaimTest {
  private final Bench bench = new Bench(A, B, C);

  private static int count(Bench bench, String key, Class<?> kind) {
    return (int)
        bench.bucket.executed.stream()
            .filter(r -> r.key().equals(key) && kind.isInstance(r))
            .count();
  }

  /** A leads, B and C follow. */
  private Member led() {
    Member a = bench.start(A);
    bench.settle();
    bench.start(B);
    bench.start(C);
    bench.run(Duration.ofSeconds(2));
    assertThat(a.leads()).isTrue();
    return a;
  }

  private Member member(NodeId id) {
    Member member = bench.running.get(id);
    if (member == null) {
      throw new AssertionError(id + " is not running");
    }
    return member;
  }

  @Test
  void anEmptyPrefixIsFoundedByOneOfMany() {
    bench.start(A);
    bench.start(B);
    bench.start(C);
    bench.run(Duration.ofSeconds(2));
    assertThat(bench.running.values().stream().filter(Member::leads)).hasSize(1);
    assertThat(bench.root().epoch()).isEqualTo(1);
    bench.running.values().forEach(m -> assertThat(m.committed()).isEqualTo(1));
  }

  @Test
  void aFounderWhoseAnswerWasLostReadsItsOwnNonce() {
    Member a = bench.start(A);
    a.carryOut(a.take(ObjectRequest.Get.class, "root"));
    assertThat(a.phase()).isEqualTo("BOOTSTRAP");
    a.loseAnswer(a.take(ObjectRequest.Create.class, "root"));
    a.settle();
    assertThat(a.leads()).isTrue();
    assertThat(bench.root().version()).isEqualTo(1);
  }

  @Test
  void aSingleNodeNeedsNoPeer() {
    Bench alone = new Bench(A);
    Member a = alone.start(A);
    a.settle();
    assertThat(a.leads()).isTrue();
    a.submit();
    a.settle();
    assertThat(a.committed()).isEqualTo(2);
  }

  @Test
  void aRestartTakesANewEpochAtOnce() {
    Bench alone = new Bench(A);
    Member first = alone.start(A);
    first.settle();
    first.submit();
    first.submit();
    RecordingEffects.Asked late = first.take(ObjectRequest.Create.class, slot(1, 2));
    Member second = alone.start(A);
    second.settle();
    assertThat(second.leads()).isTrue();
    assertThat(alone.root().epoch()).isEqualTo(2);
    assertThat(alone.root().open().start()).isEqualTo(2);
    // T8: what the old process still has under way lands on a seal.
    assertThat(alone.bucket.execute(late.request()))
        .isInstanceOf(ObjectResult.PreconditionFailed.class);
    assertThat(alone.object(1, 2)).isInstanceOf(StoredObject.Seal.class);
  }

  @Test
  void theLeaderIsReplacedWithinEightSecondsOfItsDeath() {
    Member a = led();
    a.submit();
    bench.settle();
    bench.running.remove(A);
    bench.run(Duration.ofSeconds(7));
    assertThat(bench.root().epoch()).isEqualTo(2);
    assertThat(member(B).leads() || member(C).leads()).isTrue();
    assertThat(bench.root().open().start()).isEqualTo(3);
    assertThat(member(B).committed()).isEqualTo(3);
    assertThat(member(C).committed()).isEqualTo(3);
  }

  @Test
  void aLeaderThatAnotherMemberHearsIsLeftAlone() {
    Member a = led();
    // B hears nobody but C: A's words to B are lost.
    for (int i = 0; i < 100; i++) {
      a.out.sent.removeIf(m -> m.to().equals(B));
      bench.run(Duration.ofMillis(100));
      a.out.sent.removeIf(m -> m.to().equals(B));
    }
    assertThat(bench.root().epoch()).isEqualTo(1);
    assertThat(a.leads()).isTrue();
  }

  @Test
  void aRumourDoesNotKeepADeadLeaderAlive() {
    led();
    bench.running.remove(A);
    Member c = member(C);
    bench.run(Duration.ofSeconds(2));
    // B is told again and again that C hears the leader; it must not tell that on as its own.
    Member b = member(B);
    bench.advance(Duration.ofSeconds(2));
    b.step(new Event.Received(C, new S3Message.Pong(1, true)));
    b.out.sent.clear();
    b.step(new Event.Received(C, new S3Message.Ping(1)));
    assertThat(b.out.sent)
        .extracting(m -> m.message())
        .containsExactly(new S3Message.Pong(1, false));
    assertThat(c.leads()).isFalse();
  }

  @Test
  void aLeaderThatIsCutOffButAppendsIsLeftAlone() {
    Member a = led();
    a.cut = true;
    for (int i = 0; i < 20; i++) {
      a.submit();
      bench.run(Duration.ofMillis(500));
    }
    assertThat(bench.root().epoch()).isEqualTo(1);
    assertThat(a.leads()).isTrue();
    assertThat(member(B).committed()).isGreaterThan(10); // read from the bucket
  }

  @Test
  void theTakeOverUsesTheEtagReadBeforeTheScan() {
    Member a = led();
    bench.running.remove(A);
    Member b = member(B);
    bench.running.remove(C);
    while (!b.phase().equals("CASING")) {
      bench.advance(Duration.ofMillis(100));
      b.wait(Duration.ZERO);
      while (!b.out.asked.isEmpty() && !b.phase().equals("CASING")) {
        b.carryOut(b.out.asked.removeFirst());
      }
    }
    // The leader of before replaces the root while the candidate was scanning.
    byte[] moved = bench.root().withLease(new java.util.UUID(7, 7), 0).bytes();
    bench.bucket.put(bench.keys.root(), moved);
    ObjectResult result = b.carryOut(b.take(ObjectRequest.Replace.class, "root"));
    assertThat(result).isInstanceOf(ObjectResult.PreconditionFailed.class);
    b.settle();
    assertThat(bench.root().epoch()).isEqualTo(1);
    assertThat(b.phase()).isEqualTo("FOLLOWER");
    assertThat(a.leads()).isTrue();
  }

  @Test
  void anAmbiguousReplacementIsReadBackByItsNonce() {
    led();
    bench.running.remove(A);
    bench.running.remove(C);
    Member b = member(B);
    b.held = true;
    while (!b.asks(ObjectRequest.Replace.class, "root")) {
      bench.advance(Duration.ofMillis(100));
      b.wait(Duration.ZERO);
      while (!b.out.asked.isEmpty() && !b.asks(ObjectRequest.Replace.class, "root")) {
        b.carryOut(b.out.asked.removeFirst());
      }
    }
    b.loseAnswer(b.take(ObjectRequest.Replace.class, "root"));
    assertThat(b.phase()).isEqualTo("CASING");
    b.settle();
    assertThat(b.leads()).isTrue();
    assertThat(bench.root().epoch()).isEqualTo(2);
    assertThat(count(bench, bench.keys.root(), ObjectRequest.Replace.class)).isEqualTo(1);
  }

  @Test
  void aReplacementThatWasNotExecutedIsResentWithTheSameBytes() {
    led();
    bench.running.remove(A);
    bench.running.remove(C);
    Member b = member(B);
    b.held = true;
    while (!b.asks(ObjectRequest.Replace.class, "root")) {
      bench.advance(Duration.ofMillis(100));
      b.wait(Duration.ZERO);
      while (!b.out.asked.isEmpty() && !b.asks(ObjectRequest.Replace.class, "root")) {
        b.carryOut(b.out.asked.removeFirst());
      }
    }
    RecordingEffects.Asked first = b.take(ObjectRequest.Replace.class, "root");
    b.answer(first, new ObjectResult.Unclear("timeout"));
    b.carryOut(b.take(ObjectRequest.Get.class, "root"));
    b.wait(Duration.ofSeconds(1));
    RecordingEffects.Asked second = b.take(ObjectRequest.Replace.class, "root");
    assertThat(((ObjectRequest.Replace) second.request()).bytes())
        .isEqualTo(((ObjectRequest.Replace) first.request()).bytes());
    b.carryOut(second);
    b.settle();
    assertThat(b.leads()).isTrue();
  }

  @Test
  void holesEndTheSegmentAndWhatIsBehindThemAreOrphans() {
    Member a = led();
    a.held = true;
    a.submit();
    a.submit();
    a.take(ObjectRequest.Create.class, slot(1, 2)); // never executed
    bench.bucket.execute(a.take(ObjectRequest.Create.class, slot(1, 3)).request());
    bench.running.remove(A);
    bench.run(Duration.ofSeconds(8));
    assertThat(bench.root().open().start()).isEqualTo(2);
    assertThat(bench.root().endOf(1).end()).isEqualTo(2);
    assertThat(member(B).committed()).isEqualTo(2);
    assertThat(bench.object(2, 2)).isInstanceOf(StoredObject.Data.class);
  }

  @Test
  void aSealIsNoVerdictWithoutTheRoot() {
    // A.10-6: B took over with slot 2 in the log, truncated and deleted it; a late seal of the
    // volley was created there since.
    Member a = led();
    a.held = true;
    a.submit();
    RecordingEffects.Asked put = a.take(ObjectRequest.Create.class, slot(1, 2));
    bench.bucket.execute(put.request());
    a.cut = true;
    bench.run(Duration.ofSeconds(8));
    assertThat(bench.root().endOf(1).end()).isEqualTo(3);
    bench.bucket.remove(bench.keys.slot(1, 2));
    bench.seal(1, 2);
    a.answer(put, new ObjectResult.Unclear("timeout"));
    a.settle();
    assertThat(a.committed()).isGreaterThanOrEqualTo(2);
    assertThat(a.out.notCommitted).isEmpty();
    assertThat(a.phase()).isEqualTo("FOLLOWER");
  }

  @Test
  void aDeposedLeaderTellsEachCommandItsOutcome() {
    Member a = led();
    a.held = true;
    a.submit();
    a.submit();
    bench.bucket.execute(a.take(ObjectRequest.Create.class, slot(1, 2)).request());
    RecordingEffects.Asked lost = a.take(ObjectRequest.Create.class, slot(1, 3));
    a.cut = true;
    bench.run(Duration.ofSeconds(8));
    assertThat(bench.root().endOf(1).end()).isEqualTo(3);
    int roles = a.out.roles.size();
    a.lazy = true;
    a.answer(lost, new ObjectResult.Unclear("timeout"));
    a.settle(); // finds a seal, then the root
    assertThat(a.out.notCommitted).singleElement().matches(n -> n.fromSlot() == 3);
    assertThat(a.out.commits.getLast()).isGreaterThanOrEqualTo(2);
    // The role changes only when the callers of committed slots have their answers.
    assertThat(a.out.roles).hasSize(roles);
    assertThat(a.phase()).isEqualTo("RESOLVING");
    a.apply();
    assertThat(a.phase()).isEqualTo("FOLLOWER");
  }

  @Test
  void theNextLeaderWaitsOutTheLease() {
    S3Config leased =
        Bench.CONFIG.with(
            new S3Config.Reads(Duration.ofSeconds(5), 0.01, S3Config.ReadBarrier.COMMITTED));
    Bench two = new Bench(leased, A, B);
    two.start(A);
    two.settle();
    Member b = two.start(B);
    two.run(Duration.ofSeconds(1));
    two.running.remove(A);
    while (!b.phase().equals("WAIT_LEASE")) {
      two.run(Duration.ofMillis(10));
    }
    long puts = two.bucket.keys().stream().filter(k -> k.contains(slot(2, 2))).count();
    two.run(Duration.ofSeconds(5));
    assertThat(b.phase()).isEqualTo("WAIT_LEASE");
    assertThat(puts).isZero();
    assertThat(two.bucket.has(two.keys.slot(2, 2))).isFalse();
    two.run(Duration.ofMillis(200));
    assertThat(b.leads()).isTrue();
  }

  @Test
  void aPlannedHandOverNeedsNoDetection() {
    Member a = led();
    a.submit();
    a.admin(7, C);
    bench.run(Duration.ofMillis(900));
    assertThat(member(C).leads()).isTrue();
    assertThat(bench.root().epoch()).isEqualTo(2);
    assertThat(a.phase()).isEqualTo("FOLLOWER");
    assertThat(a.out.admins).containsEntry(7L, "done");
    assertThat(a.out.notCommitted).isEmpty();
    assertThat(bench.root().endOf(1).end()).isEqualTo(3);
    // One seal, and no volley.
    assertThat(bench.bucket.keys()).noneMatch(k -> k.endsWith(slot(1, 4)));
  }

  @Test
  void aHandOverWithoutATargetGoesToWhoeverIsAlive() {
    Member a = led();
    bench.running.remove(B);
    bench.run(Duration.ofSeconds(5));
    a.admin(8, null);
    bench.run(Duration.ofMillis(900));
    assertThat(member(C).leads()).isTrue();
  }

  @Test
  void aSingleNodeHasNobodyToHandOverTo() {
    Bench alone = new Bench(A);
    Member a = alone.start(A);
    a.settle();
    a.admin(9, null);
    assertThat(a.out.admins).containsEntry(9L, RefusalCode.UNSUPPORTED.name());
    assertThat(a.leads()).isTrue();
  }

  @Test
  void aSuccessorThatStaysSilentIsReported() {
    Member a = led();
    bench.running.remove(B);
    a.admin(10, B);
    bench.run(Duration.ofSeconds(4));
    assertThat(a.out.admins).containsEntry(10L, RefusalCode.NOT_READY.name());
    bench.run(Duration.ofSeconds(5));
    assertThat(bench.root().epoch()).isEqualTo(2);
    assertThat(a.leads() || member(C).leads()).isTrue();
  }

  @Test
  void everybodyMayBeGoneAndTheLogIsStillThere() {
    Member a = led();
    for (int i = 0; i < 10; i++) {
      a.submit();
      bench.settle();
    }
    bench.running.clear();
    bench.advance(Duration.ofHours(1));
    bench.start(B);
    bench.start(C);
    bench.run(Duration.ofSeconds(8));
    assertThat(bench.root().epoch()).isEqualTo(2);
    assertThat(member(B).committed()).isEqualTo(12);
    assertThat(member(C).committed()).isEqualTo(12);
  }

  @Test
  void aRefusalOfTheStoreIsToldAndRetried() {
    Member a = bench.start(A);
    for (int i = 0; i < 5; i++) {
      a.answer(
          a.take(ObjectRequest.Get.class, "root"),
          new ObjectResult.Refused("no bucket of this name"));
      a.wait(Duration.ofSeconds(10));
    }
    assertThat(a.core.status().roleReason()).contains("no bucket of this name");
    assertThat(a.out.halts).isEmpty();
    a.settle();
    assertThat(a.leads()).isTrue();
    assertThat(a.core.status().roleReason()).doesNotContain("no bucket");
  }
}
