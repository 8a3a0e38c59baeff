// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static io.quorate.raft.protocol.Fixture.entries;
import static io.quorate.raft.protocol.Fixture.faulty;
import static io.quorate.raft.protocol.Fixture.snapshotOf;
import static io.quorate.raft.protocol.Fixture.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Event;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.FetchEntries;
import io.quorate.raft.message.RaftMessage.FetchReply;
import io.quorate.raft.message.RaftMessage.SnapshotAck;
import io.quorate.raft.message.RaftMessage.SnapshotChunk;
import io.quorate.raft.message.RaftMessage.SnapshotWanted;
import io.quorate.raft.message.RaftMessage.StaleTerm;
import io.quorate.raft.message.RaftMessage.TimeoutNow;
import io.quorate.raft.message.RaftMessage.VoteReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Damaged entries: asked for, lent, put back, given up. The rules of docs/protocol/raft.md. */
class RepairTest {
  private static final long[] THREE = {1, 1, 1};

  private static FetchReply lent(long term, Entry... entries) {
    return new FetchReply(term, List.of(entries), List.of(), List.of(), List.of());
  }

  private static FetchReply absent(long term, List<FaultySlot> slots) {
    return new FetchReply(term, List.of(), slots, List.of(), List.of());
  }

  private static FetchReply compacted(long term, List<FaultySlot> slots) {
    return new FetchReply(term, List.of(), List.of(), List.of(), slots);
  }

  private static String detail(Fixture replica, String name) {
    return String.valueOf(replica.status().details().get(name));
  }

