// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import static io.quorate.vsr.protocol.Fixture.N2;
import static io.quorate.vsr.protocol.Fixture.N3;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.VsrConfig.Safeguards;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.ReadIndex;
import io.quorate.vsr.message.VsrMessage.ReadIndexReply;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads (B.8). */
final class ReadTest {
  private static final VsrConfig LEASES =
      VsrConfig.defaults().with(new Safeguards(true, 0.1, Duration.ofMillis(500), 0, 0));

  private static Commit commit(long round, long quorumAgeNanos, long echoedRound) {
    return new Commit(1, 1, 1, 0, round, quorumAgeNanos, echoedRound, 0);
  }

  /** A backup of view 1 that has heard its primary, n2. */
  private static Fixture backup() {
    Fixture n1 = new Fixture().left(1, 1, 1).start();
    return n1.receive(N2, commit(1, Long.MAX_VALUE, 0)).persist().forget();
  }

  @Test // after a round that began when the read was there, at the commit of that moment
  void aReadWaitsForARound() {
    Fixture n1 = Fixture.serving(1);
    long read = n1.read();
    assertThat(n1.out().answers).isEmpty();
    assertThat(n1.sentTo(N3, Commit.class)).hasSize(1);
    n1.submit("later").persist().acknowledge(N3, 3);
    assertThat(n1.status().commitSlot()).isEqualTo(3);
    n1.answer(N2, 3);
    assertThat(n1.out().answers).containsEntry(read, 2L);
  }

  @Test // an answer to a sign of life from before the read proves nothing for it
  void anEarlierRoundProvesNothing() {
    Fixture n1 = Fixture.serving(1).run(50);
    Commit before = n1.lastTo(N2, Commit.class);
    long read = n1.read();
    n1.answer(N2, before, 2).answer(N3, before, 2);
    assertThat(n1.out().answers).isEmpty();
    n1.answer(N2, 2);
    assertThat(n1.out().answers).containsEntry(read, 2L);
  }

  @Test // one round at a time; those that come meanwhile share the next
  void roundsAreShared() {
    Fixture n1 = Fixture.serving(1);
    long first = n1.read();
    Commit round = n1.lastTo(N2, Commit.class);
    long second = n1.read();
    long third = n1.read();
    assertThat(n1.sentTo(N2, Commit.class)).hasSize(1);
    n1.answer(N2, round, 2);
    assertThat(n1.out().answers).containsOnlyKeys(first);
    n1.answer(N2, 2);
    assertThat(n1.out().answers).containsOnlyKeys(first, second, third);
  }

  @Test // a new primary may not know of what the last one had committed
  void aNewPrimaryWaitsForWhatItInherited() {
    Fixture n1 = Fixture.leading(VsrConfig.defaults(), 0, 1, 2);
    long read = n1.read();
    n1.answer(N2, 0).persist().answer(N3, 0).answer(N3, 1);
    assertThat(n1.status().commitSlot()).isEqualTo(1);
    assertThat(n1.out().answers).isEmpty();
    n1.forget().acknowledge(N2, 2);
    assertThat(n1.out().answers).as("a round from now on").isEmpty();
    n1.answer(N3, 1);
    assertThat(n1.out().answers).as("not for its own op, 3").containsEntry(read, 2L);
  }

  @Test // a primary that was replaced refuses what waits
  void theEndOfTheViewRefusesWhatWaits() {
    Fixture n1 = Fixture.serving(1);
    long read = n1.read();
    n1.receive(N2, new Commit(4, 2, 2, 0, 1, Long.MAX_VALUE, 0, 0));
    assertThat(n1.out().rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_LEADER);
    assertThat(n1.out().answers).isEmpty();
  }

  @Test // a backup asks the primary, one question at a time, and takes no stale answer
  void aBackupAsksThePrimary() {
    Fixture n1 = backup();
    long first = n1.read();
    long second = n1.read();
    ReadIndex question = n1.lastTo(N2, ReadIndex.class);
    assertThat(n1.sentTo(N2, ReadIndex.class)).hasSize(1);
    n1.receive(N2, new ReadIndexReply(1, question.requestId(), 7));
    assertThat(n1.out().answers).containsOnlyKeys(first).containsValue(7L);
    n1.receive(N2, new ReadIndexReply(1, question.requestId(), 9));
    assertThat(n1.ignored(N2, ReadIndexReply.class)).isTrue();
    n1.receive(N2, new ReadIndexReply(1, n1.lastTo(N2, ReadIndex.class).requestId(), 8));
    assertThat(n1.out().answers).containsEntry(second, 8L);
  }

