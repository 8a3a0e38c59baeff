// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import static io.quorate.vsr.protocol.Fixture.N2;
import static io.quorate.vsr.protocol.Fixture.N3;
import static io.quorate.vsr.protocol.Fixture.entries;
import static io.quorate.vsr.protocol.Fixture.shape;
import static io.quorate.vsr.protocol.Fixture.snapshotOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.Role;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Event;
import io.quorate.sim.contract.RecordingEffects.ChunkRead;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.VsrConfig.Pipeline;
import io.quorate.vsr.VsrConfig.Snapshots;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StateAck;
import io.quorate.vsr.message.VsrMessage.StateChunk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ops and snapshots for whoever lacks them (VRR §5.2), and the cut behind checkpoints (§5.1). */
final class StateTransferTest {
  private static final VsrConfig SMALL = VsrConfig.defaults().with(new Snapshots(4, 0));
  private static final Entry FOURTH = entries(1, 1, 1, 2).get(3);

  /** The log 1, 1, 1, 2, of which the first three ops are only in a snapshot. */
  private static final LogShape BEHIND =
      new LogShape(3, 1, List.of(new LogShape.Run(4, 2)), 4, FOURTH.hash());

  private static VsrConfig pipeline(int prepareBytesMax, long logWindowBytes) {
    Pipeline p = Pipeline.defaults();
    return VsrConfig.defaults()
        .with(
            new Pipeline(
                prepareBytesMax,
                p.aheadBytesMax(),
                p.batchesInFlightMax(),
                p.uncommittedBytesMax(),
                logWindowBytes));
  }

  private static Commit commit(long view, long op, long commit, long checkpoint) {
    return new Commit(view, op, commit, checkpoint, 1, Long.MAX_VALUE, 0, 0);
  }

  /** Primary of view 3, whose log begins behind op 3. */
  private static Fixture primaryBehind(SnapshotRef ref) {
    Fixture n1 = new Fixture().config(SMALL).leftBehind(ref, 3, 2, FOURTH).start();
    return n1.receive(N2, new DoViewChange(3, 2, 3, BEHIND, 4, List.of())).persist();
  }