  /** What is damaged is asked for by slot, term and hash, of one peer after the other. */
  @Test
  void damagedEntriesAreAskedFor() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).damaged(1, 3).start().tick();
    FetchEntries question = new FetchEntries(1, faulty(THREE, 1, 3));
    assertThat(replica.sentTo(N2, FetchEntries.class)).containsExactly(question);
    assertThat(replica.sentTo(N3, FetchEntries.class)).isEmpty();
    replica.tick();
    assertThat(replica.sentTo(N3, FetchEntries.class)).containsExactly(question);
    assertThat(detail(replica, "faulty_slots")).isEqualTo("2");
    assertThat(replica.status().lastSlot()).isEqualTo(3);
  }

  /** What comes is checked by its hash, written, and only then no longer damaged. */
  @Test
  void whatIsLentIsPutBack() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).damaged(2).start().tick();
    replica.receive(N2, lent(1, entries(1, 2).get(1)));
    assertThat(replica.out().writes).as("another entry of that slot").isEmpty();
    Entry right = entries(THREE).get(1);
    replica.receive(N2, lent(1, right));
    DurableWrite write = replica.out().writes.get(0);
    assertThat(write.repair()).containsExactly(right);
    assertThat(write.truncateFrom()).isZero();
    assertThat(detail(replica, "faulty_slots")).isEqualTo("1");
    replica.persist();
    assertThat(detail(replica, "faulty_slots")).isEqualTo("0");
    assertThat(detail(replica, "repaired_slots")).isEqualTo("1");
    replica.forget().pass(1000).tick();
    assertThat(replica.sentTo(N2, FetchEntries.class)).isEmpty();
    assertThat(replica.sentTo(N3, FetchEntries.class)).isEmpty();
  }

  /** An entry whose bytes do not belong to its hash mends nothing. */
  @Test
  void damageIsNotMendedWithDamage() throws Exception {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).damaged(2).start().tick();
    byte[] frame = entries(THREE).get(1).frame().clone();
    frame[frame.length - 1] ^= 1;
    replica.receive(N2, lent(1, Entry.decode(frame)));
    assertThat(replica.out().writes).isEmpty();
  }

  /** A replica with damage votes, and its log counts by its headers (§5.4.1). */
  @Test
  void itVotesAndComparesByItsHeaders() {
    Fixture replica = Fixture.ofThree().log(1, 1, 2).damaged(2, 3).start();
    assertThat(replica.status().role()).isEqualTo(Role.FOLLOWER);
    replica.receive(N2, vote(3, 2, 2)).persist();
    assertThat(replica.lastTo(N2, VoteReply.class).granted()).isFalse();
    replica.receive(N3, vote(4, 3, 2)).persist();
    assertThat(replica.lastTo(N3, VoteReply.class).granted()).isTrue();
  }

  /** It campaigns only after others had their chance. */
  @Test
  void itWaitsLongerBeforeItCampaigns() {
    long longest = RaftConfig.defaults().timing().electionTimeoutMax().toMillis();
    Fixture sound = Fixture.ofThree().log(1, 1, 1).start().pass(longest).tick();
    assertThat(sound.status().phase()).isEqualTo("pre-candidate");
    Fixture damaged = Fixture.ofThree().log(1, 1, 1).damaged(2).start().pass(2 * longest).tick();
    assertThat(damaged.status().phase()).isEqualTo("follower");
    damaged.pass(longest).tick();
    assertThat(damaged.status().phase()).isEqualTo("pre-candidate");
  }

  /** What is damaged and not known to be committed does not count for a commit. */
  @Test
  void damagedEntriesAreNotAcknowledged() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).damaged(2).start();
    long[] longer = {1, 1, 1, 1};
    replica.receive(N2, append(1, 3, 4, 0, longer)).persist();
    assertThat(replica.lastTo(N2, AppendOk.class).match()).isEqualTo(1);
    replica.receive(N2, lent(1, entries(longer).get(1))).persist();
    replica.receive(N2, append(1, 4, 0, longer));
    assertThat(replica.lastTo(N2, AppendOk.class).match()).isEqualTo(4);
  }

  /** What is committed is, whatever becomes of one copy. */
  @Test
  void whatIsCommittedIsAcknowledgedAllTheSame() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).damaged(2).start();
    replica.receive(N2, append(1, 3, 3, 1, 1, 1));
    replica.receive(N2, append(1, 3, 3, 1, 1, 1));
    assertThat(replica.lastTo(N2, AppendOk.class).match()).isEqualTo(3);
    assertThat(replica.status().commitSlot()).isEqualTo(3);
  }

  /** Whoever is asked sends what it has, from memory or from its disk. */
  @Test
  void entriesAreLentFromMemoryOrDisk() {
    Fixture inMemory = Fixture.ofThree().log(1, 1, 1).start();
    inMemory.receive(N2, new FetchEntries(1, faulty(THREE, 1, 3)));
    assertThat(inMemory.lastTo(N2, FetchReply.class).entries()).hasSize(2);

    Fixture onDisk = Fixture.ofThree().log(1, 1, 1).tail(1).start();
    onDisk.receive(N2, new FetchEntries(1, faulty(THREE, 1, 2)));
    assertThat(onDisk.sentTo(N2, FetchReply.class)).isEmpty();
    assertThat(onDisk.out().loads).hasSize(1);
    long loadId = onDisk.out().loads.get(0).loadId();
    onDisk.step(new Event.Loaded(loadId, entries(THREE).subList(0, 2)));
    assertThat(onDisk.lastTo(N2, FetchReply.class).entries())
        .extracting(Entry::slot)
        .containsExactly(1L, 2L);
  }

  /** What is damaged here, too, or before the beginning of the log, is not denied. */
  @Test
  void damageIsNeverDenied() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).damaged(2).start();
    replica.receive(N2, new FetchEntries(1, faulty(THREE, 2)));
    assertThat(replica.lastTo(N2, FetchReply.class))
        .isEqualTo(new FetchReply(1, List.of(), List.of(), faulty(THREE, 2), List.of()));

    Fixture behind = Fixture.ofThree().logBehind(snapshotOf(4, 1, 1)).start();
    behind.receive(N2, new FetchEntries(1, faulty(THREE, 2)));
    assertThat(behind.lastTo(N2, FetchReply.class)).isEqualTo(compacted(1, faulty(THREE, 2)));

    Fixture uncertain = Fixture.ofThree().log(1).uncertainHead().start();
    uncertain.receive(N2, new FetchEntries(1, faulty(THREE, 2)));
    assertThat(uncertain.lastTo(N2, FetchReply.class).absent()).isEmpty();
  }

  /** A denial is a promise for the term, so the term is durable before it leaves. */
  @Test
  void aDenialWaitsForTheTerm() {
    Fixture replica = Fixture.ofThree().log(1, 1).start();
    replica.receive(N2, new FetchEntries(2, faulty(THREE, 3)));
    assertThat(replica.sentTo(N2, FetchReply.class)).isEmpty();
    replica.persist();
    assertThat(replica.lastTo(N2, FetchReply.class)).isEqualTo(absent(2, faulty(THREE, 3)));
    // Another entry of that slot is not that entry either.
    replica.receive(N2, new FetchEntries(2, faulty(new long[] {1, 2}, 2)));
    assertThat(replica.lastTo(N2, FetchReply.class).absent()).hasSize(1);
    replica.receive(N2, new FetchEntries(1, faulty(THREE, 3)));
    assertThat(replica.lastTo(N2, StaleTerm.class).term()).isEqualTo(2);
  }

  /** A leader sends nobody what it must repair first, and goes on once it has. */
  @Test
  void aLeaderRepairsBeforeItSends() {
    Fixture leader =
        Fixture.ofThree().log(1, 1, 1).damaged(2).start().pass(60_000).lead().persist();
    leader.forget().receive(N2, Fixture.reject(2, 3, 0, 0, 0));
    assertThat(leader.sentTo(N2, Append.class)).isEmpty();
    long loadId = leader.out().loads.get(0).loadId();
    assertThat(leader.out().loads.get(0).through()).as("up to the damage").isEqualTo(1);
    leader.step(new Event.Loaded(loadId, entries(THREE).subList(0, 1)));
    leader.acknowledge(N2, 1);
    assertThat(leader.out().loads).hasSize(1);
    leader.receive(N3, lent(2, entries(THREE).get(1)));
    assertThat(leader.out().loads).as("not yet durable").hasSize(1);
    leader.persist();
    assertThat(leader.out().loads).hasSize(2);
    assertThat(leader.out().loads.get(1).from()).isEqualTo(2);
  }

  /** The leader's own copy does not count while it is damaged; the copies of others do. */
  @Test
  void aLeaderDoesNotCommitOnTheStrengthOfADamagedCopy() {
    Fixture leader =
        Fixture.ofThree().log(1, 1, 1).damaged(2).start().pass(60_000).lead().persist();
    leader.acknowledge(N2, leader.status().lastSlot());
    assertThat(leader.status().commitSlot()).isZero();
    leader.receive(N2, lent(2, entries(THREE).get(1))).persist();
    assertThat(leader.status().commitSlot()).isEqualTo(leader.status().lastSlot());
  }

  /** n − q + 1 denials show that an entry was never committed: it goes, and the leadership. */
  @Test
  void anEntryThatNobodyElseHasIsDiscarded() {
    Fixture leader =
        Fixture.ofThree().log(1, 1, 1).damaged(3).start().pass(60_000).lead().persist();
    leader.receive(N2, absent(2, faulty(THREE, 3))).tick();
    assertThat(leader.status().role()).as("one denial is not enough").isEqualTo(Role.LEADER);
    leader.receive(N3, absent(2, faulty(THREE, 3))).tick();
    long loadId = leader.out().loads.get(leader.out().loads.size() - 1).loadId();
    leader.step(new Event.Loaded(loadId, entries(THREE).subList(1, 2)));
    assertThat(leader.status().role()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.out().writes.get(leader.out().writes.size() - 1).truncateFrom()).isEqualTo(3);
    leader.persist();
    assertThat(leader.status().lastSlot()).isEqualTo(2);
    assertThat(leader.status().details()).isEmpty();
  }

  /** Denials count for the leader of the term in which they were made, and for nobody else. */
  @Test
  void denialsOfAnotherTermCountForNothing() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).damaged(3).start();
    replica.receive(N2, absent(1, faulty(THREE, 3))).receive(N3, absent(1, faulty(THREE, 3)));
    replica.tick().tick();
    assertThat(replica.status().lastSlot()).as("a follower discards nothing").isEqualTo(3);
    replica.pass(60_000).lead().persist();
    replica.receive(N2, absent(2, faulty(THREE, 3))).tick().tick();
    assertThat(replica.status().role()).isEqualTo(Role.LEADER);
  }

  /** An entry that was put back is not given up for what was said before. */
  @Test
  void denialsEndWithTheRepair() {
    Fixture leader =
        Fixture.ofThree().log(1, 1, 1).damaged(3).start().pass(60_000).lead().persist();
    leader.receive(N2, absent(2, faulty(THREE, 3)));
    leader.receive(N3, lent(2, entries(THREE).get(2))).persist();
    leader.step(new Event.Damaged(faulty(THREE, 3)));
    leader.receive(N3, absent(2, faulty(THREE, 3))).tick().tick();
    assertThat(leader.status().role()).isEqualTo(Role.LEADER);
    assertThat(leader.status().lastSlot()).isGreaterThan(3);
  }

  /** What memory still has is put back from there. */
  @Test
  void damageOfWhatIsInMemoryIsMendedFromThere() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).start();
    replica.step(new Event.Damaged(faulty(THREE, 2)));
    assertThat(replica.out().writes.get(0).repair())
        .extracting(Entry::hash)
        .containsExactly(entries(THREE).get(1).hash());
    replica.persist();
    assertThat(detail(replica, "repaired_slots")).isEqualTo("1");
  }

  /** Reports come late: what was truncated, compacted or never there is not damage. */
  @Test
  void lateReportsOfDamageAreIgnored() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).tail(1).start();
    replica.step(new Event.Damaged(faulty(new long[] {1, 2}, 2)));
    replica.step(new Event.Damaged(faulty(new long[] {1, 1, 1, 1}, 4)));
    assertThat(replica.status().details()).isEmpty();
    replica.step(new Event.Damaged(faulty(THREE, 2)));
    assertThat(detail(replica, "faulty_slots")).isEqualTo("1");
  }

  /** What others have only as part of a snapshot is not needed behind a snapshot of one's own. */
  @Test
  void ownSnapshotStandsForWhatOthersCompacted() {
    SnapshotRef snapshot = snapshotOf(4, 1, 1);
    Fixture replica = Fixture.ofThree().log(1, 1, 1).snapshot(snapshot).damaged(2).start();
    replica.receive(N2, compacted(1, faulty(THREE, 2)));
    assertThat(replica.status().firstSlot()).isEqualTo(3);
    assertThat(replica.status().details()).isEmpty();
  }

  /** A follower then asks its leader for a snapshot, and installs it although its log goes on. */
  @Test
  void aSnapshotTakesThePlaceOfWhatIsDamaged() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).damaged(2).start();
    replica.receive(N2, append(1, 3, 3, 1, 1, 1));
    replica.receive(N3, compacted(1, faulty(THREE, 2)));
    assertThat(replica.lastTo(N2, SnapshotWanted.class)).isEqualTo(new SnapshotWanted(1, 2));
    SnapshotRef snapshot = snapshotOf(4, 1, 1);
    replica.receive(N2, new SnapshotChunk(1, snapshot, 0, new byte[4]));
    assertThat(replica.sentTo(N2, SnapshotAck.class)).isEmpty();
    replica.step(new Event.SnapshotReceived(snapshot, 4, true));
    assertThat(replica.out().installs).containsExactly(snapshot);
    assertThat(replica.status().firstSlot()).isEqualTo(3);
    assertThat(replica.status().lastSlot()).isEqualTo(3);
    assertThat(replica.status().commitSlot()).isEqualTo(3);
    assertThat(replica.status().details()).isEmpty();
  }

  /** The leader sends it, and forgets what the follower acknowledged until it is installed. */
  @Test
  void aLeaderSendsTheSnapshotThatIsWanted() {
    SnapshotRef snapshot = snapshotOf(4, 1, 1);
    Fixture leader = Fixture.ofThree().logBehind(snapshot).start().leadAndCommit();
    leader.receive(N2, new SnapshotWanted(2, 9));
    leader.receive(N2, new SnapshotWanted(2, 2));
    assertThat(leader.out().chunkReads).hasSize(1);
    assertThat(leader.status().peers().get(0).mode()).isEqualTo("snapshot");
  }

  /** A leader that needs a snapshot lets somebody lead who has one. */
  @Test
  void aLeaderThatNeedsASnapshotHandsOver() {
    Fixture leader =
        Fixture.ofThree().log(1, 1, 1).damaged(2).start().pass(60_000).lead().persist();
    leader.acknowledge(N3, leader.status().lastSlot());
    leader.receive(N3, compacted(2, faulty(THREE, 2)));
    assertThat(leader.sentTo(N3, TimeoutNow.class)).hasSize(1);
  }

  /** Alone, nobody can help. */
  @Test
  void aGroupOfOneHalts() {
    Fixture alone = Fixture.ofGroup(1).log(1, 1, 1).damaged(2).start();
    assertThat(alone.out().halts).hasSize(1);
    assertThat(alone.out().halts.get(0)).contains("damaged at slot 2");
    Fixture later = Fixture.ofGroup(1).log(1, 1, 1).start();
    later.step(new Event.Damaged(faulty(THREE, 3)));
    assertThat(later.out().halts).hasSize(1);
  }

  /** Only members are answered. */
  @Test
  void strangersAreNotAnswered() {
    Fixture replica = Fixture.ofThree().log(1, 1, 1).start();
    replica.receive(NodeId.of("n9"), new FetchEntries(1, faulty(THREE, 1)));
    assertThat(replica.out().sent).isEmpty();
  }
}
