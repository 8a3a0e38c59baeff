// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static io.quorate.raft.protocol.Fixture.entries;
import static io.quorate.raft.protocol.Fixture.reject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Pipeline;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.AppendReject;
import io.quorate.sim.contract.RecordingEffects;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The log from the leader to its followers: paper §5.3; pipelining, dissertation §10.2. */
class ReplicationTest {
  private static final long[] FIGURE_7_LEADER = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};

  private static RaftConfig pipeline(int appendBytes, int messages, int batches) {
    return RaftConfig.defaults()
        .with(new Pipeline(appendBytes, messages, 1 << 20, batches, 1 << 20, 1 << 20));
  }

  /** Paper §5.3: the follower appends, and acknowledges once that is durable. */
  @Test
  void acknowledgementWaitsForTheDisk() {
    Fixture follower = Fixture.ofThree().start();
    follower.receive(N2, append(1, 0, 0, 1, 1));
    assertThat(follower.logTerms()).containsExactly(1L, 1L);
    assertThat(follower.sentTo(N2, AppendOk.class)).isEmpty();
    assertThat(follower.heldFor(N2, AppendOk.class)).containsExactly(new AppendOk(1, 2, 1));
    follower.persist();
    assertThat(follower.sentTo(N2, AppendOk.class)).containsExactly(new AppendOk(1, 2, 1));
  }

  /** Dissertation §10.2.1: a heartbeat is answered at once, for what is durable by then. */
  @Test
  void heartbeatDoesNotWaitForTheDisk() {
    Fixture follower = Fixture.ofThree().log(1, 1).start();
    follower.receive(N2, append(1, 2, 0, 1, 1, 1)); // slot 3 is being written
    follower.receive(N2, append(1, 3, 0, 1, 1, 1));
    assertThat(follower.sentTo(N2, AppendOk.class)).containsExactly(new AppendOk(1, 2, 1));
  }

  /** Figure 2, AppendEntries rule 2: refuse without a matching entry before the new ones. */
  @Test
  void refusesWithoutTheEntryBefore() {
    Fixture follower = Fixture.ofThree().log(1, 1).start();
    follower.receive(N2, append(1, 3, 0, 1, 1, 1, 1));
    assertThat(follower.sentTo(N2, AppendReject.class))
        .containsExactly(new AppendReject(1, 3, 2, 1, 2, 1));
    assertThat(follower.logTerms()).containsExactly(1L, 1L);
  }

  /** Figure 2, rules 3 and 4: a conflicting entry goes, with all after it; new ones follow. */
  @Test
  void conflictGivesWay() {
    Fixture follower = Fixture.ofThree().log(1, 1, 2, 2, 2).start();
    follower.receive(N2, append(3, 2, 0, 1, 1, 3));
    assertThat(follower.logTerms()).containsExactly(1L, 1L, 3L);
    assertThat(follower.out().writes.get(0).truncateFrom()).isEqualTo(3);
    assertThat(follower.status().durableSlot()).isEqualTo(2);
    follower.persist();
    assertThat(follower.status().durableSlot()).isEqualTo(3);
    assertThat(follower.disk().lastSlot()).isEqualTo(3);
  }

  /** Paper §5.3: a message that is shorter than the log is no conflict. */
  @Test
  void shorterMessageTruncatesNothing() {
    Fixture follower = Fixture.ofThree().log(1, 1, 1, 1).start();
    follower.receive(N2, append(1, 0, 2, 0, new long[] {1, 1, 1, 1}));
    assertThat(follower.logTerms()).containsExactly(1L, 1L, 1L, 1L);
    assertThat(follower.out().writes).as("only the term was new").isEmpty();
    assertThat(follower.sentTo(N2, AppendOk.class)).containsExactly(new AppendOk(1, 2, 1));
  }

  /** Paper §5.3: repeated and overtaken appends change nothing and are answered alike. */
  @Test
  void appendsAreIdempotent() {
    Fixture follower = Fixture.ofThree().start();
    Append first = append(1, 0, 2, 0, new long[] {1, 1, 1});
    Append second = append(1, 2, 0, 1, 1, 1);
    follower.receive(N2, second);
    assertThat(follower.sentTo(N2, AppendReject.class)).isEmpty();
    follower.persist();
    assertThat(follower.sentTo(N2, AppendReject.class)).as("overtook the first").hasSize(1);
    follower.receive(N2, first).receive(N2, second).receive(N2, first).persist();
    assertThat(follower.logTerms()).containsExactly(1L, 1L, 1L);
    assertThat(follower.lastTo(N2, AppendOk.class).match()).isEqualTo(3);
    follower.receive(N2, second);
    assertThat(follower.out().writes).isEmpty();
  }

  /** What is committed is never truncated: a leader that asks for it is a bug, and halts us. */
  @Test
  void committedEntriesAreNeverTruncated() {
    Fixture follower = Fixture.ofThree().log(1, 1, 1).start();
    follower.receive(N2, append(1, 3, 3, 1, 1, 1));
    assertThat(follower.status().commitSlot()).isEqualTo(3);
    assertThatThrownBy(() -> follower.receive(N3, append(2, 1, 0, 1, 2)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("committed");
  }

  /** Log matching (§5.3), asserted by hash: same slot and term, other history. */
  @Test
  void sameTermWithAnotherHashHalts() {
    Fixture follower = Fixture.ofThree().log(1, 1).start();
    Append honest = append(1, 2, 0, 1, 1);
    Append forged =
        new Append(1, 2, 1, entries(1, 2).get(1).hash(), 0, 1, Long.MAX_VALUE, honest.entries());
    assertThatThrownBy(() -> follower.receive(N2, forged))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("another entry of the same term");
  }

  /** Figure 2, rule 5: commit follows the leader, but not beyond what the message proves. */
  @Test
  void commitStaysWithinWhatTheMessageProves() {
    Fixture follower = Fixture.ofThree().log(1, 1, 1, 1).start();
    follower.receive(N2, append(1, 2, 9, 1, 1));
    assertThat(follower.out().commits).containsExactly(2L);
    follower.receive(N2, append(1, 2, 1, 1, 1));
    assertThat(follower.out().commits).as("commit never goes back").containsExactly(2L);
  }

  static Stream<Arguments> figure7() {
    return Stream.of(
        Arguments.of("a", new long[] {1, 1, 1, 4, 4, 5, 5, 6, 6}),
        Arguments.of("b", new long[] {1, 1, 1, 4}),
        Arguments.of("c", new long[] {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}),
        Arguments.of("d", new long[] {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}),
        Arguments.of("e", new long[] {1, 1, 1, 4, 4, 4, 4}),
        Arguments.of("f", new long[] {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}));
  }

  /**
   * Paper Figure 7: whatever a follower has, the leader of term 8 makes its log its own; backing up
   * by terms, it takes at most one question for each term that differs.
   */
  @ParameterizedTest(name = "follower ({0})")
  @MethodSource("figure7")
  void figure7LogsAreMadeEqual(String name, long[] terms) {
    Fixture leader = Fixture.ofThree().log(FIGURE_7_LEADER).hardState(7, null).start().lead();
    Fixture follower = Fixture.ofThree().log(terms).hardState(7, null).start();
    int rejects = 0;
    for (int i = 0; i < 20; i++) {
      Append message = leader.persist().lastTo(N2, Append.class);
      follower.receive(N3, message).persist();
      List<AppendReject> rejected = follower.sentTo(N3, AppendReject.class);
      List<AppendOk> ok = follower.sentTo(N3, AppendOk.class);
      leader.forget();
      if (rejected.isEmpty()) {
        leader.receive(N2, ok.get(ok.size() - 1));
        break;
      }
      rejects++;
      leader.receive(N2, rejected.get(0));
      follower.forget();
    }
    assertThat(follower.logTerms()).as(name).isEqualTo(leader.logTerms());
    assertThat(follower.entry(12).hash()).isEqualTo(leader.entry(12).hash());
    assertThat(rejects).isLessThanOrEqualTo(3);
    assertThat(leader.status().peers().get(0).matchSlot()).isEqualTo(12);
  }

  /** The leader sends a batch to all before its own disk has it (dissertation §10.2.1). */
  @Test
  void sendsBeforeItsOwnDiskHasIt() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().propose("x");
    assertThat(leader.lastTo(N2, Append.class).throughSlot()).isEqualTo(3);
    assertThat(leader.status().durableSlot()).isEqualTo(2);
  }

  /** Dissertation §10.2.2: messages follow each other without waiting for answers. */
  @Test
  void pipelinesToAFollowerThatKeepsUp() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    leader.propose("a").propose("b").propose("c");
    assertThat(leader.sentTo(N2, Append.class))
        .extracting(Append::prevSlot)
        .containsExactly(2L, 3L, 4L);
    assertThat(leader.sentTo(N3, Append.class))
        .as("n3 has not answered yet and is probed with one message")
        .isEmpty();
  }

  /** Equally far followers get the very same message, which is then encoded once. */
  @Test
  void equalFollowersShareTheMessage() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().acknowledge(N3, 2).forget();
    leader.propose("a");
    assertThat(leader.lastTo(N2, Append.class)).isSameAs(leader.lastTo(N3, Append.class));
  }

  /** Flow control: no more than the window is unacknowledged; answers open it again. */
  @Test
  void windowBoundsWhatIsInFlight() {
    Fixture leader = Fixture.ofThree().config(pipeline(1 << 20, 2, 100)).start().leadAndCommit();
    leader.propose("a").propose("b").propose("c").propose("d");
    assertThat(leader.sentTo(N2, Append.class)).hasSize(2);
    leader.acknowledge(N2, 4);
    List<Append> sent = leader.sentTo(N2, Append.class);
    assertThat(sent).hasSize(3);
    assertThat(sent.get(2).entries()).as("what waited goes together").hasSize(2);
  }

  /** Batching: a message takes as many entries as fit, and at least one. */
  @Test
  void messagesAreBoundedInBytes() {
    long[] terms = {1, 1, 1, 1, 1};
    int one = entries(terms).get(0).sizeBytes();
    Fixture leader = Fixture.ofThree().config(pipeline(2 * one, 64, 100)).log(terms).start().lead();
    leader.persist().forget().receive(N2, reject(2, 5, 0, 0, 0));
    assertThat(leader.lastTo(N2, Append.class).entries()).hasSize(2);
    leader.forget().acknowledge(N2, 2);
    assertThat(leader.sentTo(N2, Append.class)).extracting(Append::prevSlot).startsWith(2L, 4L);
    assertThat(leader.sentTo(N2, Append.class))
        .allSatisfy(m -> assertThat(m.entries().size()).isBetween(1, 3));
  }

  /** A lost message is found at the next heartbeat, and sent again from there. */
  @Test
  void lossIsFoundByTheHeartbeat() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().propose("lost").forget().tick();
    Append heartbeat = leader.lastTo(N2, Append.class);
    assertThat(heartbeat.prevSlot()).isEqualTo(3);
    leader.forget().receive(N2, reject(1, 3, 2, 1, 2));
    assertThat(leader.lastTo(N2, Append.class).prevSlot()).isEqualTo(2);
    assertThat(leader.status().peers().get(0).mode()).isEqualTo("probe");
    leader.acknowledge(N2, 3);
    assertThat(leader.status().peers().get(0).mode()).isEqualTo("replicate");
  }

  /** Late refusals change nothing. */
  @Test
  void staleRejectIsIgnored() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit();
    leader.receive(N2, reject(1, 1, 0, 0, 0)).assertIgnored("AppendReject");
    leader.receive(N2, reject(1, 9, 0, 0, 0)).assertIgnored("AppendReject");
    assertThat(leader.status().peers().get(0).mode()).isEqualTo("replicate");
    leader.receive(N3, reject(1, 7, 0, 0, 0)).assertIgnored("AppendReject");
    assertThat(leader.sentTo(N3, Append.class)).isEmpty();
  }

  /** Paper §5.3: an idle follower learns the commit slot with the next heartbeat. */
  @Test
  void heartbeatCarriesTheCommitSlot() {
    Fixture leader = Fixture.ofThree().start().leadAndCommit().acknowledge(N3, 2).forget().tick();
    assertThat(leader.lastTo(N3, Append.class).commit()).isEqualTo(2);
    assertThat(leader.lastTo(N3, Append.class).entries()).isEmpty();
  }

  /** Entries that left the memory are read back for a follower that lags. */
  @Test
  void oldEntriesAreLoadedForALaggingFollower() {
    Fixture leader = Fixture.ofThree().log(1, 1, 1, 1, 1, 1).tail(2).start().lead().persist();
    leader.forget().receive(N3, reject(2, 6, 1, 1, 1));
    RecordingEffects.Load load = leader.out().loads.get(0);
    assertThat(load.from()).isEqualTo(2);
    assertThat(load.through()).isEqualTo(4);
    assertThat(leader.sentTo(N3, Append.class)).isEmpty();
    List<Entry> loaded = leader.disk().read(load.from(), load.through(), load.bytesMax());
    leader.step(new Event.Loaded(load.loadId(), loaded));
    assertThat(leader.lastTo(N3, Append.class).prevSlot()).isEqualTo(1);
    assertThat(leader.lastTo(N3, Append.class).throughSlot()).isEqualTo(4);
    leader.forget().acknowledge(N3, 4);
    assertThat(leader.lastTo(N3, Append.class).throughSlot()).isEqualTo(8);
    leader.step(new Event.Loaded(load.loadId(), loaded));
    assertThat(leader.out().traces).as("a load that nobody needs is told").isNotEmpty();
  }

  /** The pipeline is full at its bound of batches, and again open when they are committed. */
  @Test
  void saturatesAtItsBound() {
    Fixture leader = Fixture.ofThree().config(pipeline(1 << 20, 64, 3)).start().leadAndCommit();
    assertThat(leader.saturated()).isFalse();
    leader.propose("a").propose("b").propose("c");
    assertThat(leader.saturated()).isTrue();
    leader.persist().acknowledge(N2, 4);
    assertThat(leader.saturated()).isFalse();
    for (int i = 0; i < 20; i++) {
      leader.propose("x" + i);
    }
    assertThat(leader.out().rejected).extracting(r -> r.code()).contains(RefusalCode.OVERLOADED);
    assertThat(leader.status().lastSlot() - leader.status().commitSlot()).isEqualTo(6);
  }

  /** Who does not lead refuses proposals and names the leader. */
  @Test
  void followerRefusesProposals() {
    Fixture follower = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).propose("x");
    assertThat(follower.out().rejected.get(0).code()).isEqualTo(RefusalCode.NOT_LEADER);
    assertThat(follower.out().rejected.get(0).leader()).isEqualTo(N2);
    assertThat(follower.saturated()).isFalse();
  }

  /** Consensus time never goes back, whatever the leader's wall clock does. */
  @Test
  void consensusTimeNeverGoesBack() {
    Fixture leader = Fixture.ofThree().log(1, 1).start().wallNanos(5).leadAndCommit();
    leader.propose("a").wallNanos(Fixture.WALL + 1_000_000).propose("b").wallNanos(7).propose("c");
    List<Long> times = new ArrayList<>();
    for (long slot = 1; slot <= leader.status().lastSlot(); slot++) {
      times.add(leader.entry(slot).timeNanos());
      assertThat(slot == 1 || times.get((int) slot - 1) > times.get((int) slot - 2)).isTrue();
    }
    assertThat(times).contains(Fixture.WALL + 1_000_000);
  }

  /** Indexes of commands go on through entries without commands. */
  @Test
  void indexesAreDense() {
    Fixture leader = Fixture.ofThree().log(1, 1).start().leadAndCommit().propose("a").propose("b");
    assertThat(leader.entry(3).firstIndex()).isEqualTo(3);
    assertThat(leader.entry(3).count()).isZero();
    assertThat(leader.entry(5).firstIndex()).isEqualTo(3);
    assertThat(leader.entry(6).firstIndex()).isEqualTo(4);
  }
}
