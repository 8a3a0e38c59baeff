// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N1;
import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static io.quorate.raft.protocol.Fixture.reject;
import static io.quorate.raft.protocol.Fixture.snapshotOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Event;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Snapshots;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.SnapshotAck;
import io.quorate.raft.message.RaftMessage.SnapshotChunk;
import io.quorate.sim.contract.RecordingEffects;
import org.junit.jupiter.api.Test;

/** Snapshots and compaction: paper §7; dissertation §5.1 to §5.3. */
class SnapshotTest {
  private static final RaftConfig SMALL_CHUNKS = RaftConfig.defaults().with(new Snapshots(4, 0, 0));

  private static SnapshotChunk chunk(long term, SnapshotRef ref, long offset, int length) {
    return new SnapshotChunk(term, ref, offset, new byte[length]);
  }

  /** A leader whose log begins behind slot 3, and who has just been refused by n3, at slot 3. */
  private static Fixture leaderThatMustSendASnapshot(SnapshotRef ref) {
    Fixture leader = Fixture.ofThree().config(SMALL_CHUNKS).logBehind(ref).start().lead().persist();
    return leader.forget().receive(N3, reject(2, 3, 0, 0, 0));
  }

  /** Paper §7: a follower that needs discarded entries is sent the snapshot, in chunks. */
  @Test
  void sendsASnapshotInChunks() {
    SnapshotRef ref = snapshotOf(10, 1, 1, 1);
    Fixture leader = leaderThatMustSendASnapshot(ref);
    assertThat(leader.status().peers().get(1).mode()).isEqualTo("snapshot");
    assertThat(leader.out().chunkReads)
        .containsExactly(new RecordingEffects.ChunkRead(N3, ref, 0, 4));
    leader.step(new Event.SnapshotChunk(N3, ref, 0, new byte[4]));
    assertThat(leader.sentTo(N3, SnapshotChunk.class)).hasSize(1);
    assertThat(leader.out().chunkReads).as("one chunk at a time").hasSize(1);
    leader.receive(N3, new SnapshotAck(2, ref.id(), 4));
    assertThat(leader.out().chunkReads.get(1).offset()).isEqualTo(4);
    leader.receive(N3, new SnapshotAck(2, ref.id(), 4)).assertIgnored("SnapshotAck");
    leader.receive(N3, new SnapshotAck(2, "other", 8)).assertIgnored("SnapshotAck");
  }

  /** When it is installed there, replication goes on behind it; no second snapshot. */
  @Test
  void goesOnBehindTheSnapshot() {
    SnapshotRef ref = snapshotOf(4, 1, 1, 1);
    Fixture leader = leaderThatMustSendASnapshot(ref);
    leader.step(new Event.SnapshotChunk(N3, ref, 0, new byte[4])).forget();
    leader.acknowledge(N3, 3);
    assertThat(leader.status().peers().get(1).mode()).isEqualTo("replicate");
    assertThat(leader.lastTo(N3, Append.class).prevSlot()).isEqualTo(3);
    assertThat(leader.out().chunkReads).isEmpty();
  }

  /** While it receives a snapshot, the follower hears heartbeats that claim nothing. */
  @Test
  void heartbeatsGoOnDuringATransfer() {
    SnapshotRef ref = snapshotOf(4, 1, 1, 1);
    Fixture leader = leaderThatMustSendASnapshot(ref).forget().tick();
    assertThat(leader.lastTo(N3, Append.class).prevSlot()).isZero();
    assertThat(leader.lastTo(N3, Append.class).entries()).isEmpty();
    leader.acknowledge(N3, 0);
    assertThat(leader.status().peers().get(1).mode()).isEqualTo("snapshot");
  }

  /** A chunk that got lost is sent again; the transfer is not begun anew. */
  @Test
  void lostChunkIsSentAgain() {
    SnapshotRef ref = snapshotOf(10, 1, 1, 1);
    Fixture leader = leaderThatMustSendASnapshot(ref);
    leader.step(new Event.SnapshotChunk(N3, ref, 0, new byte[4]));
    leader.receive(N3, new SnapshotAck(2, ref.id(), 4));
    leader.step(new Event.SnapshotChunk(N3, ref, 4, new byte[4])).forget();
    for (int i = 0; i < 7; i++) {
      leader.tick().acknowledge(N2, 3);
    }
    assertThat(leader.out().chunkReads).isNotEmpty();
    assertThat(leader.out().chunkReads).allSatisfy(r -> assertThat(r.offset()).isEqualTo(4));
  }

