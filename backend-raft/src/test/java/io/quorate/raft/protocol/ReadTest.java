// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Safeguards;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.ReadIndex;
import io.quorate.raft.message.RaftMessage.ReadIndexReply;
import io.quorate.raft.message.RaftMessage.StaleTerm;
import io.quorate.raft.message.RaftMessage.TimeoutNow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reads that see every acknowledged command: paper §8; dissertation §6.4, §6.4.1. */
class ReadTest {
  private static final ReadConsistency LINEARIZABLE = ReadConsistency.LINEARIZABLE;
  private static final RaftConfig LEASES =
      RaftConfig.defaults().with(new Safeguards(true, true, true, 0.1));

  private static Fixture echo(Fixture leader, long round) {
    return leader.receive(
        N2, new AppendOk(leader.status().epoch(), leader.status().commitSlot(), round));
  }

  private static long lastRound(Fixture leader) {
    return leader.lastTo(N2, Append.class).round();
  }

  /** Dissertation §6.4, steps 2 to 4: the commit slot of then, after a round of heartbeats. */
  @Test
  void waitsForARoundOfHeartbeats() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    long read = leader.read(LINEARIZABLE);
    assertThat(leader.out().answers).isEmpty();
    assertThat(leader.sentTo(N3, Append.class)).hasSize(1);
    leader.propose("later").persist().acknowledge(N2, 3);
    assertThat(leader.status().commitSlot()).isEqualTo(3);
    echo(leader, lastRound(leader));
    assertThat(leader.out().answers).containsEntry(read, 2L);
  }

  /** Dissertation §6.4, step 1: not before an entry of the leader's own term is committed. */
  @Test
  void newLeaderServesNothingBeforeItsFirstEntryIsCommitted() {
    Fixture leader = Fixture.ofThree().log(1, 1).start().lead().persist();
    long read = leader.read(LINEARIZABLE);
    leader.tick().receive(N2, new AppendOk(2, 2, 1)).receive(N3, new AppendOk(2, 2, 1));
    assertThat(leader.out().answers).isEmpty();
    leader.receive(N2, new AppendOk(2, 4, 1));
    assertThat(leader.out().answers).as("a round after the commit is due").isEmpty();
    echo(leader, lastRound(leader));
    assertThat(leader.out().answers).containsEntry(read, 4L);
  }

  /** Dissertation §6.4: one round serves all reads that wait; later ones share the next. */
  @Test
  void roundsAreShared() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    leader.read(LINEARIZABLE);
    long first = lastRound(leader);
    leader.read(LINEARIZABLE);
    leader.read(LINEARIZABLE);
    assertThat(leader.sentTo(N2, Append.class)).as("one round in flight").hasSize(1);
    echo(leader, first);
    assertThat(leader.out().answers).containsOnlyKeys(1L);
    assertThat(leader.sentTo(N2, Append.class)).as("one queued").hasSize(2);
    echo(leader, lastRound(leader));
    assertThat(leader.out().answers).containsOnlyKeys(1L, 2L, 3L);
  }

  /** An echo of a round that began before the read proves nothing for it. */
  @Test
  void earlierRoundsProveNothing() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().tick();
    long before = lastRound(leader);
    long read = leader.read(LINEARIZABLE);
    echo(leader, before);
    assertThat(leader.out().answers).isEmpty();
    echo(leader, before + 1);
    assertThat(leader.out().answers).containsKey(read);
  }

  /** A lost round is made up for by the next heartbeat. */
  @Test
  void lostRoundIsConfirmedByTheNextHeartbeat() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    long read = leader.read(LINEARIZABLE);
    leader.tick();
    echo(leader, lastRound(leader));
    assertThat(leader.out().answers).containsKey(read);
  }

  /** A deposed leader refuses what waits. */
  @Test
  void deposedLeaderRefusesWhatWaits() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    long read = leader.read(LINEARIZABLE);
    leader.receive(N3, new StaleTerm(9));
    assertThat(leader.out().rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_LEADER);
  }

  /** Dissertation §6.4: a follower asks the leader, and shares questions as rounds are shared. */
  @Test
  void followerAsksTheLeader() {
    Fixture follower = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).persist();
    long first = follower.read(LINEARIZABLE);
    long second = follower.read(LINEARIZABLE);
    ReadIndex question = follower.lastTo(N2, ReadIndex.class);
    assertThat(follower.sentTo(N2, ReadIndex.class)).hasSize(1);
    follower.receive(N2, new ReadIndexReply(1, question.requestId(), 7));
    assertThat(follower.out().answers).containsOnlyKeys(first).containsValue(7L);
    follower.receive(
        N2, new ReadIndexReply(1, follower.lastTo(N2, ReadIndex.class).requestId(), 8));
    assertThat(follower.out().answers).containsEntry(second, 8L);
    follower.receive(N2, new ReadIndexReply(1, question.requestId(), 9));
    follower.assertIgnored("ReadIndexReply");
  }

  /** A question that is lost is repeated, and its reads are refused at last. */
  @Test
  void lostQuestionIsRepeatedAndGivenUp() {
    Fixture follower = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).persist();
    long read = follower.read(LINEARIZABLE);
    follower.tick();
    List<ReadIndex> questions = follower.sentTo(N2, ReadIndex.class);
    assertThat(questions).hasSize(2);
    assertThat(questions.get(0).requestId()).isNotEqualTo(questions.get(1).requestId());
    while (follower.out().rejectedReads.isEmpty()) {
      follower.tick();
    }
    assertThat(follower.out().rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_READY);
  }

  /** The leader answers the question of a follower after a round. */
  @Test
  void leaderAnswersAFollowersQuestion() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().receive(N3, new ReadIndex(1, 77));
    assertThat(leader.sentTo(N3, ReadIndexReply.class)).isEmpty();
    echo(leader, lastRound(leader));
    assertThat(leader.sentTo(N3, ReadIndexReply.class))
        .containsExactly(new ReadIndexReply(1, 77, 2));
  }

  /** Without a leader a linearizable read is refused at once; nobody else may be asked. */
  @Test
  void withoutALeaderReadsAreRefused() {
    Fixture follower = Fixture.ofThree().start();
    long read = follower.read(LINEARIZABLE);
    assertThat(follower.out().rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_LEADER);
    follower.receive(N2, new ReadIndex(0, 1)).assertIgnored("ReadIndex");
  }

  /** A group of one confirms its own rounds. */
  @Test
  void groupOfOneReadsAtOnce() {
    Fixture alone = Fixture.ofGroup(1).start().tick().persist().persist();
    long read = alone.read(LINEARIZABLE);
    assertThat(alone.out().answers).containsEntry(read, 2L);
  }

  /** Leases are off unless configured. */
  @Test
  void leaseReadsAreOffByDefault() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    long read = leader.read(ReadConsistency.LEASE);
    assertThat(leader.out().rejectedReads.get(read).code()).isEqualTo(RefusalCode.UNSUPPORTED);
  }

  /** Dissertation §6.4.1: within the lease no round is needed; it counts from the sending. */
  @Test
  void leaseServesAtOnceUntilItEnds() {
    Fixture leader = Fixture.ofThree().config(LEASES).start().pass(200).leadAndCommit().tick();
    leader.pass(20);
    echo(leader, lastRound(leader));
    leader.pass(114); // 134 ms after the heartbeat left, 150 ms less a tenth is 135
    long within = leader.read(ReadConsistency.LEASE);
    assertThat(leader.out().answers).containsKey(within);
    leader.pass(1);
    long after = leader.read(ReadConsistency.LEASE);
    assertThat(leader.out().answers).doesNotContainKey(after);
    echo(leader, lastRound(leader));
    assertThat(leader.out().answers).as("served by a round instead").containsKey(after);
  }

  /** Dissertation §6.4.1: a transfer ends the lease, for the rest of the term. */
  @Test
  void transferForfeitsTheLease() {
    Fixture leader = Fixture.ofThree().config(LEASES).start().pass(200).leadAndCommit().tick();
    echo(leader, lastRound(leader));
    leader.transfer(N2);
    assertThat(leader.sentTo(N2, TimeoutNow.class)).hasSize(1);
    for (int i = 0; i < 10; i++) {
      leader.tick();
      echo(leader, lastRound(leader));
    }
    long read = leader.read(ReadConsistency.LEASE);
    assertThat(leader.out().answers).doesNotContainKey(read);
  }

  /** Bounded reads on a follower: as old as the leader's last confirmation, told in heartbeats. */
  @Test
  void boundedReadsCountFromTheLeadersConfirmation() {
    Fixture follower = Fixture.ofThree().log(1, 1).start();
    long age = Duration.ofMillis(30).toNanos();
    Append heartbeat = append(1, 2, 2, 1, 1);
    follower.receive(N2, new Append(1, 2, 1, heartbeat.prevHash(), 2, 1, age, 0, List.of()));
    long early = follower.read(ReadConsistency.bounded(Duration.ofSeconds(9)));
    assertThat(follower.out().rejectedReads).containsKey(early); // may have been long under way
    follower.pass(15);
    follower.receive(N2, new Append(1, 2, 1, heartbeat.prevHash(), 2, 2, age, 1, List.of()));
    follower.pass(5);
    long fresh = follower.read(ReadConsistency.bounded(Duration.ofMillis(50)));
    assertThat(follower.out().answers).containsEntry(fresh, 2L);
    long stale = follower.read(ReadConsistency.bounded(Duration.ofMillis(49)));
    assertThat(follower.out().rejectedReads.get(stale).code()).isEqualTo(RefusalCode.NOT_READY);
  }

  /** A follower that lacks what the leader has committed is not fresh. */
  @Test
  void laggingFollowerIsNotFresh() {
    Fixture follower = Fixture.ofThree().log(1, 1).start();
    follower.receive(N2, new Append(1, 2, 1, null, 9, 1, 0, List.of()));
    long read = follower.read(ReadConsistency.bounded(Duration.ofSeconds(9)));
    assertThat(follower.out().rejectedReads).containsKey(read);
  }

  /** A new leader's commit slot is not fresh before an entry of its term is committed. */
  @Test
  void newLeaderDoesNotCallItsCommitFresh() {
    Fixture leader = Fixture.ofThree().log(1, 1).start().lead().persist().tick();
    leader.receive(N2, new AppendOk(2, 2, lastRound(leader))).tick();
    assertThat(leader.lastTo(N2, Append.class).quorumAgeNanos()).isEqualTo(Long.MAX_VALUE);
    leader.receive(N2, new AppendOk(2, 4, lastRound(leader))).tick();
    assertThat(leader.lastTo(N2, Append.class).quorumAgeNanos()).isLessThan(100_000_000L);
  }
}
