// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N1;
import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static io.quorate.raft.protocol.Fixture.preVote;
import static io.quorate.raft.protocol.Fixture.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Safeguards;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.PreVote;
import io.quorate.raft.message.RaftMessage.PreVoteReply;
import io.quorate.raft.message.RaftMessage.RequestVote;
import io.quorate.raft.message.RaftMessage.StaleTerm;
import io.quorate.raft.message.RaftMessage.VoteReply;
import io.quorate.raft.protocol.log.HardState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Terms and votes: paper §5.1, §5.2, §5.4.1; dissertation §4.2.3, §6.2, §6.4.1, §9.6. */
class ElectionTest {
  private static final RaftConfig WITHOUT_PRE_VOTE =
      RaftConfig.defaults().with(new Safeguards(false, true, false, 0));

  /** Paper §5.2: when servers start up, they begin as followers. */
  @Test
  void startsAsFollowerOfNobody() {
    Fixture replica = Fixture.ofThree().start();
    assertThat(replica.status().phase()).isEqualTo("follower");
    assertThat(replica.status().leader()).isNull();
    assertThat(replica.out().sent).isEmpty();
  }

  /** Paper §5.2: election timeouts are chosen randomly from a fixed interval. */
  @Test
  void timeoutsAreRandomWithinTheInterval() {
    Fixture replica = Fixture.ofThree().start();
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long wait = replica.deadlineInNanos();
      assertThat(wait)
          .isBetween(Duration.ofMillis(150).toNanos(), Duration.ofMillis(300).toNanos());
      waits.add(wait);
      replica.tick();
    }
    assertThat(waits.stream().distinct().count()).isGreaterThan(90);
  }

  /** Dissertation §9.6: a pre-candidate asks before it raises its term, and writes nothing. */
  @Test
  void preVoteChangesNothingDurable() {
    Fixture replica = Fixture.ofThree().log(1, 1, 2).start().tick();
    assertThat(replica.status().phase()).isEqualTo("pre-candidate");
    assertThat(replica.status().epoch()).isEqualTo(2);
    assertThat(replica.out().writes).isEmpty();
    assertThat(replica.sentTo(N2, PreVote.class)).containsExactly(new PreVote(2, 3, 2));
    assertThat(replica.sentTo(N3, PreVote.class)).containsExactly(new PreVote(2, 3, 2));
  }

  /** Paper §5.2, Figure 2: to begin an election, raise the term, vote for self, ask all others. */
  @Test
  void candidateAsksOnlyOnceItsTermAndVoteAreDurable() {
    Fixture replica = Fixture.ofThree().log(1, 1, 2).start().tick();
    replica.receive(N3, new PreVoteReply(2, 3, true));
    assertThat(replica.status().phase()).isEqualTo("candidate");
    assertThat(replica.status().epoch()).isEqualTo(3);
    assertThat(replica.sentTo(N2, RequestVote.class)).isEmpty();
    assertThat(replica.out().writes.get(0).hardState()).isEqualTo(new HardState(3, N1).encode());
    replica.persist();
    assertThat(replica.sentTo(N2, RequestVote.class)).containsExactly(vote(3, 3, 2));
    assertThat(replica.sentTo(N3, RequestVote.class)).containsExactly(vote(3, 3, 2));
  }

  /** Paper §5.2: a candidate wins with votes from a majority for the same term. */
  @Test
  void majorityOfVotesWins() {
    Fixture replica = Fixture.ofGroup(5).start().campaign();
    replica.receive(N2, new VoteReply(1, true));
    assertThat(replica.status().phase()).isEqualTo("candidate");
    replica.receive(N2, new VoteReply(1, true));
    assertThat(replica.status().phase()).as("a repeated vote counts once").isEqualTo("candidate");
    replica.receive(N3, new VoteReply(1, true));
    assertThat(replica.status().role()).isEqualTo(Role.LEADER);
    assertThat(replica.out().roles.get(replica.out().roles.size() - 1).leader()).isEqualTo(N1);
  }

  /** Paper §5.2: a candidate that cannot win any more does not wait for the rest. */
  @Test
  void majorityOfRefusalsEndsTheElection() {
    Fixture replica = Fixture.ofThree().start().campaign();
    replica.receive(N2, new VoteReply(1, false)).receive(N3, new VoteReply(1, false));
    assertThat(replica.status().phase()).isEqualTo("follower");
  }

  /** Paper §5.2: a split vote times out and starts a new election in a new term. */
  @Test
  void splitVoteLeadsToTheNextTerm() {
    Fixture replica = Fixture.ofThree().config(WITHOUT_PRE_VOTE).start().tick().persist();
    assertThat(replica.status().epoch()).isEqualTo(1);
    replica.tick().persist();
    assertThat(replica.status().epoch()).isEqualTo(2);
    assertThat(replica.lastTo(N2, RequestVote.class).term()).isEqualTo(2);
  }

  /** A candidate whose own vote is still being written has asked nobody, and waits. */
  @Test
  void candidateWaitsForItsOwnDisk() {
    Fixture replica = Fixture.ofThree().config(WITHOUT_PRE_VOTE).start().tick().tick().tick();
    assertThat(replica.status().epoch()).isEqualTo(1);
    replica.persist();
    assertThat(replica.lastTo(N2, RequestVote.class).term()).isEqualTo(1);
    replica.tick();
    assertThat(replica.status().epoch()).isEqualTo(2);
  }

  /** Dissertation §9.6: without a majority of pre-votes no term is spent. */
  @Test
  void refusedPreVoteSpendsNoTerm() {
    Fixture replica = Fixture.ofThree().start().tick();
    replica.receive(N2, new PreVoteReply(0, 1, false)).receive(N3, new PreVoteReply(0, 1, false));
    assertThat(replica.status().phase()).isEqualTo("follower");
    assertThat(replica.status().epoch()).isZero();
  }

  /** Paper §5.2: a candidate returns to follower when a leader of its term speaks. */
  @Test
  void candidateYieldsToTheLeaderOfItsTerm() {
    Fixture replica = Fixture.ofThree().start().campaign();
    replica.receive(N3, append(1, 0, 0));
    assertThat(replica.status().phase()).isEqualTo("follower");
    assertThat(replica.status().leader()).isEqualTo(N3);
    replica.receive(N2, new VoteReply(1, true)).assertIgnored("VoteReply");
    assertThat(replica.status().phase()).as("late votes elect nobody").isEqualTo("follower");
  }

  /** Paper §5.2: a heartbeat resets the election timer. */
  @Test
  void heartbeatRestartsTheTimer() {
    Fixture replica = Fixture.ofThree().start().pass(140);
    replica.receive(N2, append(1, 0, 0));
    assertThat(replica.deadlineInNanos()).isGreaterThanOrEqualTo(Duration.ofMillis(150).toNanos());
  }

  /** Paper §5.2, Figure 2: the vote leaves once it is durable. */
  @Test
  void voteIsDurableBeforeItLeaves() {
    Fixture replica = Fixture.ofThree().start();
    replica.receive(N2, vote(1, 0, 0));
    assertThat(replica.sentTo(N2, VoteReply.class)).isEmpty();
    assertThat(replica.out().writes.get(0).hardState()).isEqualTo(new HardState(1, N2).encode());
    replica.persist();
    assertThat(replica.sentTo(N2, VoteReply.class)).containsExactly(new VoteReply(1, true));
  }

  /** Figure 2: a vote in a term that was entered before is written as well. */
  @Test
  void voteInAKnownTermIsWritten() {
    Fixture replica = Fixture.ofThree().hardState(5, null).start();
    replica.receive(N2, vote(5, 0, 0)).persist().crashAndStart();
    replica.receive(N3, vote(5, 0, 0)).persist();
    assertThat(replica.sentTo(N3, VoteReply.class)).containsExactly(new VoteReply(5, false));
  }

  /** Paper §5.2: at most one vote per term, first come, first served; repeated for the same one. */
  @Test
  void oneVotePerTerm() {
    Fixture replica = Fixture.ofThree().start();
    replica.receive(N2, vote(1, 0, 0)).receive(N3, vote(1, 0, 0)).persist();
    assertThat(replica.sentTo(N3, VoteReply.class)).containsExactly(new VoteReply(1, false));
    replica.receive(N2, vote(1, 0, 0)).persist();
    assertThat(replica.lastTo(N2, VoteReply.class)).isEqualTo(new VoteReply(1, true));
  }

  /** Figure 2: votedFor is persistent, so a restart does not free the vote. */
  @Test
  void voteSurvivesARestart() {
    Fixture replica = Fixture.ofThree().start();
    replica.receive(N2, vote(1, 0, 0)).persist().crashAndStart();
    replica.receive(N3, vote(1, 0, 0)).persist();
    assertThat(replica.sentTo(N3, VoteReply.class)).containsExactly(new VoteReply(1, false));
  }

  /** Paper §5.4.1: the voter denies its vote if its own log is more up to date. */
  @ParameterizedTest(name = "candidate with slot {0} of term {1}: {2}")
  @CsvSource({
    "3, 2, true", // equal
    "4, 2, true", // longer
    "2, 2, false", // shorter
    "9, 1, false", // longer, but of an earlier term
    "1, 3, true", // shorter, but of a later term
  })
  void votesOnlyForLogsThatAreUpToDate(long lastSlot, long lastTerm, boolean granted) {
    Fixture voter = Fixture.ofThree().log(1, 2, 2).start();
    voter.receive(N2, vote(5, lastSlot, lastTerm)).persist();
    assertThat(voter.sentTo(N2, VoteReply.class)).containsExactly(new VoteReply(5, granted));
    Fixture asked = Fixture.ofThree().log(1, 2, 2).start();
    asked.receive(N2, preVote(4, lastSlot, lastTerm));
    assertThat(asked.lastTo(N2, PreVoteReply.class).granted()).isEqualTo(granted);
  }

  /** Paper §5.1: whoever sees a later term takes it, and stops leading. */
  @Test
  void leaderStepsDownForALaterTerm() {
    Fixture replica = Fixture.ofThree().start().leadAndCommit();
    replica.receive(N2, new StaleTerm(7));
    assertThat(replica.status().phase()).isEqualTo("follower");
    assertThat(replica.status().epoch()).isEqualTo(7);
    assertThat(replica.out().writes.get(0).hardState()).isEqualTo(new HardState(7, null).encode());
  }

  /** Paper §5.1: requests of an earlier term are refused, with the current one. */
  @Test
  void earlierTermsAreTold() {
    Fixture replica = Fixture.ofThree().hardState(5, null).start();
    replica.receive(N2, append(4, 0, 0)).assertIgnored("Heartbeat");
    assertThat(replica.lastTo(N2, StaleTerm.class)).isEqualTo(new StaleTerm(5));
    replica.receive(N2, vote(4, 9, 4)).assertIgnored("RequestVote");
    assertThat(replica.lastTo(N2, VoteReply.class)).isEqualTo(new VoteReply(5, false));
    replica.receive(N2, preVote(3, 9, 3));
    assertThat(replica.lastTo(N2, PreVoteReply.class)).isEqualTo(new PreVoteReply(5, 4, false));
    replica.receive(N3, new AppendOk(4, 9, 1)).assertIgnored("AppendOk");
    assertThat(replica.status().epoch()).isEqualTo(5);
  }

  /** Dissertation §4.2.3: who heard the leader just now neither votes nor takes the term. */
  @Test
  void disruptiveCandidateIsRefusedWhileTheLeaderIsHeard() {
    Fixture replica = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).persist().forget();
    replica.pass(100).receive(N3, vote(9, 9, 8)).assertIgnored("RequestVote");
    assertThat(replica.status().epoch()).isEqualTo(1);
    assertThat(replica.lastTo(N3, VoteReply.class)).isEqualTo(new VoteReply(1, false));
    replica.receive(N3, preVote(8, 9, 8));
    assertThat(replica.lastTo(N3, PreVoteReply.class).granted()).isFalse();
    replica.pass(51).receive(N3, preVote(8, 9, 8));
    assertThat(replica.lastTo(N3, PreVoteReply.class).granted()).isTrue();
    replica.receive(N3, vote(9, 9, 8)).persist();
    assertThat(replica.lastTo(N3, VoteReply.class)).isEqualTo(new VoteReply(9, true));
  }

  /** Dissertation §4.2.3: a leader too refuses whoever does not hear it. */
  @Test
  void leaderRefusesADisruptiveCandidate() {
    Fixture replica = Fixture.ofThree().start().leadAndCommit();
    replica.receive(N3, vote(9, 9, 8)).assertIgnored("RequestVote");
    assertThat(replica.status().role()).isEqualTo(Role.LEADER);
  }

  /** A replica with a later term that nobody votes for is freed: it tells the leader its term. */
  @Test
  void replicaStuckWithALaterTermIsFreed() {
    Fixture replica = Fixture.ofThree().hardState(9, N1).start();
    replica.receive(N2, append(3, 0, 0));
    assertThat(replica.lastTo(N2, StaleTerm.class).term()).isEqualTo(9);
  }

  /** Dissertation §6.2: a leader that hears no majority for an election timeout steps down. */
  @Test
  void leaderWithoutAMajorityStepsDown() {
    Fixture replica = Fixture.ofThree().start().leadAndCommit();
    while (replica.status().role() == Role.LEADER) {
      replica.tick();
    }
    assertThat(replica.status().roleReason()).contains("no majority");
    assertThat(replica.status().leader()).isNull();
  }

  /** Dissertation §6.2: one follower of two is enough to stay. */
  @Test
  void leaderWithAMajorityStays() {
    Fixture replica = Fixture.ofThree().start().leadAndCommit();
    for (int i = 0; i < 50; i++) {
      replica.tick().acknowledge(N3, 0);
    }
    assertThat(replica.status().role()).isEqualTo(Role.LEADER);
  }

  /** Dissertation §6.4.1: with leases on, a restarted voter waits before it votes. */
  @Test
  void restartedVoterWaitsIfLeasesAreOn() {
    RaftConfig leases = RaftConfig.defaults().with(new Safeguards(true, true, true, 0.01));
    Fixture replica = Fixture.ofThree().config(leases).start().pass(149);
    replica.receive(N2, vote(1, 0, 0)).assertIgnored("RequestVote");
    assertThat(replica.lastTo(N2, VoteReply.class).granted()).isFalse();
    replica.pass(1).receive(N2, vote(1, 0, 0)).persist();
    assertThat(replica.lastTo(N2, VoteReply.class).granted()).isTrue();
  }

  /** A group of one elects itself at once, after the sync of its vote, and commits by its own. */
  @Test
  void groupOfOneElectsItself() {
    Fixture replica = Fixture.ofGroup(1).start();
    assertThat(replica.deadlineInNanos()).isZero();
    replica.tick();
    assertThat(replica.status().phase()).isEqualTo("candidate");
    replica.persist();
    assertThat(replica.status().role()).isEqualTo(Role.LEADER);
    assertThat(replica.out().commits).isEmpty();
    replica.persist();
    assertThat(replica.out().commits).containsExactly(2L);
    replica.propose("x").persist();
    assertThat(replica.out().commits).containsExactly(2L, 3L);
  }

  /** Paper §8: a leader begins its term with an entry of its own. */
  @Test
  void leaderBeginsWithAnEntryOfItsTerm() {
    Fixture replica = Fixture.ofThree().log(1, 2).start().lead();
    assertThat(replica.logTerms()).containsExactly(1L, 2L, 3L, 3L);
    assertThat(replica.entry(3).kind()).isEqualTo(io.quorate.core.log.EntryKind.TAKEOVER);
    assertThat(replica.lastTo(N2, Append.class).prevSlot()).isEqualTo(2);
    assertThat(replica.lastTo(N2, Append.class).entries()).hasSize(2);
  }

  /** Messages of strangers and of no protocol of ours are dropped, and it is told. */
  @Test
  void strangersAreIgnored() {
    Fixture replica = Fixture.ofThree().start();
    replica.receive(NodeId.of("n9"), vote(1, 0, 0)).assertIgnored("RequestVote");
    replica.receive(N1, vote(1, 0, 0)).assertIgnored("RequestVote");
    assertThat(replica.status().epoch()).isZero();
    replica.receive(N2, new PreVoteReply(0, 1, true)).assertIgnored("PreVoteReply");
  }
}
