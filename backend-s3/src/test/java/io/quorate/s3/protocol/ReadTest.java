// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import static io.quorate.s3.protocol.Bench.A;
import static io.quorate.s3.protocol.Bench.B;
import static io.quorate.s3.protocol.Bench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.s3.S3Config;
import io.quorate.s3.protocol.Bench.Member;
import io.quorate.sim.contract.RecordingEffects;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A.6: reads. */
class ReadTest {
  private static final S3Config LEASED =
      Bench.CONFIG.with(
          new S3Config.Reads(Duration.ofSeconds(5), 0.01, S3Config.ReadBarrier.COMMITTED));

  private static final S3Config COMMITTED =
      Bench.CONFIG.with(new S3Config.Reads(Duration.ZERO, 0.01, S3Config.ReadBarrier.COMMITTED));

  private static Member leader(Bench bench) {
    Member a = bench.start(A);
    bench.settle();
    assertThat(a.leads()).isTrue();
    return a;
  }

  @Test
  void aReadWaitsForARootReadThatBeganAfterIt() {
    Bench bench = new Bench(A);
    Member a = leader(bench);
    a.held = true;
    long first = a.read(ReadConsistency.LINEARIZABLE);
    RecordingEffects.Asked get = a.take(ObjectRequest.Get.class, "root");
    long second = a.read(ReadConsistency.LINEARIZABLE);
    long third = a.read(ReadConsistency.LINEARIZABLE);
    assertThat(a.out.asked).isEmpty(); // one at a time
    assertThat(a.carryOut(get)).isInstanceOf(ObjectResult.Unchanged.class);
    assertThat(a.out.answers).containsOnlyKeys(first);
    a.carryOut(a.take(ObjectRequest.Get.class, "root"));
    assertThat(a.out.answers).containsKeys(second, third);
    assertThat(a.out.asked).isEmpty();
  }

  @Test
  void aReadSeesWhatWasAcknowledgedBeforeIt() {
    Bench bench = new Bench(COMMITTED, A);
    Member a = leader(bench);
    a.submit();
    a.submit();
    a.carryOut(a.take(ObjectRequest.Create.class, slot(1, 2)));
    long read = a.read(ReadConsistency.LINEARIZABLE);
    a.carryOut(a.take(ObjectRequest.Get.class, "root"));
    assertThat(a.out.answers).containsEntry(read, 2L);
  }

  @Test
  void withTheSentBarrierAReadWaitsForEverythingSent() {
    Bench bench =
        new Bench(
            Bench.CONFIG.with(new S3Config.Reads(Duration.ZERO, 0.01, S3Config.ReadBarrier.SENT)),
            A);
    Member a = leader(bench);
    a.submit();
    long read = a.read(ReadConsistency.LINEARIZABLE);
    a.carryOut(a.take(ObjectRequest.Get.class, "root"));
    assertThat(a.out.answers).containsEntry(read, 2L);
  }

  @Test
  void aDeposedLeaderServesNoRead() {
    // A.10-17
    Bench bench = new Bench(A, B);
    Member a = leader(bench);
    bench.start(B);
    bench.run(Duration.ofSeconds(1));
    a.cut = true;
    a.held = true;
    bench.run(Duration.ofSeconds(8));
    assertThat(bench.root().epoch()).isEqualTo(2);
    long read = a.read(ReadConsistency.LINEARIZABLE);
    a.settle();
    assertThat(a.out.answers).doesNotContainKey(read);
    assertThat(a.out.rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_LEADER);
  }

  @Test
  void leaseReadsAreOffUnlessConfigured() {
    Bench bench = new Bench(A);
    Member a = leader(bench);
    long read = a.read(ReadConsistency.LEASE);
    assertThat(a.out.rejectedReads.get(read).code()).isEqualTo(RefusalCode.UNSUPPORTED);
  }

