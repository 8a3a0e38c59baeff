// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static io.quorate.raft.protocol.Fixture.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.AppendReject;
import io.quorate.raft.message.RaftMessage.VoteReply;
import org.junit.jupiter.api.Test;

/** When an entry is committed: paper §5.3, §5.4.2 and Figure 8; dissertation §10.2.1. */
class CommitmentTest {
  private static final NodeId N4 = NodeId.of("n4");
  private static final NodeId N5 = NodeId.of("n5");

  /** Paper §5.3: committed once it is durable on a majority. */
  @Test
  void majorityOfDisksCommits() {
    Fixture leader = Fixture.ofGroup(5).start().lead().persist();
    leader.acknowledge(N2, 2);
    assertThat(leader.out().commits).as("two of five").isEmpty();
    leader.acknowledge(N4, 1);
    assertThat(leader.out().commits).containsExactly(1L);
    leader.acknowledge(N5, 2);
    assertThat(leader.out().commits).containsExactly(1L, 2L);
  }

  /** The leader counts itself only once its own disk has the entry. */
  @Test
  void ownDiskCountsOnlyWhenDone() {
    Fixture leader = Fixture.ofThree().start().lead();
    leader.acknowledge(N2, 2);
    assertThat(leader.out().commits).isEmpty();
    leader.persist();
    assertThat(leader.out().commits).containsExactly(2L);
  }

  /** Dissertation §10.2.1: a majority of others commits what the leader's own disk lacks. */
  @Test
  void majorityOfOthersCommitsWithoutTheOwnDisk() {
    Fixture leader = Fixture.ofThree().start().lead();
    leader.acknowledge(N2, 2).acknowledge(N3, 2);
    assertThat(leader.out().commits).containsExactly(2L);
    assertThat(leader.status().durableSlot()).isZero();
  }

  /** Acknowledgements are cumulative: overtaken and repeated ones take nothing back. */
  @Test
  void matchNeverGoesBack() {
    Fixture leader = Fixture.ofThree().start().lead().persist().acknowledge(N2, 2);
    leader.acknowledge(N2, 1).acknowledge(N2, 2);
    assertThat(leader.out().commits).containsExactly(2L);
    assertThat(leader.status().peers().get(0).matchSlot()).isEqualTo(2);
  }

  /** Paper §5.4.2: entries of earlier terms are not committed by counting them. */
  @Test
  void earlierTermsAreNotCounted() {
    Fixture leader = Fixture.ofThree().log(1, 2).hardState(3, null).start().lead().persist();
    assertThat(leader.status().epoch()).isEqualTo(4);
    leader.acknowledge(N2, 2).acknowledge(N3, 2);
    assertThat(leader.out().commits).as("slot 2 of term 2 is everywhere").isEmpty();
    leader.acknowledge(N2, 3);
    assertThat(leader.out().commits).as("slot 3 of term 4 commits all before").containsExactly(3L);
  }

  /**
   * Paper Figure 8, as S1 sees it: (a) leader of term 2 with slot 2 on a minority; (c) leader
   * again, in term 4, slot 2 now on a majority but not committed; so (d) S5, elected by S2, S3 and
   * S4 with an entry of term 3, may overwrite it.
   */
  @Test
  void figure8EntryOnAMajorityMayStillBeOverwritten() {
    Fixture s1 = Fixture.ofGroup(5).log(1, 2).hardState(3, null).start().lead().persist();
    assertThat(s1.status().epoch()).isEqualTo(4);
    s1.acknowledge(N2, 2).acknowledge(N3, 2); // (c): S1, S2, S3 have slot 2 of term 2
    assertThat(s1.out().commits).isEmpty();
    s1.receive(N5, append(5, 1, 1, 1, 3)).persist(); // (d): S5 leads with slot 2 of term 3
    assertThat(s1.logTerms()).containsExactly(1L, 3L);
    assertThat(s1.lastTo(N5, AppendOk.class).match()).isEqualTo(2);
  }

  /**
   * Paper Figure 8 (e): had S1 committed an entry of term 4, whoever has it denies S5 its vote, so
   * that S5 cannot win.
   */
  @Test
  void figure8EntryOfTheOwnTermProtectsThoseBefore() {
    Fixture s1 = Fixture.ofGroup(5).log(1, 2).hardState(3, null).start().lead().persist();
    s1.acknowledge(N2, 4).acknowledge(N3, 4);
    assertThat(s1.out().commits).containsExactly(4L);
    Fixture s2 = Fixture.ofGroup(5).log(1, 2, 4).start();
    s2.receive(N5, vote(5, 2, 3)).persist();
    assertThat(s2.lastTo(N5, VoteReply.class).granted()).isFalse();
  }

  /** Paper §5.4.3: a new leader appends behind the entries of its predecessor, and keeps them. */
  @Test
  void leaderNeverRewritesItsOwnLog() {
    Fixture leader = Fixture.ofThree().log(1, 2).start().lead().persist();
    leader.receive(N2, new AppendReject(3, 2, 1, 1, 5, 0)).propose("x").persist();
    assertThat(leader.logTerms()).startsWith(1L, 2L, 3L);
    assertThat(leader.out().writes).allSatisfy(w -> assertThat(w.truncateFrom()).isZero());
  }

  /** A group of four needs three disks. */
  @Test
  void evenGroupsNeedMoreThanHalf() {
    Fixture leader = Fixture.ofGroup(4).start().lead().persist();
    leader.acknowledge(N2, 2);
    assertThat(leader.out().commits).isEmpty();
    leader.acknowledge(N4, 2);
    assertThat(leader.out().commits).containsExactly(2L);
  }
}