  /** A snapshot that is gone is replaced by the newest one. */
  @Test
  void prunedSnapshotIsReplaced() {
    SnapshotRef ref = snapshotOf(10, 1, 1, 1);
    Fixture leader = leaderThatMustSendASnapshot(ref);
    leader.acknowledge(N2, leader.status().lastSlot()).step(new Event.Applied(4));
    SnapshotRef newer =
        new SnapshotRef(
            "newer", 4, 2, leader.entry(4).hash(), 3, Fixture.WALL, new byte[0], 8, new byte[32]);
    leader.step(new Event.SnapshotSaved(newer));
    leader.step(new Event.SnapshotChunk(N3, ref, 0, new byte[0]));
    assertThat(leader.out().chunkReads.get(1).snapshot()).isEqualTo(newer);
  }

  /** Paper Figure 13: chunks are written one after the other; the sender is told where to go on. */
  @Test
  void receivesChunksInOrder() {
    SnapshotRef ref = snapshotOf(10, 1, 1, 1);
    Fixture follower = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).persist();
    follower.receive(N2, chunk(1, ref, 4, 4));
    assertThat(follower.lastTo(N2, SnapshotAck.class).nextOffset())
        .as("the first chunk is missing")
        .isZero();
    follower.receive(N2, chunk(1, ref, 0, 4)).receive(N2, chunk(1, ref, 0, 4));
    assertThat(follower.out().chunkWrites).as("repeated while it is written").hasSize(1);
    follower.step(new Event.SnapshotReceived(ref, 4, false));
    assertThat(follower.lastTo(N2, SnapshotAck.class)).isEqualTo(new SnapshotAck(1, ref.id(), 4));
    follower.receive(N2, chunk(1, ref, 0, 4));
    assertThat(follower.lastTo(N2, SnapshotAck.class).nextOffset())
        .as("a sender that begins anew is resumed")
        .isEqualTo(4);
    assertThat(follower.out().chunkWrites).hasSize(1);
  }

  /** Paper Figure 13, rule 7: the log goes, in one write, before the state machine is reset. */
  @Test
  void completeSnapshotReplacesTheLog() {
    SnapshotRef ref = snapshotOf(4, 1, 1, 3, 3, 3);
    Fixture follower = Fixture.ofThree().log(1, 1, 2, 2, 2, 2).start();
    follower.receive(N2, append(3, 0, 0)).persist().receive(N2, chunk(3, ref, 0, 4)).forget();
    follower.step(new Event.SnapshotReceived(ref, 4, true));
    DurableWrite write = follower.out().writes.get(0);
    assertThat(write.truncateFrom()).isEqualTo(1);
    assertThat(write.base()).isEqualTo(new LogBase(5, 3, ref.hash()));
    assertThat(follower.out().installs).containsExactly(ref);
    assertThat(follower.status().commitSlot()).isEqualTo(5);
    assertThat(follower.status().firstSlot()).isEqualTo(6);
    assertThat(follower.sentTo(N2, AppendOk.class)).isEmpty();
    follower.persist();
    assertThat(follower.lastTo(N2, AppendOk.class).match()).isEqualTo(5);
    assertThat(follower.status().durableSlot()).isEqualTo(5);
    follower.receive(N2, append(3, 5, 0, 1, 1, 3, 3, 3, 3));
    assertThat(follower.logTerms()).containsExactly(3L);
  }

  /** Paper Figure 13, rule 6: a log that has the snapshot's last entry is kept. */
  @Test
  void logThatHasTheSnapshotIsKept() {
    SnapshotRef ref = snapshotOf(4, 1, 1);
    Fixture follower = Fixture.ofThree().log(1, 1, 1).start();
    follower.receive(N2, chunk(1, ref, 0, 4)).persist();
    assertThat(follower.out().commits).containsExactly(2L);
    assertThat(follower.out().chunkWrites).isEmpty();
    assertThat(follower.logTerms()).containsExactly(1L, 1L, 1L);
    assertThat(follower.lastTo(N2, AppendOk.class).match()).isEqualTo(2);
  }

  /** A snapshot of what is committed already is answered with what is there. */
  @Test
  void staleSnapshotIsAnswered() {
    Fixture follower = Fixture.ofThree().log(1, 1, 1).start().receive(N2, append(1, 3, 3, 1, 1, 1));
    follower.receive(N2, chunk(1, snapshotOf(4, 1), 0, 4)).persist();
    assertThat(follower.out().chunkWrites).isEmpty();
    assertThat(follower.out().installs).isEmpty();
    assertThat(follower.lastTo(N2, AppendOk.class).match()).isEqualTo(1);
  }

  /** A snapshot that arrives while the log catches up is not installed over it. */
  @Test
  void snapshotOvertakenByTheLogIsNotInstalled() {
    SnapshotRef ref = snapshotOf(4, 1, 1);
    Fixture follower = Fixture.ofThree().start().receive(N2, append(1, 0, 0)).persist();
    follower.receive(N2, chunk(1, ref, 0, 4)).receive(N2, append(1, 0, 2, 1, 1, 1));
    follower.step(new Event.SnapshotReceived(ref, 4, true));
    assertThat(follower.out().installs).isEmpty();
    assertThat(follower.logTerms()).containsExactly(1L, 1L, 1L);
    follower.step(new Event.SnapshotReceived(ref, 4, true));
    assertThat(follower.out().traces).as("a second report is told").isNotEmpty();
  }

  /** Paper §7: the log before a snapshot goes, but not what live followers still need. */
  @Test
  void compactionKeepsWhatLiveFollowersNeed() {
    RaftConfig config = RaftConfig.defaults().with(new Snapshots(4, 1 << 20, 1));
    Fixture leader = Fixture.ofThree().config(config).log(1, 1, 1, 1, 1).start().lead().persist();
    leader.acknowledge(N2, 7).acknowledge(N3, 4).step(new Event.Applied(7)).forget();
    SnapshotRef ref = snapshotOf(4, 1, 1, 1, 1, 1);
    leader.step(new Event.SnapshotSaved(ref));
    assertThat(leader.status().firstSlot()).as("n3 has 4, one slot is kept").isEqualTo(4);
    assertThat(leader.out().writes.get(0).base()).isNotNull();
    leader.pass(10_000).acknowledge(N2, 7).step(new Event.SnapshotSaved(ref));
    assertThat(leader.status().firstSlot()).as("n3 is silent").isEqualTo(6);
  }

  /** What is kept for followers is bounded in bytes. */
  @Test
  void compactionIsBoundedInBytes() {
    RaftConfig config = RaftConfig.defaults().with(new Snapshots(4, 0, 1000));
    Fixture leader = Fixture.ofThree().config(config).log(1, 1, 1, 1, 1).start().leadAndCommit();
    leader.step(new Event.Applied(7)).step(new Event.SnapshotSaved(snapshotOf(4, 1, 1, 1, 1, 1)));
    assertThat(leader.status().firstSlot()).isEqualTo(6);
  }

  /** The hash at the cut is read back when it has left the memory. */
  @Test
  void cutReadsTheHashBack() {
    RaftConfig config = RaftConfig.defaults().with(new Snapshots(4, 1 << 20, 3));
    Fixture leader =
        Fixture.ofThree()
            .config(config)
            .log(1, 1, 1, 1, 1, 1, 1, 1)
            .tail(1)
            .start()
            .leadAndCommit();
    leader.step(new Event.Applied(10));
    leader.acknowledge(N3, 6).forget();
    leader.step(new Event.SnapshotSaved(snapshotOf(4, 1, 1, 1, 1, 1, 1, 1)));
    RecordingEffects.Load load = leader.out().loads.get(0);
    assertThat(load.from()).isEqualTo(3);
    leader.step(
        new Event.Loaded(load.loadId(), leader.disk().read(load.from(), load.through(), 1)));
    assertThat(leader.status().firstSlot()).isEqualTo(4);
  }

  /** While a snapshot is on its way, what follows it is kept, so that no second one is needed. */
  @Test
  void compactionWaitsForATransfer() {
    SnapshotRef ref = snapshotOf(10, 1, 1, 1);
    Fixture leader = leaderThatMustSendASnapshot(ref);
    leader.acknowledge(N2, 4).step(new Event.Applied(4));
    SnapshotRef newer =
        new SnapshotRef(
            "newer", 4, 2, leader.entry(4).hash(), 3, Fixture.WALL, new byte[0], 8, new byte[32]);
    leader.step(new Event.SnapshotSaved(newer));
    assertThat(leader.status().firstSlot()).isEqualTo(4);
    assertThat(leader.status().self()).isEqualTo(N1);
  }

  /** A follower that was silent meanwhile needs the newer snapshot as well, and gets it. */
  @Test
  void cutBeyondTheTransferLeadsToAnotherSnapshot() {
    SnapshotRef ref = snapshotOf(4, 1, 1, 1);
    Fixture leader = leaderThatMustSendASnapshot(ref);
    leader.propose("x").persist().acknowledge(N2, 5).pass(1000).step(new Event.Applied(5));
    SnapshotRef newer =
        new SnapshotRef(
            "newer", 5, 2, leader.entry(5).hash(), 4, Fixture.WALL, new byte[0], 8, new byte[32]);
    leader.step(new Event.SnapshotSaved(newer)).forget();
    assertThat(leader.status().firstSlot()).isEqualTo(6);
    leader.acknowledge(N3, 3);
    assertThat(leader.out().chunkReads.get(0).snapshot()).isEqualTo(newer);
    leader.acknowledge(N3, 5);
    assertThat(leader.status().peers().get(1).mode()).isEqualTo("replicate");
  }
}
