// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N1;
import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static io.quorate.raft.protocol.Fixture.preVote;
import static io.quorate.raft.protocol.Fixture.snapshotOf;
import static io.quorate.raft.protocol.Fixture.vote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.Role;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.LogBase;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.PreVoteReply;
import io.quorate.raft.message.RaftMessage.RepairGoal;
import io.quorate.raft.message.RaftMessage.RepairQuery;
import io.quorate.raft.message.RaftMessage.VoteReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a restart finds after a crash at any point, and disks that forgot: paper §5.5, Figure 2. */
class RestartTest {
  /** Paper §5.5: term, vote and log are as they were; commit is learnt again. */
  @Test
  void takesUpWhatIsOnDisk() {
    Fixture replica = Fixture.ofThree().log(1, 2, 2).hardState(4, N3).start();
    assertThat(replica.status().epoch()).isEqualTo(4);
    assertThat(replica.logTerms()).containsExactly(1L, 2L, 2L);
    assertThat(replica.status().commitSlot()).isZero();
    assertThat(replica.status().durableSlot()).isEqualTo(3);
  }

  /** Entries that were not durable are gone, and were never acknowledged. */
  @Test
  void whatWasNotSyncedIsGone() {
    Fixture replica = Fixture.ofThree().start().receive(N2, append(1, 0, 0, 1, 1));
    replica.out().writes.clear();
    replica.out().held.clear();
    replica.crashAndStart();
    assertThat(replica.logTerms()).isEmpty();
    assertThat(replica.status().epoch()).isZero();
  }

  /** Crash after a snapshot was stored, before the log was cut: the cut is made up for. */
  @Test
  void snapshotBeyondTheLogBecomesItsBeginning() {
    Fixture replica = Fixture.ofThree().log(1, 1).snapshot(snapshotOf(4, 1, 1, 3, 3)).start();
    assertThat(replica.status().commitSlot()).isEqualTo(4);
    assertThat(replica.status().firstSlot()).isEqualTo(5);
    assertThat(replica.status().epoch()).as("the term of the snapshot").isEqualTo(3);
    DurableWrite write = replica.out().writes.get(0);
    assertThat(write.truncateFrom()).isEqualTo(1);
    assertThat(write.base()).isEqualTo(snapshotOf(4, 1, 1, 3, 3).base());
    replica.persist();
    assertThat(replica.status().durableSlot()).isEqualTo(4);
  }

  /** A log that contains the snapshot's last entry is kept, and committed that far. */
  @Test
  void snapshotWithinTheLogCommitsThatFar() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).snapshot(snapshotOf(4, 1, 1)).start();
    assertThat(replica.status().commitSlot()).isEqualTo(2);
    assertThat(replica.logTerms()).containsExactly(1L, 1L, 1L);
    assertThat(replica.out().writes).isEmpty();
  }

  /** A log whose beginning no snapshot holds cannot be served from: the replica halts. */
  @Test
  void logWithoutItsSnapshotHalts() {
    Fixture replica = Fixture.ofThree();
    replica
        .disk()
        .apply(new DurableWrite(0, null, 0, new LogBase(3, 1, snapshotOf(4, 1).hash()), List.of()));
    replica.start();
    assertThat(replica.out().halts).hasSize(1);
  }

  /** Term and vote that cannot be read: never restarted with term 0. */
  @Test
  void damagedHardStateHalts() {
    Fixture replica = Fixture.ofThree();
    replica.disk().apply(new DurableWrite(0, new byte[] {1, 2, 3}, 0, null, List.of()));
    assertThatThrownBy(replica::start)
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("keep this replica stopped");
  }

  /** A replica that may have lost acknowledged entries neither votes nor campaigns. */
  @Test
  void uncertainReplicaDoesNotVoteOrCampaign() {
    Fixture replica = Fixture.ofThree().log(1, 1).uncertainHead().start();
    assertThat(replica.status().role()).isEqualTo(Role.RECOVERING);
    replica.tick();
    assertThat(replica.out().sent).isEmpty();
    replica.receive(N2, preVote(1, 9, 1));
    assertThat(replica.lastTo(N2, PreVoteReply.class).granted()).isFalse();
    replica.receive(N2, vote(2, 9, 1)).persist();
    assertThat(replica.lastTo(N2, VoteReply.class)).isEqualTo(new VoteReply(2, false));
  }

  /** It asks the leader where its log ends, and votes again once it durably has all of that. */
  @Test
  void uncertainReplicaIsRepairedByTheLeader() {
    Fixture replica = Fixture.ofThree().log(1, 1).uncertainHead().start();
    replica.receive(N2, append(1, 4, 4, 1, 1, 1, 1));
    RepairQuery query = replica.lastTo(N2, RepairQuery.class);
    replica.receive(N2, new RepairGoal(1, query.nonce() + 1, 2)).assertIgnored("RepairGoal");
    replica.receive(N2, new RepairGoal(1, query.nonce(), 4));
    replica.receive(N2, append(1, 2, 3, 0, new long[] {1, 1, 1, 1})).persist();
    assertThat(replica.status().role()).isEqualTo(Role.RECOVERING);
    replica.receive(N2, append(1, 3, 0, 1, 1, 1, 1));
    assertThat(replica.status().role()).as("not durable yet").isEqualTo(Role.RECOVERING);
    replica.persist();
    assertThat(replica.status().role()).isEqualTo(Role.FOLLOWER);
    replica.receive(N2, new RepairGoal(1, query.nonce(), 9)).assertIgnored("RepairGoal");
  }

  /** A goal of an earlier term's leader counts for nothing under the next. */
  @Test
  void repairBeginsAnewUnderAnotherLeader() {
    Fixture replica = Fixture.ofThree().log(1, 1).uncertainHead().start();
    replica.receive(N2, append(1, 2, 0, 1, 1)).persist();
    RepairQuery query = replica.lastTo(N2, RepairQuery.class);
    replica.receive(N2, new RepairGoal(1, query.nonce(), 3));
    replica.receive(N3, append(2, 2, 0, 1, 1, 2)).persist();
    assertThat(replica.status().role()).isEqualTo(Role.RECOVERING);
    assertThat(replica.sentTo(N3, RepairQuery.class)).hasSize(1);
  }

  /** The leader forgets what such a follower acknowledged, and feeds it anew. */
  @Test
  void leaderFeedsAnUncertainFollowerAnew() {
    Fixture leader = Fixture.ofThree().log(1, 1).start().leadAndCommit();
    leader.receive(N2, new RepairQuery(2, 42));
    assertThat(leader.sentTo(N2, RepairGoal.class)).containsExactly(new RepairGoal(2, 42, 4));
    assertThat(leader.status().peers().get(0).matchSlot()).isZero();
    leader.receive(N2, Fixture.reject(2, 4, 1, 1, 1));
    assertThat(leader.lastTo(N2, Append.class).prevSlot()).isEqualTo(1);
    assertThat(leader.status().commitSlot()).isEqualTo(4);
    assertThat(leader.status().leader()).isEqualTo(N1);
  }
}