  @Test
  void aLeaseCountsFromTheFirstAttempt() {
    // A.10-18
    Bench bench = new Bench(LEASED, A);
    Member a = leader(bench);
    a.held = true;
    a.submit();
    RecordingEffects.Asked create = a.take(ObjectRequest.Create.class, slot(1, 2));
    a.loseAnswer(create); // executed; answered by silence
    RecordingEffects.Asked readBack = a.take(ObjectRequest.Get.class, slot(1, 2));
    bench.advance(Duration.ofMillis(5_100));
    a.carryOut(readBack);
    assertThat(a.committed()).isEqualTo(2);
    long read = a.read(ReadConsistency.LEASE);
    assertThat(a.out.answers).doesNotContainKey(read); // the lease is over
    a.settle();
    assertThat(a.out.answers).containsKey(read); // served after a look at the root
  }

  @Test
  void aLeaseReadAsksNobodyWhileTheLeaseHolds() {
    Bench bench = new Bench(LEASED, A);
    Member a = leader(bench);
    a.submit();
    bench.settle();
    bench.advance(Duration.ofSeconds(4));
    long read = a.read(ReadConsistency.LEASE);
    assertThat(a.out.answers).containsEntry(read, 2L);
    assertThat(a.out.asked).isEmpty();
    bench.advance(Duration.ofMillis(1_001));
    long late = a.read(ReadConsistency.LEASE);
    assertThat(a.out.answers).doesNotContainKey(late);
    assertThat(a.asks(ObjectRequest.Get.class, "root")).isTrue();
  }

  @Test
  void aFollowerAsksTheLeader() {
    Bench bench = new Bench(A, B);
    Member a = leader(bench);
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    a.submit();
    a.settle();
    long read = b.read(ReadConsistency.LINEARIZABLE);
    bench.settle();
    assertThat(b.out.answers).containsEntry(read, 2L);
  }

  @Test
  void aFollowerThatMayBeAheadOfItsLeaderSendsReadsToIt() {
    // It may have read a slot from the bucket that the leader does not know to be durable.
    Bench bench = new Bench(COMMITTED, A, B);
    leader(bench);
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    long read = b.read(ReadConsistency.LINEARIZABLE);
    bench.settle();
    assertThat(b.out.rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_LEADER);
    assertThat(b.out.rejectedReads.get(read).leader()).isEqualTo(A);
  }

  @Test
  void aFollowerWhoseLeaderIsSilentRefusesAfterAWhile() {
    Bench bench = new Bench(A, B);
    Member a = leader(bench);
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    a.cut = true;
    a.held = true;
    long read = b.read(ReadConsistency.LINEARIZABLE);
    bench.run(Duration.ofSeconds(8));
    assertThat(b.out.rejectedReads).containsKey(read);
  }

  @Test
  void aBoundedReadIsServedFromARecentLookAtTheEndOfTheLog() {
    Bench bench = new Bench(A, B);
    Member a = leader(bench);
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    b.cut = true;
    a.submit();
    bench.settle();
    bench.advance(Duration.ofSeconds(1));
    long read = b.read(ReadConsistency.bounded(Duration.ofMillis(900)));
    assertThat(b.out.answers).doesNotContainKey(read);
    bench.settle();
    assertThat(b.out.answers).containsEntry(read, 2L); // read from the bucket, without the leader
    long again = b.read(ReadConsistency.bounded(Duration.ofMillis(900)));
    assertThat(b.out.answers).containsEntry(again, 2L);
    assertThat(b.out.asked).isEmpty();
  }

  @Test
  void aBoundedReadIsRefusedWhenTheBucketDoesNotAnswer() {
    Bench bench = new Bench(A, B);
    leader(bench);
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    b.held = true;
    bench.advance(Duration.ofSeconds(1));
    long read = b.read(ReadConsistency.bounded(Duration.ofMillis(500)));
    bench.run(Duration.ofSeconds(4));
    assertThat(b.out.rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_READY);
  }

  @Test
  void readsWriteNothing() {
    Bench bench = new Bench(A, B);
    Member a = leader(bench);
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    bench.bucket.executed.clear();
    for (int i = 0; i < 100; i++) {
      a.read(ReadConsistency.LINEARIZABLE);
      b.read(ReadConsistency.LINEARIZABLE);
      b.read(ReadConsistency.bounded(Duration.ofMillis(1)));
      bench.run(Duration.ofMillis(5));
    }
    assertThat(bench.bucket.executed).allMatch(r -> r instanceof ObjectRequest.Get);
  }
}
