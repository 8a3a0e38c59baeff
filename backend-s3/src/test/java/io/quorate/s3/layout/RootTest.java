// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What each step of the protocol makes of the root (A.4, A.5.4, A.5.7). */
final class RootTest {
  private static final GroupId ORDERS = GroupId.of("orders");
  private static final Leader ONE = new Leader(NodeId.of("n1"), new UUID(1, 1));
  private static final Leader TWO = new Leader(NodeId.of("n2"), new UUID(2, 2));

  private long nonces;

  private UUID nonce() {
    return new UUID(99, ++nonces);
  }

  private static ChainHash hash(long slot) {
    return new ChainHash(slot, slot);
  }

  private static SnapshotPlace place(long slot, long epoch) {
    return new SnapshotPlace(slot, epoch, slot * 31, hash(slot), slot * 10, 1_000);
  }

  private Root first() {
    return Root.first(ORDERS, new UUID(5, 5), nonce(), ONE, 0, 100);
  }

  @Test
  void aNewGroupBeginsAtSlotOneInEpochOne() {
    Root root = first();
    assertThat(root.version()).isEqualTo(1);
    assertThat(root.epoch()).isEqualTo(1);
    assertThat(root.open()).isEqualTo(new Segment(1, 1, Segment.OPEN, ChainHash.ROOT));
    assertThat(root.truncateSlot()).isEqualTo(1);
    assertThat(root.segmentOf(1_000)).isEqualTo(root.open());
    assertThat(root.endOf(1)).isNull();
  }

  @Test
  void aTakeOverEndsTheEpochAndBeginsTheNextThere() {
    Root before = first();
    Root root = before.takenOver(nonce(), TWO, 7, hash(6), 5_000, 50);
    assertThat(root.version()).isEqualTo(2);
    assertThat(root.epoch()).isEqualTo(2);
    assertThat(root.leader()).isEqualTo(TWO);
    assertThat(root.segments())
        .containsExactly(
            new Segment(1, 1, 7, ChainHash.ROOT), new Segment(2, 7, Segment.OPEN, hash(6)));
    assertThat(root.endOf(1)).isEqualTo(new Sealed(1, 7, hash(6)));
    assertThat(root.segmentOf(6)).extracting(Segment::epoch).isEqualTo(1L);
    assertThat(root.segmentOf(7)).extracting(Segment::epoch).isEqualTo(2L);
    assertThat(root.leaseMillis()).isEqualTo(5_000);
    assertThat(root.timeFloorNanos()).as("never lower").isEqualTo(100);
    assertThat(root.group()).isEqualTo(before.group());
    assertThat(root.sameAs(before)).isFalse();
  }

  @Test
  void anEpochWithoutASlotLeavesTheChainButNotTheHistory() {
    Root root =
        first().takenOver(nonce(), TWO, 7, hash(6), 0, 0).takenOver(nonce(), ONE, 7, hash(6), 0, 0);
    assertThat(root.segments()).extracting(Segment::epoch).containsExactly(1L, 3L);
    assertThat(root.endOf(2)).isEqualTo(new Sealed(2, 7, hash(6)));
    assertThat(root.open().start()).isEqualTo(7);
  }

  @Test
  void evenTheVeryFirstEpochMayBeEmpty() {
    Root root = first().takenOver(nonce(), TWO, 1, ChainHash.ROOT, 0, 0);
    assertThat(root.segments()).containsExactly(new Segment(2, 1, Segment.OPEN, ChainHash.ROOT));
  }

  @Test
  void aSealBelowTheEpochIsRefused() {
    Root root = first().takenOver(nonce(), TWO, 7, hash(6), 0, 0);
    assertThatThrownBy(() -> root.takenOver(nonce(), ONE, 6, hash(5), 0, 0))
        .isInstanceOf(InvariantViolation.class);
  }

  @Test
  void theHistoryForgetsTheOldestEpoch() {
    Root root = first();
    for (int i = 0; i < Root.HISTORY_MAX + 5; i++) {
      long end = root.open().start() + 1;
      root = root.takenOver(nonce(), TWO, end, hash(end - 1), 0, 0);
    }
    assertThat(root.history()).hasSize(Root.HISTORY_MAX);
    assertThat(root.endOf(5)).isNull();
    assertThat(root.endOf(6)).isNotNull();
  }

  @Test
  void theFirstSnapshotMovesNoWatermark() {
    Root root = first().published(nonce(), place(50, 1), 10);
    assertThat(root.truncateSlot()).isEqualTo(1);
    assertThat(root.snapshot()).isEqualTo(place(50, 1));
    assertThat(root.previousSnapshot()).isNull();
  }

  @Test
  void theWatermarkStaysBehindTheSnapshotBeforeAndWhatIsRetained() {
    Root once = first().published(nonce(), place(50, 1), 10);
    assertThat(once.published(nonce(), place(90, 1), 10).truncateSlot()).isEqualTo(51);
    assertThat(once.published(nonce(), place(90, 1), 70).truncateSlot()).isEqualTo(21);
    assertThat(once.published(nonce(), place(90, 1), 500).truncateSlot())
        .as("never lower")
        .isEqualTo(1);
    Root twice = once.published(nonce(), place(90, 1), 0);
    assertThat(twice.previousSnapshot()).isEqualTo(place(50, 1));
    assertThat(twice.version()).isEqualTo(3);
  }

  @Test
  void segmentsBelowTheWatermarkLeaveTheChain() {
    Root root =
        first()
            .takenOver(nonce(), TWO, 40, hash(39), 0, 0)
            .takenOver(nonce(), ONE, 60, hash(59), 0, 0)
            .published(nonce(), place(70, 3), 0)
            .published(nonce(), place(80, 3), 0);
    assertThat(root.truncateSlot()).isEqualTo(71);
    assertThat(root.segments()).extracting(Segment::epoch).containsExactly(3L);
    assertThat(root.segmentOf(30)).isNull();
    assertThat(root.history()).hasSize(2);
  }

  @Test
  void anOlderSnapshotIsNotPublished() {
    Root root = first().published(nonce(), place(50, 1), 10);
    assertThatThrownBy(() -> root.published(nonce(), place(50, 1), 10))
        .isInstanceOf(InvariantViolation.class);
  }

  @Test
  void changingTheLeaseIsANewVersion() {
    Root root = first().withLease(nonce(), 700);
    assertThat(root.leaseMillis()).isEqualTo(700);
    assertThat(root.version()).isEqualTo(2);
  }

  @Test
  void whatNoStepMakesIsRefused() {
    Root root = first();
    assertThatThrownBy(() -> with(root, List.of(), root.history()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> with(root, List.of(new Segment(1, 1, 5, ChainHash.ROOT)), root.history()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> with(root, root.segments(), List.of(new Sealed(1, 5, ChainHash.ROOT))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Segment(1, 7, 6, ChainHash.ROOT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Root with(Root root, List<Segment> segments, List<Sealed> history) {
    return new Root(
        root.name(),
        root.group(),
        root.nonce(),
        root.version(),
        root.epoch(),
        root.leader(),
        segments,
        root.snapshot(),
        root.previousSnapshot(),
        root.truncateSlot(),
        history,
        root.leaseMillis(),
        root.timeFloorNanos(),
        root.state());
  }
}
