// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import static io.quorate.vsr.protocol.Fixture.N1;
import static io.quorate.vsr.protocol.Fixture.N2;
import static io.quorate.vsr.protocol.Fixture.N3;
import static io.quorate.vsr.protocol.Fixture.entries;
import static io.quorate.vsr.protocol.Fixture.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.Role;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.VsrConfig.Pipeline;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Normal operation (VRR §4.1, B.2): from the primary's prepare to everybody's commit. */
final class NormalOperationTest {
  private static Commit commit(long view, long op, long commit) {
    return new Commit(view, op, commit, 0, 1, Long.MAX_VALUE, 0, 77);
  }

  /** A backup of view 1, whose primary is n2. */
  private static Fixture backup(long... viewsOfOrigin) {
    Fixture n1 = new Fixture().left(1, 1, viewsOfOrigin).start();
    return n1.receive(N2, commit(1, viewsOfOrigin.length, 0)).persist().forget();
  }

  private static Prepare prepare(long commit, long op) {
    long[] views = new long[(int) op];
    java.util.Arrays.fill(views, 1);
    return new Prepare(1, commit, entries(views).get((int) op - 1));
  }

  @Test // §4.1 step 3: everybody gets the op in its place, while the primary's disk still works
  void opsAreSentInOrderBeforeTheyAreDurable() {
    Fixture n1 = Fixture.serving(1).submit("a").submit("b");
    assertThat(n1.sentTo(N3, Prepare.class))
        .extracting(prepare -> prepare.entry().slot())
        .containsExactly(3L, 4L);
    Prepare second = n1.lastTo(N2, Prepare.class);
    assertThat(second.view()).isEqualTo(3);
    assertThat(second.entry().epoch()).isEqualTo(3);
    assertThat(second.entry().parentHash()).isEqualTo(n1.hashOf(3));
    assertThat(n1.out().writes).hasSize(2);
    assertThat(n1.status().commitSlot()).isEqualTo(2);
  }

  @Test // §4.1 step 5: a quorum of disks, of which the primary's is one like the others
  void anOpIsCommittedByAQuorumOfDisks() {
    Fixture n1 = Fixture.serving().submit("a");
    n1.acknowledge(N2, 2);
    assertThat(n1.status().commitSlot()).as("one disk of three").isEqualTo(1);
    n1.acknowledge(N2, 2);
    assertThat(n1.status().commitSlot()).as("the same one again").isEqualTo(1);
    n1.acknowledge(N3, 2);
    assertThat(n1.status().commitSlot()).as("without its own").isEqualTo(2);
    n1.persist().submit("b").persist();
    assertThat(n1.status().commitSlot()).as("its own alone").isEqualTo(2);
    n1.acknowledge(N3, 3);
    assertThat(n1.out().commits).containsExactly(2L, 3L);
  }

  @Test // §4.1 step 5: an acknowledgement is for all ops before it, too
  void acknowledgementsAreCumulative() {
    Fixture n1 = Fixture.serving().submit("a").submit("b").submit("c").persist();
    n1.acknowledge(N3, 4);
    assertThat(n1.out().commits).containsExactly(4L);
    n1.acknowledge(N3, 3);
    assertThat(n1.status().commitSlot()).as("one that was overtaken").isEqualTo(4);
  }

  @Test // B.2: more replicas than a majority if so configured
  void aLargerReplicationQuorumIsWaitedFor() {
    VsrConfig all =
        VsrConfig.defaults()
            .with(new VsrConfig.Safeguards(false, 0.01, java.time.Duration.ofMillis(500), 3, 0));
    Fixture n1 = Fixture.leading(all, 0).answer(N2, 0).persist().acknowledge(N2, 1);
    assertThat(n1.status().commitSlot()).isZero();
    n1.acknowledge(N3, 1);
    assertThat(n1.status().commitSlot()).isEqualTo(1);
  }

  @Test // §4.1 step 5: what was acknowledged in an earlier view counts for nothing
  void anAcknowledgementOfAnEarlierViewDoesNotCount() {
    Fixture n1 = Fixture.leading(VsrConfig.defaults(), 0, 1, 2);
    n1.receive(N3, new PrepareOk(2, 2, n1.hashOf(2), 0));
    assertThat(n1.ignored(N3, PrepareOk.class)).isTrue();
    assertThat(n1.status().commitSlot()).isZero();
    n1.acknowledge(N3, 2);
    assertThat(n1.status().commitSlot()).as("ops of earlier views, in this one").isEqualTo(2);
  }