  @Test // the primary answers a backup after a round, like its own readers
  void thePrimaryAnswersABackup() {
    Fixture n1 = Fixture.serving(1).receive(N3, new ReadIndex(3, 77));
    assertThat(n1.sentTo(N3, ReadIndexReply.class)).isEmpty();
    n1.answer(N2, 2);
    assertThat(n1.sentTo(N3, ReadIndexReply.class))
        .isEqualTo(List.of(new ReadIndexReply(3, 77, 2)));
  }

  @Test // nobody else may be asked
  void withoutAPrimaryReadsAreRefused() {
    Fixture n1 = new Fixture().left(1, 1, 1).start();
    long read = n1.read();
    assertThat(n1.out().rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_LEADER);
    n1.receive(N2, new ReadIndex(1, 1));
    assertThat(n1.ignored(N2, ReadIndex.class)).isTrue();
  }

  @Test // leases are off unless configured
  void leaseReadsAreOffByDefault() {
    Fixture n1 = Fixture.serving(1);
    long read = n1.read(ReadConsistency.LEASE);
    assertThat(n1.out().rejectedReads.get(read).code()).isEqualTo(RefusalCode.UNSUPPORTED);
  }

  @Test // within the lease no round is needed; it counts from when the sign of life left
  void aLeaseServesAtOnceUntilItEnds() {
    Fixture n1 = Fixture.serving(LEASES, 1).run(50);
    n1.pass(20).answer(N2, 2);
    n1.pass(114); // 134 ms; half of the timeout, less a tenth, is 135
    long within = n1.read(ReadConsistency.LEASE);
    assertThat(n1.out().answers).containsEntry(within, 2L);
    n1.pass(1);
    long after = n1.read(ReadConsistency.LEASE);
    assertThat(n1.out().answers).doesNotContainKey(after);
    n1.answer(N2, 2);
    assertThat(n1.out().answers).as("served by a round instead").containsKey(after);
  }

  @Test // who yields has no lease any more: others need not miss it before they vote
  void aHandoverForfeitsTheLease() {
    Fixture n1 = Fixture.serving(LEASES, 1).run(50).answer(N2, 2);
    n1.handOver(N2);
    assertThat(n1.sentTo(N3, StartViewChange.class)).hasSize(1);
    long read = n1.read(ReadConsistency.LEASE);
    assertThat(n1.out().answers).doesNotContainKey(read);
  }

  @Test // promises are volatile: who restarts keeps, for one patience, any that it may have made
  void aRestartedBackupKeepsItsPromises() {
    Fixture with = new Fixture().config(LEASES).left(1, 1, 1).start().persist();
    with.receive(N3, new StartViewChange(1, 2, false));
    assertThat(with.status().epoch()).isEqualTo(1);
    with.pass(149).receive(N3, new StartViewChange(1, 2, false));
    assertThat(with.status().epoch()).isEqualTo(1);
    with.pass(1).receive(N3, new StartViewChange(1, 2, false));
    assertThat(with.status().epoch()).isEqualTo(2);
    Fixture without = new Fixture().left(1, 1, 1).start().persist();
    without.receive(N3, new StartViewChange(1, 2, false));
    assertThat(without.status().epoch()).isEqualTo(2);
  }

  @Test // bounded: a backup dates the primary's word by its own echo before
  void aBoundedReadIsAsFreshAsTheLastEcho() {
    Fixture n1 = backup().pass(30);
    n1.receive(N2, commit(2, Duration.ofMillis(10).toNanos(), 1)).pass(5);
    long fresh = n1.read(ReadConsistency.bounded(Duration.ofMillis(45)));
    long stale = n1.read(ReadConsistency.bounded(Duration.ofMillis(44)));
    assertThat(n1.out().answers).containsOnlyKeys(fresh);
    assertThat(n1.out().rejectedReads.get(stale).code()).isEqualTo(RefusalCode.NOT_READY);
  }

  @Test // bounded: the primary's word holds from the last round that a quorum confirmed
  void aBoundedReadAtThePrimaryNeedsARecentRound() {
    Fixture n1 = Fixture.serving(1).run(50).answer(N3, 2).pass(40);
    long fresh = n1.read(ReadConsistency.bounded(Duration.ofMillis(40)));
    long stale = n1.read(ReadConsistency.bounded(Duration.ofMillis(39)));
    assertThat(n1.out().answers).containsOnlyKeys(fresh);
    n1.answer(N3, 2);
    assertThat(n1.out().answers).as("asks the group instead").containsKey(stale);
  }
}
