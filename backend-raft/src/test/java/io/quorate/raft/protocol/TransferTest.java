// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N1;
import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.RequestVote;
import io.quorate.raft.message.RaftMessage.TimeoutNow;
import io.quorate.raft.message.RaftMessage.VoteReply;
import org.junit.jupiter.api.Test;

/** Handing leadership over: dissertation §3.10; and away from a disk that does not answer. */
class TransferTest {
  /** Dissertation §3.10: stop proposing, catch the target up, then tell it to campaign. */
  @Test
  void targetIsToldOnceItHasTheWholeLog() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().propose("x").persist();
    leader.transfer(N2);
    assertThat(leader.saturated()).isTrue();
    assertThat(leader.sentTo(N2, TimeoutNow.class)).isEmpty();
    leader.propose("late");
    assertThat(leader.out().rejected.get(0).leader()).isEqualTo(N2);
    leader.acknowledge(N2, 3);
    assertThat(leader.sentTo(N2, TimeoutNow.class)).containsExactly(new TimeoutNow(1));
    leader.acknowledge(N2, 3);
    assertThat(leader.sentTo(N2, TimeoutNow.class)).as("told once").hasSize(1);
  }

  /** Dissertation §3.10: the target campaigns at once, without asking before. */
  @Test
  void targetCampaignsAtOnce() {
    Fixture target = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).persist();
    target.receive(N2, new TimeoutNow(1)).persist();
    assertThat(target.lastTo(N3, RequestVote.class)).isEqualTo(new RequestVote(2, 0, 0, true));
    Fixture stranger = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).persist();
    stranger.receive(N3, new TimeoutNow(1)).assertIgnored("TimeoutNow");
    assertThat(stranger.status().epoch()).isEqualTo(1);
  }

  /** Dissertation §4.2.3: voters believe a candidate whom the leader sent, though they hear it. */
  @Test
  void votersDoNotWaitForATransfer() {
    Fixture voter = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).persist();
    voter.receive(N3, new RequestVote(2, 0, 0, true)).persist();
    assertThat(voter.lastTo(N3, VoteReply.class)).isEqualTo(new VoteReply(2, true));
  }

  /** The old leader follows, and the operator is told. */
  @Test
  void operatorIsToldWhenItIsDone() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    long request = leader.transfer(N2);
    leader.receive(N2, new RequestVote(2, 2, 1, true)).persist();
    assertThat(leader.status().role()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.out().admins).containsEntry(request, "done");
    assertThat(leader.lastTo(N2, VoteReply.class).granted()).isTrue();
  }

  /** Dissertation §3.10: after an election timeout the leader gives up and goes on. */
  @Test
  void transferIsAbortedInTime() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    long request = leader.transfer(N2);
    for (int i = 0; i < 8; i++) {
      leader.tick().acknowledge(N3, 2);
    }
    assertThat(leader.out().admins).containsEntry(request, "NOT_READY");
    assertThat(leader.saturated()).isFalse();
    leader.propose("goes on");
    assertThat(leader.status().lastSlot()).isEqualTo(3);
  }

  /** Without a name, whoever is furthest takes over; itself and strangers are answered. */
  @Test
  void choosesWhoIsFurthest() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().propose("x").persist();
    leader.acknowledge(N3, 3).acknowledge(N2, 2);
    leader.transfer(null);
    assertThat(leader.sentTo(N3, TimeoutNow.class)).hasSize(1);
    long again = leader.transfer(N2);
    assertThat(leader.out().admins).containsEntry(again, "OVERLOADED");
    long self = leader.transfer(N1);
    assertThat(leader.out().admins).containsEntry(self, "done");
    Fixture other = Fixture.ofThree().start().leadAndCommit();
    long unknown = other.transfer(NodeId.of("n9"));
    assertThat(other.out().admins).containsEntry(unknown, "UNSUPPORTED");
    Fixture follower = Fixture.ofThree().start();
    long notLeader = follower.transfer(N2);
    assertThat(follower.out().admins).containsEntry(notLeader, "NOT_LEADER");
  }

  /** A group of one has nobody to hand over to. */
  @Test
  void groupOfOneCannotHandOver() {
    Fixture alone = Fixture.ofGroup(1).start().tick().persist().persist();
    long request = alone.transfer(null);
    assertThat(alone.out().admins).containsEntry(request, "UNSUPPORTED");
  }

  /** A leader whose disk does not answer hands over to somebody with a better one. */
  @Test
  void stalledDiskGivesLeadershipAway() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().propose("stuck");
    for (int i = 0; i < 41; i++) {
      leader.tick().acknowledge(N2, 3).acknowledge(N3, 3);
    }
    assertThat(leader.out().commits).as("the others have it").containsExactly(3L);
    assertThat(leader.sentTo(N2, TimeoutNow.class)).hasSize(1);
  }

  /** If nobody takes over in time, it steps down, and does not campaign while the stall lasts. */
  @Test
  void stalledDiskStepsDownAndStaysDown() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().propose("stuck");
    for (int i = 0; i < 60 && leader.status().role() == Role.LEADER; i++) {
      leader.tick();
      if (leader.status().role() == Role.LEADER) {
        leader.receive(N2, new AppendOk(1, 2, 0)).receive(N3, new AppendOk(1, 2, 0));
      }
    }
    assertThat(leader.status().roleReason()).contains("disk");
    leader.tick().tick();
    assertThat(leader.status().phase()).isEqualTo("follower");
    leader.persist().tick();
    assertThat(leader.status().phase()).isEqualTo("pre-candidate");
  }
}