  /** A backup of view 1 that was told the log of view 2, and lacks its beginning. */
  private static Fixture backupWithoutTheBeginning() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).start();
    n1.receive(N2, commit(1, 2, 1, 0)).persist().forget();
    return n1.receive(N3, new StartView(2, 3, BEHIND, 0)).persist();
  }

  @Test // from memory, as much as one answer holds, and no more than was asked for
  void opsAreGivenFromMemory() {
    Fixture n1 = Fixture.serving(1, 1, 1);
    n1.receive(N3, new GetPrepares(3, 2, Long.MAX_VALUE)).receive(N3, new GetPrepares(3, 1, 2));
    assertThat(n1.sentTo(N3, Prepares.class))
        .extracting(answer -> answer.entries().size())
        .containsExactly(3, 2);
    Fixture small = Fixture.serving(pipeline(1, 1 << 20), 1, 1, 1);
    small.receive(N3, new GetPrepares(3, 2, Long.MAX_VALUE));
    assertThat(small.lastTo(N3, Prepares.class).entries())
        .extracting(Entry::hash)
        .containsExactly(entries(1, 1).get(1).hash());
    small.forget().receive(N3, new GetPrepares(3, 5, Long.MAX_VALUE));
    assertThat(small.out().sent).as("nothing is there").isEmpty();
  }

  @Test // from the disk, once for one asker
  void opsAreGivenFromTheDisk() {
    Fixture n1 = Fixture.serving(pipeline(1 << 20, 1), 1, 1, 1);
    GetPrepares question = new GetPrepares(3, 1, 2);
    n1.receive(N3, question).receive(N3, question);
    assertThat(n1.out().loads).hasSize(1);
    assertThat(n1.out().loads.getFirst().from()).isEqualTo(1);
    assertThat(n1.out().loads.getFirst().through()).isEqualTo(2);
    n1.step(new Event.Loaded(n1.out().loads.getFirst().loadId(), entries(1, 1)));
    assertThat(n1.lastTo(N3, Prepares.class).entries()).hasSize(2);
    n1.receive(N3, question);
    assertThat(n1.out().loads).hasSize(2);
  }

  @Test // a backup that has answers, so goes on asking until it has everything
  void aBackupAsksOnUntilItHasAll() {
    Fixture n1 = new Fixture().left(1, 1, 1).start();
    n1.receive(N2, commit(1, 4, 0, 0)).run(5);
    n1.receive(N2, new Prepares(1, entries(1, 1, 1).subList(1, 3)));
    assertThat(n1.sentTo(N2, GetPrepares.class))
        .containsExactly(
            new GetPrepares(1, 2, Long.MAX_VALUE), new GetPrepares(1, 4, Long.MAX_VALUE));
    n1.persist();
    assertThat(n1.lastTo(N2, PrepareOk.class).op()).isEqualTo(3);
    n1.run(60);
    assertThat(n1.sentTo(N2, GetPrepares.class)).as("lost, so repeated").hasSize(3);
  }

  @Test // what only a snapshot has is sent as one, a chunk at a time
  void aSnapshotIsSentInChunks() {
    SnapshotRef ref = snapshotOf(10, 1, 1, 1);
    Fixture n1 = primaryBehind(ref).receive(N3, new GetPrepares(3, 1, Long.MAX_VALUE));
    n1.receive(N3, new GetPrepares(3, 1, Long.MAX_VALUE));
    assertThat(n1.out().chunkReads).containsExactly(new ChunkRead(N3, ref, 0, 4));
    n1.step(new Event.SnapshotChunk(N3, ref, 0, new byte[4]));
    assertThat(n1.lastTo(N3, StateChunk.class).offset()).isZero();
    n1.receive(N3, new StateAck(3, ref.id(), 4));
    assertThat(n1.out().chunkReads).contains(new ChunkRead(N3, ref, 4, 4)).hasSize(2);
    n1.receive(N3, new StateAck(3, "another", 8));
    assertThat(n1.ignored(N3, StateAck.class)).isTrue();
  }

  @Test // a chunk is sent again if it was not acknowledged, and none to whom it helped
  void aTransferIsRepeatedUntilItHasHelped() {
    SnapshotRef ref = snapshotOf(10, 1, 1, 1);
    Fixture n1 = primaryBehind(ref).receive(N3, new GetPrepares(3, 1, Long.MAX_VALUE));
    n1.step(new Event.SnapshotChunk(N3, ref, 0, new byte[4]));
    for (int i = 0; i < 7; i++) {
      n1.run(50).acknowledge(N2, 4);
    }
    assertThat(n1.out().chunkReads).hasSize(2);
    n1.receive(N3, new PrepareOk(3, 3, ref.hash(), 3));
    n1.forget().step(new Event.SnapshotChunk(N3, ref, 0, new byte[4]));
    assertThat(n1.sentTo(N3, StateChunk.class)).isEmpty();
  }

  @Test // V3: until the state is here the old log stays, and acknowledges nothing in the new view
  void whoAwaitsAStateKeepsItsLogAndIsSilent() {
    Fixture n1 = backupWithoutTheBeginning();
    assertThat(n1.status().phase()).isEqualTo("state-transfer");
    assertThat(n1.sentTo(N3, GetPrepares.class))
        .containsExactly(new GetPrepares(2, 2, Long.MAX_VALUE));
    n1.receive(N3, commit(2, 4, 4, 3)).persist();
    assertThat(n1.out().sent).noneMatch(each -> each.message() instanceof PrepareOk);
    assertThat(n1.origins()).containsExactly(1L, 1L);
    assertThat(n1.status().commitSlot()).isEqualTo(1);
  }

  @Test // V3: and it offers the old log to the next view
  void whoAwaitsAStateOffersItsOldLog() {
    Fixture n1 = backupWithoutTheBeginning().receive(N2, commit(4, 4, 4, 3)).persist();
    assertThat(n1.lastTo(N2, DoViewChange.class))
        .isEqualTo(new DoViewChange(4, 1, 1, shape(1, 1), 2, List.of()));
  }

  @Test // chunks are written in order; the sender is told where to go on
  void chunksAreTakenInOrder() {
    SnapshotRef ref = snapshotOf(8, 1, 1, 1);
    Fixture n1 = backupWithoutTheBeginning();
    n1.receive(N3, new StateChunk(2, ref, 4, new byte[4]));
    assertThat(n1.lastTo(N3, StateAck.class).nextOffset()).isZero();
    n1.receive(N3, new StateChunk(2, ref, 0, new byte[4]));
    assertThat(n1.out().chunkWrites).hasSize(1);
    n1.step(new Event.SnapshotReceived(ref, 4, false));
    assertThat(n1.lastTo(N3, StateAck.class)).isEqualTo(new StateAck(2, ref.id(), 4));
    n1.receive(N3, new StateChunk(2, ref, 0, new byte[4]));
    assertThat(n1.out().chunkWrites).as("a repeated one").hasSize(1);
  }

  @Test // the log begins behind it, in one write with the last normal view; then it follows
  void theStateTakesThePlaceOfTheLog() {
    SnapshotRef ref = snapshotOf(4, 1, 1, 1);
    Fixture n1 = backupWithoutTheBeginning();
    n1.receive(N3, new StateChunk(2, ref, 0, new byte[4])).forget();
    n1.step(new Event.SnapshotReceived(ref, 4, true));
    assertThat(n1.out().installs).containsExactly(ref);
    assertThat(n1.out().writes.getFirst().base()).isEqualTo(ref.base());
    assertThat(n1.out().writes.getFirst().hardState()).isNotNull();
    assertThat(n1.sentTo(N3, PrepareOk.class)).isEmpty();
    n1.persist();
    assertThat(n1.status().role()).isEqualTo(Role.FOLLOWER);
    assertThat(n1.lastTo(N3, PrepareOk.class)).isEqualTo(new PrepareOk(2, 3, ref.hash(), 3));
    n1.run(5);
    assertThat(n1.sentTo(N3, GetPrepares.class)).contains(new GetPrepares(2, 4, Long.MAX_VALUE));
    n1.receive(N3, new Prepares(2, List.of(FOURTH))).persist();
    assertThat(n1.lastTo(N3, PrepareOk.class).op()).isEqualTo(4);
  }

  @Test // a snapshot that the log continues cuts it, and nothing else
  void aStateWithinTheLogOnlyCutsIt() {
    SnapshotRef ref = snapshotOf(4, 1, 1);
    Fixture n1 = new Fixture().left(1, 1, 1, 1, 1).start().receive(N2, commit(1, 3, 0, 0));
    n1.receive(N2, new StateChunk(1, ref, 0, new byte[4]));
    n1.step(new Event.SnapshotReceived(ref, 4, true)).persist();
    assertThat(n1.out().installs).containsExactly(ref);
    assertThat(n1.status().firstSlot()).isEqualTo(3);
    assertThat(n1.status().lastSlot()).isEqualTo(3);
    assertThat(n1.status().commitSlot()).isEqualTo(2);
  }

  @Test // what is known is not written again; its sender hears so
  void aStateThatIsNoNewsEndsTheTransfer() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).start().receive(N2, commit(1, 2, 2, 0));
    n1.forget().receive(N2, new StateChunk(1, snapshotOf(4, 1, 1), 0, new byte[4])).persist();
    assertThat(n1.ignored(N2, StateChunk.class)).isTrue();
    assertThat(n1.out().chunkWrites).isEmpty();
    assertThat(n1.lastTo(N2, PrepareOk.class).op()).isEqualTo(2);
  }

  @Test // §5.1: a state that arrives when the view is over is not taken for the next one's
  void aStateThatComesTooLateIsNotTaken() {
    SnapshotRef ref = snapshotOf(4, 1, 1, 1);
    Fixture n1 = backupWithoutTheBeginning();
    n1.receive(N3, new StateChunk(2, ref, 0, new byte[4]));
    n1.receive(N2, commit(4, 4, 4, 3)).step(new Event.SnapshotReceived(ref, 4, true)).persist();
    assertThat(n1.out().installs).isEmpty();
    assertThat(n1.status().firstSlot()).isEqualTo(1);
  }

  @Test // §5.1: the log is cut no further than the snapshots of a quorum, its own among them
  void aPrimaryCutsBehindTheCheckpointOfAQuorum() {
    Fixture n1 = Fixture.serving(SMALL, 1, 1);
    n1.step(new Event.Applied(3)).step(new Event.SnapshotSaved(snapshotOf(4, 1, 1)));
    n1.run(50).acknowledge(N3, 3);
    assertThat(n1.status().firstSlot()).as("one snapshot of three").isEqualTo(1);
    n1.acknowledge(N3, 3, 1).run(50).acknowledge(N2, 3);
    assertThat(n1.status().firstSlot()).isEqualTo(2);
    n1.acknowledge(N3, 3, 3).run(50);
    assertThat(n1.status().firstSlot()).as("no further than its own").isEqualTo(3);
    assertThat(n1.lastTo(N2, Commit.class).checkpoint()).isEqualTo(2);
  }

  @Test // §5.1: what two others have in snapshots, and this one has not, is not cut here
  void withoutASnapshotNothingIsCut() {
    Fixture n1 = Fixture.serving(SMALL, 1, 1).acknowledge(N2, 3, 2).acknowledge(N3, 3, 2);
    n1.run(100);
    assertThat(n1.status().firstSlot()).isEqualTo(1);
    assertThat(n1.lastTo(N2, Commit.class).checkpoint()).isEqualTo(2);
  }

  @Test // §5.1: a backup hears from the primary how far a quorum's snapshots reach
  void aBackupCutsByThePrimarysWord() {
    Fixture n1 = new Fixture().config(SMALL).left(1, 1, 1, 1, 1).start();
    n1.receive(N2, commit(1, 3, 3, 0)).step(new Event.Applied(3));
    n1.step(new Event.SnapshotSaved(snapshotOf(4, 1, 1, 1)));
    assertThat(n1.status().firstSlot()).isEqualTo(1);
    n1.receive(N2, commit(1, 3, 3, 2));
    assertThat(n1.status().firstSlot()).isEqualTo(3);
    assertThat(n1.out().writes.getLast().base()).isEqualTo(snapshotOf(4, 1, 1).base());
  }

  @Test // some log is kept for those that lag a little
  void aLittleMoreIsKept() {
    VsrConfig keepsOne = VsrConfig.defaults().with(new Snapshots(4, 1));
    Fixture n1 = new Fixture().config(keepsOne).left(1, 1, 1, 1, 1).start();
    n1.receive(N2, commit(1, 3, 3, 0)).step(new Event.Applied(3));
    n1.step(new Event.SnapshotSaved(snapshotOf(4, 1, 1, 1))).receive(N2, commit(1, 3, 3, 3));
    assertThat(n1.status().firstSlot()).isEqualTo(3);
  }
}
