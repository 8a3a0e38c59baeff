// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import static io.quorate.s3.protocol.Bench.A;
import static io.quorate.s3.protocol.Bench.B;
import static io.quorate.s3.protocol.Bench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.S3Config;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.protocol.Bench.Member;
import io.quorate.sim.contract.RecordingEffects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A.5.7 and A.5.8: snapshots, watermark, deletes, sweeping, and who comes late. */
class CompactionTest {
  private static final S3Config SMALL =
      Bench.CONFIG.with(new S3Config.Snapshots(1000, 64, 2, Duration.ofMinutes(10)));

  private final Bench bench = new Bench(SMALL, A, B);
  private final List<SnapshotRef> snapshots = new ArrayList<>();

  private Member leader() {
    Member a = bench.start(A);
    bench.settle();
    return a;
  }

  private SnapshotRef snapshotAt(long slot) {
    return Snapshots.behind(((StoredObject.Data) bench.object(1, slot)).entry(), 200);
  }

  /** Appends, and notes a snapshot behind each slot. */
  private void append(Member a, int slots) {
    if (snapshots.isEmpty()) {
      snapshots.add(snapshotAt(1));
    }
    for (int i = 0; i < slots; i++) {
      long slot = a.submit();
      bench.settle();
      snapshots.add(snapshotAt(slot));
    }
  }

  private SnapshotRef behind(int slot) {
    return snapshots.get(slot - 1);
  }

  private boolean hasSlot(long epoch, long slot) {
    return bench.bucket.has(bench.keys.slot(epoch, slot));
  }

  @Test
  void theFirstSnapshotMovesNoWatermark() {
    Member a = leader();
    append(a, 9);
    Snapshots.taken(bench, a, behind(5));
    assertThat(bench.root().snapshot().slot()).isEqualTo(5);
    assertThat(bench.root().truncateSlot()).isEqualTo(1);
    assertThat(hasSlot(1, 1)).isTrue();
    assertThat(bench.bucket.keys().stream().filter(k -> k.contains("/part-"))).hasSize(4);
  }

  @Test
  void theSecondOneMovesItBehindTheFirstAndThenDeletes() {
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    Snapshots.taken(bench, a, behind(10));
    assertThat(bench.root().truncateSlot()).isEqualTo(6);
    assertThat(hasSlot(1, 5)).isFalse();
    assertThat(hasSlot(1, 6)).isTrue();
    assertThat(bench.root().previousSnapshot().slot()).isEqualTo(5);
    Snapshots.taken(bench, a, behind(15));
    assertThat(bench.root().truncateSlot()).isEqualTo(11);
    // The folder of the first one is gone, the others are not.
    assertThat(bench.bucket.keys().stream().filter(k -> k.endsWith("/manifest"))).hasSize(2);
  }

  @Test
  void theWatermarkIsInTheRootBeforeAnythingIsDeleted() {
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    bench.bucket.executed.clear();
    Snapshots.taken(bench, a, behind(10));
    List<ObjectRequest> executed = bench.bucket.executed;
    int replaced = -1;
    int deleted = -1;
    for (int i = executed.size() - 1; i >= 0; i--) {
      if (executed.get(i) instanceof ObjectRequest.Replace) {
        replaced = i;
      }
      if (executed.get(i) instanceof ObjectRequest.Delete) {
        deleted = i;
      }
    }
    assertThat(replaced).isGreaterThanOrEqualTo(0).isLessThan(deleted);
  }

