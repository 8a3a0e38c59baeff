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
import io.quorate.core.protocol.RefusalCode;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.RequestStartView;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import io.quorate.vsr.message.VsrMessage.StateChunk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Restarts (B.4), in place of the recovery without a disk of VRR §4.3. */
public final class RestartTest {
  private static Commit commit(long view, long op, long commit) {
    return new Commit(view, op, commit, 0, 1, Long.MAX_VALUE, 0, 0);
  }

  /** A replica that may have lost ops, after the first word of its primary, n2. */
  private static Fixture uncertain() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).uncertainHead().start().persist();
    return n1.receive(N2, commit(1, 3, 0)).persist();
  }

  private static long nonce(Fixture n1) {
    return n1.lastTo(N2, RequestStartView.class).nonce();
  }

  @Test // a certain end, and the log of the view: it goes on as a backup
  void aBackupGoesOn() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).start();
    assertThat(n1.status().role()).isEqualTo(Role.FOLLOWER);
    assertThat(n1.status().leader()).isNull();
    assertThat(n1.status().commitSlot()).as("not kept on disk").isZero();
    n1.receive(N2, commit(1, 2, 2));
    assertThat(n1.lastTo(N2, CommitOk.class).op()).isEqualTo(2);
    assertThat(n1.out().commits).containsExactly(2L);
  }

  @Test // a view whose log is not here: it offers its own again
  void aViewChangeGoesOn() {
    Fixture n1 = new Fixture().left(2, 1, 1, 1).start();
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    n1.persist();
    assertThat(n1.sentTo(N3, DoViewChange.class))
        .containsExactly(new DoViewChange(2, 1, 0, shape(1, 1), 2, List.of()));
  }

  @Test // a primary's view is over for it, but its log is of that view
  void aPrimaryOffersTheLogOfItsViewToTheNext() {
    Fixture n1 = new Fixture().left(3, 3, 3, 3).start();
    n1.receive(N2, new PrepareOk(3, 2, n1.hashOf(2), 0));
    assertThat(n1.ignored(N2, PrepareOk.class)).isTrue();
    n1.receive(N2, new DoViewChange(3, 2, 0, shape(3), 1, List.of()));
    assertThat(n1.ignored(N2, DoViewChange.class)).isTrue();
    n1.receive(N3, new StartViewChange(3, 4, false)).persist();
    assertThat(n1.sentTo(N2, DoViewChange.class))
        .containsExactly(new DoViewChange(4, 3, 0, shape(3, 3), 2, List.of()));
  }

  @Test // what is uncertain stays so until it is mended, however often it restarts
  void uncertaintySurvivesARestart() {
    Fixture n1 = uncertain().crashAndStart();
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
    n1.run(1_000);
    assertThat(n1.out().sent).isEmpty();
  }

  @Test // its nonce is of this start: an answer to an earlier one does not count
  void anAnswerToAnEarlierStartDoesNotCount() {
    Fixture n1 = uncertain();
    n1.receive(N2, new StartView(1, 2, shape(1, 1, 1), 0)).persist();
    n1.receive(N2, new StartView(1, 2, shape(1, 1, 1), nonce(n1) + 2)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
    n1.receive(N2, new Prepares(1, entries(1, 1, 1).subList(2, 3))).persist();
    assertThat(n1.status().lastSlot()).as("follows nobody").isEqualTo(2);
    n1.receive(N2, new StartView(1, 2, shape(1, 1), nonce(n1))).persist();
    assertThat(n1.status().role()).isEqualTo(Role.FOLLOWER);
    assertThat(n1.status().commitSlot()).isEqualTo(2);
  }

  @Test // while it follows to be mended it takes ops, and says nothing
  void whoIsBeingMendedAcknowledgesNothing() {
    Fixture n1 = uncertain();
    n1.receive(N2, new StartView(1, 0, shape(1, 1, 1, 1), nonce(n1))).persist().forget();
    n1.receive(N2, new Prepares(1, entries(1, 1, 1).subList(2, 3))).persist();
    n1.receive(N2, commit(1, 4, 3)).persist();
    assertThat(n1.status().commitSlot()).isEqualTo(3);
    assertThat(n1.sentTo(N2, PrepareOk.class)).isEmpty();
    assertThat(n1.sentTo(N2, CommitOk.class)).isEmpty();
    n1.receive(N2, new Prepare(1, 3, entries(1, 1, 1, 1).get(3))).persist();
    assertThat(n1.lastTo(N2, PrepareOk.class).op()).isEqualTo(4);
    assertThat(n1.status().role()).isEqualTo(Role.FOLLOWER);
  }

  @Test // the goal that one primary set is not that of the next
  void aLaterViewStartsTheMendingAnew() {
    Fixture n1 = uncertain();
    long nonce = nonce(n1);
    n1.receive(N2, new StartView(1, 0, shape(1, 1, 1), nonce)).persist();
    n1.receive(N3, commit(2, 4, 0)).run(60).receive(N3, commit(2, 4, 0)).persist();
    assertThat(n1.lastTo(N3, RequestStartView.class)).isEqualTo(new RequestStartView(2, nonce));
    assertThat(n1.sentTo(N3, DoViewChange.class)).isEmpty();
    n1.receive(N2, new Prepares(1, entries(1, 1, 1).subList(2, 3))).persist();
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
  }

  @Test // a view that only it remembers: the primary of the one before must hear of it
  void aViewThatOthersDoNotKnowIsTold() {
    Fixture n1 = new Fixture().left(2, 1, 1).uncertainHead().start().persist();
    n1.receive(N2, commit(1, 1, 0)).receive(N2, commit(1, 1, 0)).persist();
    assertThat(n1.sentTo(N2, RequestStartView.class)).hasSize(1);
    assertThat(n1.lastTo(N2, RequestStartView.class).view()).isEqualTo(2);
    n1.pass(50).receive(N2, commit(1, 1, 0));
    assertThat(n1.sentTo(N2, RequestStartView.class)).hasSize(2);
  }

  @Test // the primary's side: what the asker had acknowledged no longer counts
  void thePrimaryForgetsWhatWasAcknowledged() {
    Fixture n1 = Fixture.serving().submit("x").acknowledge(N2, 2);
    n1.receive(N2, new RequestStartView(3, 77)).persist();
    assertThat(n1.status().commitSlot()).isEqualTo(1);
    StartView told = n1.lastTo(N2, StartView.class);
    assertThat(told.nonce()).isEqualTo(77);
    assertThat(told.log().op()).isEqualTo(2);
    n1.acknowledge(N2, 2);
    assertThat(n1.status().commitSlot()).isEqualTo(2);
  }

  @Test // who only asks for the log of the view has lost nothing
  void whoIsCertainKeepsWhatItAcknowledged() {
    Fixture n1 = Fixture.serving().submit("x").acknowledge(N2, 2);
    n1.receive(N2, new RequestStartView(3, 0)).persist();
    assertThat(n1.status().commitSlot()).isEqualTo(2);
    assertThat(n1.lastTo(N2, StartView.class).nonce()).isZero();
  }

  @Test // it knows no primary, and serves nobody
  void whoIsUncertainServesNoReads() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).uncertainHead().start().persist();
    long read = n1.read();
    assertThat(n1.out().rejectedReads.get(read).code()).isEqualTo(RefusalCode.NOT_LEADER);
  }

  @Test // what a snapshot holds is not all that the primary's log had when it answered
  void aSnapshotAloneDoesNotMend() {
    SnapshotRef ref = snapshotOf(4, 1, 1, 1);
    Entry fourth = entries(1, 1, 1, 1).get(3);
    LogShape behind = new LogShape(3, 1, List.of(new LogShape.Run(4, 1)), 4, fourth.hash());
    Fixture n1 = uncertain();
    n1.receive(N2, new StartView(1, 3, behind, nonce(n1))).persist();
    assertThat(n1.lastTo(N2, GetPrepares.class).fromOp()).isEqualTo(1);
    n1.receive(N2, new StateChunk(1, ref, 0, new byte[4]));
    n1.step(new Event.SnapshotReceived(ref, 4, true)).persist();
    assertThat(n1.status().firstSlot()).isEqualTo(4);
    assertThat(n1.status().role()).as("op 4 may have been its own").isEqualTo(Role.RECOVERING);
    assertThat(n1.sentTo(N2, PrepareOk.class)).isEmpty();
    n1.receive(N2, new Prepares(1, List.of(fourth))).persist();
    assertThat(n1.status().role()).isEqualTo(Role.FOLLOWER);
    assertThat(n1.lastTo(N2, PrepareOk.class).op()).isEqualTo(4);
  }

  @Test // a snapshot that was on its way before the restart is no answer of the primary
  public void aSnapshotIsNoAnswer() {
    SnapshotRef ref = snapshotOf(4, 1, 1, 1);
    Fixture n1 = uncertain().receive(N2, new StateChunk(1, ref, 0, new byte[4]));
    n1.step(new Event.SnapshotReceived(ref, 4, true)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
    assertThat(n1.sentTo(N2, PrepareOk.class)).isEmpty();
  }
}
