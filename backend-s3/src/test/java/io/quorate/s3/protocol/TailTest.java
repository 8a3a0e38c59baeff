// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import static io.quorate.s3.protocol.Bench.A;
import static io.quorate.s3.protocol.Bench.B;
import static io.quorate.s3.protocol.Bench.C;
import static io.quorate.s3.protocol.Bench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.protocol.Bench.Member;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A.5.6: how followers learn the log. */
class TailTest {
  private final Bench bench = new Bench(A, B, C);

  private Member leader() {
    Member a = bench.start(A);
    bench.settle();
    assertThat(a.leads()).isTrue();
    return a;
  }

  private Member follower() {
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(2));
    assertThat(b.phase()).isEqualTo("FOLLOWER");
    return b;
  }

  private long reads(String part) {
    return bench.bucket.executed.stream()
        .filter(r -> r instanceof ObjectRequest.Get && r.key().contains(part))
        .count();
  }

  @Test
  void whatIsPushedIsNotRead() {
    Member a = leader();
    Member b = follower();
    long before = reads("log/");
    for (int i = 0; i < 20; i++) {
      a.submit();
      bench.run(Duration.ofMillis(100));
    }
    assertThat(b.committed()).isEqualTo(21);
    assertThat(reads("log/")).isEqualTo(before);
  }

  @Test
  void whatWasNotPushedIsReadFromTheBucket() {
    Member a = leader();
    for (int i = 0; i < 40; i++) {
      a.submit();
      bench.settle();
    }
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    assertThat(b.committed()).isEqualTo(41);
  }

  @Test
  void aLostPushIsMadeUpFor() {
    Member a = leader();
    Member b = follower();
    b.cut = true;
    a.submit();
    bench.settle();
    b.cut = false;
    a.submit();
    bench.settle();
    assertThat(b.committed()).isEqualTo(1);
    bench.run(Duration.ofSeconds(2));
    assertThat(b.committed()).isEqualTo(3);
  }

  @Test
  void pushedTwiceIsAppliedOnce() {
    leader();
    Member b = follower();
    Entry second = entryAfter((StoredObject.Data) bench.object(1, 1), 1, EntryKind.TAKEOVER);
    S3Message.Push push = new S3Message.Push(1, 1, second);
    b.step(new Event.Received(A, push));
    b.step(new Event.Received(A, push));
    assertThat(b.committed()).isEqualTo(2);
    assertThat(b.out.commits).containsOnlyOnce(2L);
  }

  private static Entry entryAfter(StoredObject.Data parent, long epoch, EntryKind kind) {
    Entry before = parent.entry();
    return Entry.control(
        kind,
        before.slot() + 1,
        epoch,
        before.lastIndex() + 1,
        before.timeFloorNanos(),
        before.hash(),
        new byte[0]);
  }

  @Test
  void anOrphanOfAnEarlierEpochIsNotRead() {
    // A.10-22: pushed from epoch 2, then the follower's root still says "epoch 1, open".
    Member a = leader();
    Member b = follower();
    b.held = true;
    a.submit();
    bench.bucket.execute(a.take(ObjectRequest.Create.class, slot(1, 2)).request());
    Entry ofNext = entryAfter((StoredObject.Data) bench.object(1, 1), 2, EntryKind.TAKEOVER);
    bench.bucket.remove(bench.keys.slot(1, 2));
    b.step(new Event.Received(C, new S3Message.Push(2, 2, ofNext)));
    assertThat(b.committed()).isEqualTo(2);
    // Under (1, 3) there is data of epoch 1 that even links to what was pushed.
    Entry orphan =
        Entry.control(
            EntryKind.TAKEOVER,
            3,
            1,
            ofNext.lastIndex() + 1,
            ofNext.timeFloorNanos(),
            ofNext.hash(),
            new byte[0]);
    bench.bucket.put(
        bench.keys.slot(1, 3),
        new StoredObject.Data(orphan, new UUID(1, 1)).bytes(bench.root().group()));
    b.step(new Event.Received(A, new S3Message.Heartbeat(1, bench.root().version(), 3)));
    while (b.asks(ObjectRequest.Get.class, "log/")) {
      b.carryOut(b.take(ObjectRequest.Get.class, "log/"));
    }
    assertThat(b.committed()).isEqualTo(2);
    assertThat(b.asks(ObjectRequest.Get.class, "root")).isTrue();
    assertThat(b.out.halts).isEmpty();
  }

  @Test
  void nothingAndASealMeanSomethingOnlyWithARootReadAfterwards() {
    leader();
    Member b = bench.start(B);
    b.carryOut(b.take(ObjectRequest.Get.class, "root"));
    b.carryOut(b.take(ObjectRequest.Get.class, slot(1, 1)));
    assertThat(b.committed()).isEqualTo(1);
    b.carryOut(b.take(ObjectRequest.Get.class, slot(1, 2)));
    assertThat(b.asks(ObjectRequest.Get.class, "root")).isTrue();
    assertThat(b.asks(ObjectRequest.Get.class, slot(1, 2))).isFalse();
    assertThat(b.committed()).isEqualTo(1);
  }

  @Test
  void aSealedSegmentGoesOnInTheNextOne() {
    Member a = leader();
    Member b = follower();
    b.cut = true;
    b.held = true;
    a.submit();
    bench.settle();
    a.admin(1, C);
    bench.start(C);
    bench.run(Duration.ofSeconds(1));
    bench.run(Duration.ofSeconds(8));
    assertThat(bench.root().epoch()).isGreaterThanOrEqualTo(2);
    long end = bench.root().endOf(1).end();
    b.held = false;
    bench.run(Duration.ofSeconds(3));
    assertThat(b.committed()).isGreaterThanOrEqualTo(end);
    assertThat(b.out.halts).isEmpty();
  }

  @Test
  void aMissingSlotOfAClosedSegmentHaltsNamingTheKey() {
    Member a = leader();
    a.submit();
    a.submit();
    bench.settle();
    bench.running.clear();
    Member again = bench.start(A);
    again.settle();
    assertThat(bench.root().epoch()).isEqualTo(2);
    bench.running.clear();
    bench.bucket.remove(bench.keys.slot(1, 2));
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    assertThat(b.out.halts).isNotEmpty();
    assertThat(b.out.halts.getFirst())
        .contains(bench.keys.slot(1, 2))
        .contains("is missing")
        .contains("bring the object back");
  }

  @Test
  void aDamagedSlotHaltsNamingTheKey() {
    Member a = leader();
    a.submit();
    bench.settle();
    byte[] bytes = bench.bucket.get(bench.keys.slot(1, 2)).clone();
    bytes[100] ^= 4;
    bench.bucket.put(bench.keys.slot(1, 2), bytes);
    Member b = bench.start(B);
    b.cut = true;
    bench.run(Duration.ofSeconds(1));
    assertThat(b.out.halts).isNotEmpty();
    assertThat(b.out.halts.getFirst()).contains(bench.keys.slot(1, 2));
    assertThat(b.committed()).isEqualTo(1);
  }

  @Test
  void aFollowerThatHearsNobodyLooksForTheNextSlotNowAndThen() {
    Member a = leader();
    Member b = follower();
    b.cut = true;
    a.submit();
    bench.run(Duration.ofSeconds(3));
    assertThat(b.committed()).isEqualTo(2);
  }

  @Test
  void failedReadsAreRepeated() {
    leader();
    Member b = bench.start(B);
    b.held = true;
    for (ObjectResult result :
        new ObjectResult[] {
          new ObjectResult.Unclear("reset"),
          new ObjectResult.Throttled(),
          new ObjectResult.Refused("no permission"),
          new ObjectResult.Conflict()
        }) {
      b.answer(b.take(ObjectRequest.Get.class, "root"), result);
      b.wait(Duration.ofSeconds(6));
    }
    b.carryOut(b.take(ObjectRequest.Get.class, "root"));
    for (int i = 0; i < 3; i++) {
      b.answer(b.take(ObjectRequest.Get.class, slot(1, 1)), new ObjectResult.Unclear("reset"));
      b.wait(Duration.ofMillis(500));
    }
    b.settle();
    assertThat(b.committed()).isEqualTo(1);
  }

  @Test
  void aLocalSnapshotOfAnotherLogIsNotBuiltUpon() {
    Member a = leader();
    a.submit();
    bench.settle();
    Member b = bench.start(B, Bench.disk(null, Snapshots.at(2, 1, new ChainHash(1, 2), 5, 1L, 10)));
    bench.run(Duration.ofSeconds(1));
    assertThat(b.out.halts).isNotEmpty();
    assertThat(b.out.halts.getFirst()).contains("another log");
  }
}