  @Test
  void nothingIsDeletedWhileTheReplacementIsUnclear() {
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    a.held = true;
    a.step(new Event.SnapshotSaved(behind(10)));
    while (!a.asks(ObjectRequest.Replace.class, "root")) {
      Snapshots.serve(bench, a);
      while (!a.out.asked.isEmpty() && !a.asks(ObjectRequest.Replace.class, "root")) {
        a.carryOut(a.out.asked.removeFirst());
      }
    }
    RecordingEffects.Asked replace = a.take(ObjectRequest.Replace.class, "root");
    a.answer(replace, new ObjectResult.Unclear("timeout"));
    a.carryOut(a.take(ObjectRequest.Get.class, "root"));
    assertThat(a.asks(ObjectRequest.Delete.class, "")).isFalse();
    bench.bucket.execute(replace.request()); // late
    a.wait(Duration.ofSeconds(1));
    a.settle(); // 412, then its own nonce
    assertThat(bench.root().truncateSlot()).isEqualTo(6);
    assertThat(hasSlot(1, 5)).isFalse();
    assertThat(a.leads()).isTrue();
  }

  @Test
  void theSealThatEndsAnEpochIsNeverDeleted() {
    Member a = leader();
    append(a, 4);
    bench.running.clear();
    Member again = bench.start(A);
    bench.settle();
    assertThat(bench.root().endOf(1).end()).isEqualTo(6);
    assertThat(hasSlot(1, 7)).isTrue(); // the volley went further
    List<SnapshotRef> second = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      long slot = again.submit();
      bench.settle();
      second.add(Snapshots.behind(((StoredObject.Data) bench.object(2, slot)).entry(), 200));
    }
    Snapshots.taken(bench, again, second.get(8));
    Snapshots.taken(bench, again, second.get(18));
    assertThat(bench.root().truncateSlot()).isGreaterThan(10);
    assertThat(hasSlot(1, 5)).isFalse();
    assertThat(hasSlot(1, 6)).isTrue();
    bench.run(Duration.ofMinutes(21)); // the sweeper
    assertThat(hasSlot(1, 6)).isTrue();
    assertThat(hasSlot(1, 7)).isFalse();
    assertThat(bench.object(1, 6)).isInstanceOf(StoredObject.Seal.class);
  }

  @Test
  void theSweeperTakesWhatNothingRefersTo() {
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    Snapshots.taken(bench, a, behind(10));
    Snapshots.taken(bench, a, behind(15));
    byte[] left = bench.bucket.get(bench.keys.slot(1, 12));
    bench.bucket.put(
        bench.keys.snapshots() + "0000000000000003-0000000000000001-0000000000000009/part-00000",
        left);
    bench.bucket.put(
        bench.keys.snapshots() + "0000000000000020-0000000000000001-0000000000000009/part-00000",
        left);
    bench.bucket.put(bench.keys.prefix() + "notes.txt", left);
    bench.run(Duration.ofMinutes(21));
    assertThat(bench.bucket.keys())
        .noneMatch(k -> k.contains("/snap/0000000000000003-"))
        .anyMatch(k -> k.contains("/snap/0000000000000020-"))
        .anyMatch(k -> k.endsWith("notes.txt"))
        .contains(bench.keys.slot(1, 11), bench.keys.slot(1, 20));
  }

  @Test
  void whoIsBelowTheWatermarkInstallsTheSnapshot() {
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    Snapshots.taken(bench, a, behind(10));
    Member b = bench.start(B);
    Snapshots.serve(bench, b);
    bench.run(Duration.ofSeconds(1));
    assertThat(b.out.installs).extracting(SnapshotRef::slot).containsExactly(10L);
    assertThat(b.committed()).isEqualTo(20);
    assertThat(b.out.halts).isEmpty();
  }

  @Test
  void aPartThatIsGoneMeansThatANewerSnapshotIsThere() {
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    Snapshots.taken(bench, a, behind(10));
    Member b = bench.start(B);
    b.held = true;
    b.carryOut(b.take(ObjectRequest.Get.class, "root"));
    b.carryOut(b.take(ObjectRequest.Get.class, "/manifest"));
    Snapshots.taken(bench, a, behind(15));
    Snapshots.taken(bench, a, behind(18));
    b.held = false;
    Snapshots.serve(bench, b);
    bench.run(Duration.ofSeconds(1));
    Snapshots.serve(bench, b);
    bench.run(Duration.ofSeconds(1));
    assertThat(b.out.installs).extracting(SnapshotRef::slot).containsExactly(18L);
    assertThat(b.committed()).isEqualTo(20);
  }

  @Test
  void aDamagedSnapshotMakesWayForTheOneBefore() {
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    Snapshots.taken(bench, a, behind(10));
    String part = bench.keys.part(bench.root().snapshot(), 1);
    byte[] bytes = bench.bucket.get(part).clone();
    bytes[80] ^= 1;
    bench.bucket.put(part, bytes);
    Member b = bench.start(B);
    b.cut = true; // the leader would push what it still has in memory
    for (int i = 0; i < 3; i++) {
      Snapshots.serve(bench, b);
      bench.run(Duration.ofSeconds(1));
    }
    assertThat(b.out.halts).isEmpty();
    assertThat(b.out.installs).extracting(SnapshotRef::slot).containsExactly(5L);
    assertThat(b.committed()).isEqualTo(20);
    assertThat(b.out.halts).isEmpty();
  }

  @Test
  void aSnapshotThatTheLogHasOvertakenIsNotFetchedToItsEnd() {
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    Snapshots.taken(bench, a, behind(10));
    Member b = bench.start(B);
    b.held = true;
    b.carryOut(b.take(ObjectRequest.Get.class, "root"));
    b.carryOut(b.take(ObjectRequest.Get.class, "/manifest"));
    b.carryOut(b.take(ObjectRequest.Get.class, "/part-00000"));
    bench.run(Duration.ofSeconds(1)); // pushed meanwhile, from the leader's memory
    assertThat(b.committed()).isEqualTo(20);
    SnapshotRef fetched = b.out.chunkWrites.removeFirst().snapshot();
    b.step(new Event.SnapshotReceived(fetched, 0, false)); // the local store has newer ones
    b.held = false;
    bench.run(Duration.ofSeconds(3));
    assertThat(b.out.halts).isEmpty();
    assertThat(b.out.installs).isEmpty();
    assertThat(b.phase()).isEqualTo("FOLLOWER");
  }

  @Test
  void theLocalSnapshotIsGoneOnFrom() {
    Member a = leader();
    append(a, 9);
    bench.running.clear();
    Member again = bench.start(A, Bench.disk(null, behind(7)));
    bench.settle();
    assertThat(again.leads()).isTrue();
    assertThat(again.committed()).isEqualTo(11);
    assertThat(bench.bucket.executed)
        .filteredOn(r -> r instanceof ObjectRequest.Get && r.key().contains(slot(1, 3)))
        .isEmpty();
    assertThat(again.out.installs).isEmpty();
  }

  @Test
  void aTakeOverDuringAPublicationIsDefeatedAndTriesAgain() {
    // A.10-7: the candidate's root is older than the watermark.
    Member a = leader();
    append(a, 19);
    Snapshots.taken(bench, a, behind(5));
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    a.cut = true;
    b.held = true;
    while (!b.asks(ObjectRequest.Create.class, "log/")) {
      bench.advance(Duration.ofMillis(100));
      b.wait(Duration.ZERO);
      while (!b.out.asked.isEmpty() && !b.asks(ObjectRequest.Create.class, "log/")) {
        b.carryOut(b.out.asked.removeFirst());
      }
    }
    append(a, 1); // slot 21, before the seal
    Snapshots.taken(bench, a, behind(21));
    List<RecordingEffects.Asked> volley = List.copyOf(b.out.asked);
    b.out.asked.clear();
    for (RecordingEffects.Asked seal : volley) {
      b.carryOut(seal);
    }
    b.settle();
    assertThat(bench.root().epoch()).isEqualTo(1); // 412: another root
    assertThat(bench.root().snapshot().slot()).isEqualTo(21);
    b.held = false;
    a.submit(); // lands on the seal
    bench.run(Duration.ofSeconds(9));
    assertThat(bench.root().epoch()).isGreaterThanOrEqualTo(2);
    assertThat(bench.root().endOf(1).end()).isEqualTo(22);
    assertThat(a.out.notCommitted).singleElement().matches(n -> n.fromSlot() == 22);
  }
}