  @Test // B.2: an acknowledgement names the op by its hash
  void anAcknowledgementOfAnotherLogStopsThePrimary() {
    Fixture n1 = Fixture.serving().submit("a");
    assertThatThrownBy(() -> n1.receive(N2, new PrepareOk(3, 2, ChainHash.ROOT, 0)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("n2 acknowledges another log than the view's, up to op 2");
  }

  @Test // §4.1 step 5: nobody can have in this view what its primary has not prepared
  void anAcknowledgementBeyondTheLogStopsThePrimary() {
    Fixture n1 = Fixture.serving();
    assertThatThrownBy(() -> n1.receive(N2, new PrepareOk(3, 2, null, 0)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("op 2 acknowledged beyond the last");
  }

  @Test // §4.1 step 5: only the primary counts
  void aBackupCountsNoAcknowledgement() {
    Fixture n1 = backup(1);
    n1.receive(N3, new PrepareOk(1, 1, n1.hashOf(1), 0));
    assertThat(n1.ignored(N3, PrepareOk.class)).isTrue();
    assertThat(n1.status().commitSlot()).isZero();
  }

  @Test // §4.1 step 6: backups hear of a commit by the next prepare, or the next sign of life
  void commitIsToldByTheNextMessage() {
    Fixture n1 = Fixture.serving().submit("a").persist().forget().acknowledge(N2, 2);
    assertThat(n1.out().sent).as("no message of its own").isEmpty();
    n1.submit("b");
    assertThat(n1.lastTo(N3, Prepare.class).commit()).isEqualTo(2);
    n1.persist().acknowledge(N2, 3).run(50);
    Commit sign = n1.lastTo(N3, Commit.class);
    assertThat(sign.op()).isEqualTo(3);
    assertThat(sign.commit()).isEqualTo(3);
  }

  @Test // §4.1 step 4: the acknowledgement leaves once the op is durable
  void aBackupAcknowledgesWhatIsDurable() {
    Fixture n1 = backup(1).receive(N2, prepare(0, 2));
    assertThat(n1.sentTo(N2, PrepareOk.class)).isEmpty();
    n1.persist();
    assertThat(n1.sentTo(N2, PrepareOk.class))
        .containsExactly(new PrepareOk(1, 2, prepare(0, 2).entry().hash(), 0));
  }

  @Test // §4.1 step 4: ops are taken in order; what is early waits
  void aBackupTakesOpsInOrder() {
    Fixture n1 = backup().receive(N2, prepare(0, 3)).receive(N2, prepare(0, 2));
    assertThat(n1.status().lastSlot()).isZero();
    n1.persist();
    assertThat(n1.sentTo(N2, PrepareOk.class)).isEmpty();
    n1.receive(N2, prepare(0, 1)).persist();
    assertThat(n1.origins()).containsExactly(1L, 1L, 1L);
    assertThat(n1.sentTo(N2, PrepareOk.class)).extracting(PrepareOk::op).containsExactly(3L);
  }

  @Test // B.2: a gap may close by itself; if it does not the backup asks
  void aGapIsAskedForAfterAWhile() {
    Fixture n1 = backup(1).receive(N2, prepare(0, 3));
    assertThat(n1.sentTo(N2, GetPrepares.class)).isEmpty();
    n1.run(5);
    assertThat(n1.sentTo(N2, GetPrepares.class))
        .containsExactly(new GetPrepares(1, 2, Long.MAX_VALUE));
    n1.receive(N2, new Prepares(1, List.of(prepare(0, 2).entry()))).persist().run(100);
    assertThat(n1.status().lastSlot()).isEqualTo(3);
    assertThat(n1.sentTo(N2, GetPrepares.class)).as("asked once").hasSize(1);
  }

  @Test // B.2: what is early has a bound
  void whatIsEarlyIsKeptWithinABound() {
    Pipeline p = Pipeline.defaults();
    VsrConfig none =
        VsrConfig.defaults()
            .with(
                new Pipeline(
                    p.prepareBytesMax(),
                    0,
                    p.batchesInFlightMax(),
                    p.uncommittedBytesMax(),
                    p.logWindowBytes()));
    Fixture n1 = new Fixture().config(none).left(1, 1, 1).start().receive(N2, commit(1, 1, 0));
    n1.receive(N2, prepare(0, 3)).receive(N2, prepare(0, 2));
    assertThat(n1.status().lastSlot()).isEqualTo(2);
    n1.forget().run(60);
    assertThat(n1.sentTo(N2, GetPrepares.class)).contains(new GetPrepares(1, 3, Long.MAX_VALUE));
  }

  @Test // §4.1: a message may come twice
  void aRepeatedPrepareChangesNothing() {
    Fixture n1 = backup(1).receive(N2, prepare(0, 2)).persist().forget();
    n1.receive(N2, prepare(0, 2));
    assertThat(n1.out().writes).isEmpty();
    assertThat(n1.out().sent).isEmpty();
  }

  @Test // §4.1 step 7: a backup commits what it has of what it hears to be committed
  void aBackupCommitsWhatItHas() {
    Fixture n1 = backup(1).receive(N2, prepare(1, 2));
    assertThat(n1.out().commits).containsExactly(1L);
    n1.receive(N2, commit(1, 4, 4));
    assertThat(n1.status().commitSlot()).isEqualTo(2);
    n1.receive(N2, prepare(2, 3));
    n1.receive(N2, new Prepares(1, List.of(prepare(0, 4).entry())));
    assertThat(n1.status().commitSlot()).as("what was heard is not forgotten").isEqualTo(4);
  }

  @Test // §4.1 step 6: the sign of life tells of ops that got lost
  void theSignOfLifeTellsOfLostOps() {
    Fixture n1 = backup(1).receive(N2, commit(1, 3, 1)).run(5);
    assertThat(n1.sentTo(N2, GetPrepares.class))
        .containsExactly(new GetPrepares(1, 2, Long.MAX_VALUE));
  }

  @Test // §4.1 step 6: it is answered at once, for what is durable by then
  void theSignOfLifeDoesNotWaitForTheDisk() {
    Fixture n1 = backup(1).receive(N2, prepare(0, 2)).receive(N2, commit(1, 2, 0));
    CommitOk answer = n1.lastTo(N2, CommitOk.class);
    assertThat(answer.op()).isEqualTo(1);
    assertThat(answer.hash()).isEqualTo(n1.hashOf(1));
    assertThat(answer.sentNanos()).isEqualTo(77);
    assertThat(answer.wallNanos()).isEqualTo(n1.now().wallNanos());
  }

  @Test // VRR §4: replicas speak only with others of their view; the earlier one is told
  void whoSpeaksInAnEarlierViewIsToldOfTheLaterOne() {
    Fixture n1 = Fixture.serving(1);
    n1.receive(N2, new Prepare(1, 0, entries(1, 1).get(1)));
    assertThat(n1.sentTo(N2, StartView.class)).extracting(StartView::view).containsExactly(3L);
    n1.receive(N3, new StartViewChange(2, 3, false)).receive(N3, commit(2, 5, 5));
    assertThat(n1.sentTo(N3, StartView.class)).hasSize(2);
    assertThat(n1.sentTo(N3, CommitOk.class)).isEmpty();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
  }

  @Test // VRR §4: who hears of a later view enters it and takes nothing before it has its log
  void whoHearsALaterViewAsksForItsLog() {
    Fixture n1 = backup(1, 1);
    n1.receive(N3, new Prepare(2, 2, entries(1, 1, 2).get(2))).receive(N3, commit(2, 3, 2));
    assertThat(n1.out().sent).as("before the view is durable").isEmpty();
    n1.persist();
    assertThat(n1.status().epoch()).isEqualTo(2);
    assertThat(n1.status().leader()).isEqualTo(N3);
    assertThat(n1.status().lastSlot()).isEqualTo(2);
    assertThat(n1.status().commitSlot()).isZero();
    assertThat(n1.sentTo(N3, DoViewChange.class))
        .as("which its primary answers by StartView")
        .hasSize(1);
    n1.receive(N3, new StartView(2, 2, shape(1, 1, 2), 0)).persist();
    assertThat(n1.status().commitSlot()).isEqualTo(2);
    assertThat(n1.lastTo(N3, PrepareOk.class).op()).isEqualTo(2);
  }

  @Test // §4.2 step 4: whoever gives its log to a view that began long ago is told the view's
  void aLateLogIsAnsweredByTheLogOfTheView() {
    Fixture n1 = Fixture.serving(1, 1);
    n1.receive(N3, new DoViewChange(3, 1, 0, shape(1), 1, List.of()));
    StartView start = n1.lastTo(N3, StartView.class);
    assertThat(start.commit()).isEqualTo(3);
    assertThat(start.log().op()).isEqualTo(3);
    assertThat(start.log().viewAt(3)).isEqualTo(3);
  }

  @Test // one primary a view: what another says in its place is not believed
  void nobodyElseSpeaksAsThePrimary() {
    Fixture n1 = backup(1);
    assertThatThrownBy(() -> n1.receive(N3, commit(1, 1, 1)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("n3 speaks as the primary of another's view");
  }

  @Test // B.2 step 2: an op links to the one before it
  void anOpThatDoesNotContinueTheLogStopsTheBackup() {
    Fixture n1 = backup(1);
    Entry stranger = entries(0, 1).get(1);
    assertThatThrownBy(() -> n1.receive(N2, new Prepare(1, 0, stranger)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("does not continue the log of the view");
  }

  @Test // §4.1 step 2: only the primary takes requests
  void aBackupNamesThePrimary() {
    Fixture n1 = backup(1).submit("a");
    assertThat(n1.out().rejected.getFirst().code()).isEqualTo(RefusalCode.NOT_LEADER);
    assertThat(n1.out().rejected.getFirst().leader()).isEqualTo(N2);
  }

  @Test // B.2: so many batches may wait for a quorum of disks
  void whatIsUncommittedHasABound() {
    Pipeline p = Pipeline.defaults();
    VsrConfig two =
        VsrConfig.defaults()
            .with(
                new Pipeline(
                    p.prepareBytesMax(),
                    p.aheadBytesMax(),
                    2,
                    p.uncommittedBytesMax(),
                    p.logWindowBytes()));
    Fixture n1 = Fixture.serving(two).submit("a");
    assertThat(n1.saturated()).isFalse();
    n1.submit("b");
    assertThat(n1.saturated()).isTrue();
    n1.submit("c").submit("d").submit("e");
    assertThat(n1.out().rejected)
        .extracting(each -> each.code())
        .containsExactly(RefusalCode.OVERLOADED);
    n1.persist().acknowledge(N3, 5);
    assertThat(n1.saturated()).isFalse();
  }

  @Test // B.9: consensus time needs a majority's clocks, or a timeout's patience
  void theFirstOpWaitsForAMajoritysClocks() {
    Fixture n1 = Fixture.leading(VsrConfig.defaults(), 0, 1).submit("early");
    assertThat(n1.out().rejected.getFirst().code()).isEqualTo(RefusalCode.OVERLOADED);
    assertThat(n1.status().lastSlot()).isEqualTo(1);
    n1.answer(N3, 0);
    assertThat(n1.lastTo(N2, Prepare.class).entry().kind()).isEqualTo(EntryKind.TAKEOVER);
    Fixture patient = Fixture.leading(VsrConfig.defaults(), 0, 1);
    for (int i = 0; i < 7; i++) {
      patient.acknowledge(N2, 1).run(50); // heard, but without a clock
    }
    assertThat(patient.status().lastSlot()).isEqualTo(2);
    assertThat(patient.status().details().get("clocks")).startsWith("disagree");
  }

  @Test // B.2 step 6: a primary that hears too few makes room
  void aPrimaryThatHearsNobodyYields() {
    Fixture n1 = Fixture.serving(1).run(310);
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    assertThat(n1.status().roleReason()).contains("heard no quorum");
    assertThat(n1.sentTo(N2, StartViewChange.class)).contains(new StartViewChange(3, 4, true));
    n1.forget().receive(N2, new PrepareOk(3, 2, n1.hashOf(2), 0));
    assertThat(n1.ignored(N2, PrepareOk.class)).isTrue();
    n1.run(100);
    assertThat(n1.sentTo(N2, Commit.class)).as("no sign of life any more").isEmpty();
  }

  @Test // B.2 step 6: so does one whose disk does not answer, though the others have everything
  void aPrimaryWhoseDiskHangsYields() {
    Fixture n1 = Fixture.serving(1).submit("stuck").acknowledge(N2, 3).acknowledge(N3, 3);
    assertThat(n1.out().commits).containsExactly(3L);
    for (int i = 0; i < 41; i++) {
      n1.run(50);
      if (n1.status().role() == Role.LEADER) {
        n1.acknowledge(N2, 3).acknowledge(N3, 3);
      }
    }
    assertThat(n1.status().roleReason()).contains("disk");
    assertThat(n1.status().leader()).isNotEqualTo(N1);
  }
}
