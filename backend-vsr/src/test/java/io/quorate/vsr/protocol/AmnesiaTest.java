// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import static io.quorate.vsr.protocol.Fixture.N2;
import static io.quorate.vsr.protocol.Fixture.N3;
import static io.quorate.vsr.protocol.Fixture.entries;
import static io.quorate.vsr.protocol.Fixture.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.protocol.Outgoing;
import io.quorate.vsr.message.Incarnation;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.Recovery;
import io.quorate.vsr.message.VsrMessage.RecoveryResponse;
import io.quorate.vsr.message.VsrMessage.RequestStartView;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A replica whose disk was lost (VRR §4.3), and what the others do for it. */
public final class AmnesiaTest {
  private static Commit commit(long view, long op, long commit) {
    return new Commit(view, op, commit, 0, 1, Long.MAX_VALUE, 0, 0);
  }

  private static Fixture lost() {
    return new Fixture().lostDisk().start().persist();
  }

  private static Recovery asked(Fixture n1) {
    return n1.lastTo(N2, Recovery.class);
  }

  private static RecoveryResponse answer(
      Fixture n1, long view, boolean primary, Incarnation... known) {
    Recovery question = asked(n1);
    return new RecoveryResponse(
        view, question.incarnation(), question.nonce(), true, primary, List.of(known));
  }

  /** Both others have answered, in view 1, of which n2 is primary. */
  private static Fixture answered() {
    Fixture n1 = lost();
    n1.receive(N3, answer(n1, 1, false)).persist();
    return n1.receive(N2, answer(n1, 1, true)).persist();
  }

  @Test // VRR §4.3 step 1: it asks all others, again and again, and says nothing else to anybody
  public void itAsksAndIsMute() {
    Fixture n1 = lost();
    assertThat(asked(n1)).isEqualTo(n1.lastTo(N3, Recovery.class));
    assertThat(asked(n1).incarnation()).isEqualTo(1);
    assertThat(asked(n1).nonce()).isNotZero();
    n1.receive(N3, new StartViewChange(0, 1, false)).persist();
    n1.receive(N2, commit(1, 2, 0)).persist();
    n1.receive(N2, new StartView(1, 0, shape(1), 0)).persist();
    n1.receive(N2, new StartView(1, 0, shape(1), asked(n1).nonce())).persist();
    n1.receive(N2, new Prepare(1, 0, entries(1).get(0))).persist();
    n1.receive(N3, new DoViewChange(3, 1, 0, shape(1), 1, List.of())).persist().run(2_000);
    n1.persist();
    for (Outgoing sent : n1.out().sent) {
      assertThat(sent.message()).isInstanceOf(Recovery.class);
    }
    assertThat(n1.sentTo(N3, Recovery.class)).hasSizeGreaterThan(10);
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
    assertThat(n1.status().phase()).isEqualTo("recovering");
    assertThat(n1.status().lastSlot()).isZero();
  }

  @Test // VRR §4.3 step 3: fewer than a view-change quorum may not know its latest view
  public void oneAnswerIsNotEnough() {
    Fixture n1 = lost();
    n1.receive(N2, answer(n1, 1, true)).persist();
    n1.receive(N2, commit(1, 2, 0)).receive(N2, answer(n1, 1, true)).persist();
    assertThat(n1.sentTo(N2, RequestStartView.class)).isEmpty();
    assertThat(n1.status().roleReason())
        .contains("its disk was lost", "until 2 of n2, n3 have answered", "so far n2 has");
  }

  @Test // VRR §4.3 step 3: the primary of the latest view must be among those who answer
  public void thePrimaryMustAnswer() {
    Fixture n1 = lost();
    n1.receive(N2, answer(n1, 1, true)).persist();
    n1.receive(N3, answer(n1, 2, false)).persist();
    assertThat(n1.sentTo(N3, RequestStartView.class)).isEmpty();
    n1.receive(N3, answer(n1, 2, true)).persist();
    assertThat(n1.lastTo(N3, RequestStartView.class).view()).isEqualTo(2);
  }

  @Test // VRR §4.3 step 3: the log, by state transfer; it counts again once it has all of it
  public void itTakesOverThePrimarysLog() {
    Fixture n1 = answered();
    assertThat(n1.status().phase()).isEqualTo("recovering-head");
    long nonce = n1.lastTo(N2, RequestStartView.class).nonce();
    n1.receive(N2, new StartView(1, 1, shape(1, 1), nonce)).persist();
    n1.receive(N3, new StartViewChange(1, 2, false)).persist();
    assertThat(n1.sentTo(N2, PrepareOk.class)).isEmpty();
    n1.receive(N2, new Prepares(1, entries(1))).persist();
    n1.receive(N2, commit(1, 2, 1)).persist();
    assertThat(n1.sentTo(N2, CommitOk.class)).isEmpty();
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
    n1.receive(N2, new Prepares(1, entries(1, 1).subList(1, 2))).persist();
    assertThat(n1.status().role()).isEqualTo(Role.FOLLOWER);
    assertThat(n1.lastTo(N2, PrepareOk.class).op()).isEqualTo(2);
  }

  @Test // a crash at any point leaves it recovering
  public void aCrashMeanwhileChangesNothing() {
    Fixture n1 = lost();
    n1.receive(N2, answer(n1, 1, true)).persist().crashAndStart().persist();
    assertThat(n1.status().phase()).isEqualTo("recovering");
    assertThat(asked(n1).view()).as("of which it has heard").isEqualTo(1);
    Fixture later = answered();
    later.crashAndStart().persist().run(2_000);
    assertThat(later.status().phase()).isEqualTo("recovering-head");
    assertThat(later.out().sent).isEmpty();
  }

  @Test // an answer to an earlier start may be older than what was promised since
  public void anAnswerToAnEarlierStartDoesNotCount() {
    Fixture n1 = lost();
    n1.receive(N3, answer(n1, 1, false)).persist();
    n1.receive(N2, new RecoveryResponse(1, 1, asked(n1).nonce() + 2, true, true, List.of()));
    n1.persist();
    assertThat(n1.sentTo(N2, RequestStartView.class)).isEmpty();
  }

  @Test // a number that an earlier start has taken is not taken again
  public void itTakesANewNumber() {
    Fixture n1 = lost();
    n1.receive(N3, answer(n1, 1, false)).persist();
    long nonce = asked(n1).nonce();
    n1.receive(N2, new RecoveryResponse(1, 4, nonce, false, false, List.of())).persist().tick();
    assertThat(asked(n1)).isEqualTo(new Recovery(1, 5, nonce));
    n1.receive(N2, answer(n1, 1, true)).persist();
    assertThat(n1.sentTo(N2, RequestStartView.class)).as("n3 has not granted 5").isEmpty();
    n1.receive(N3, answer(n1, 1, false)).persist();
    assertThat(n1.sentTo(N2, RequestStartView.class)).hasSize(1);
  }

  @Test // an answer from before the answerer lost its own disk is forgotten there
  public void anAnswerOfAnEarlierIncarnationDoesNotCount() {
    Fixture n1 = lost();
    n1.receive(N3, answer(n1, 1, false)).persist();
    n1.receive(N2, answer(n1, 1, true, new Incarnation(N3, 1, 9))).persist();
    assertThat(n1.sentTo(N2, RequestStartView.class)).isEmpty();
    n1.receive(N3, answer(n1, 1, false, new Incarnation(N3, 1, 9))).persist();
    assertThat(n1.sentTo(N2, RequestStartView.class)).hasSize(1);
  }

  @Test // VRR §4.3 step 2: a backup answers once it is durable that the sender has lost its disk
  public void aBackupAnswers() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).start().persist();
    n1.receive(N3, new Recovery(0, 1, 77));
    assertThat(n1.sentTo(N3, RecoveryResponse.class)).isEmpty();
    n1.persist();
    Incarnation known = new Incarnation(N3, 1, 77);
    assertThat(n1.lastTo(N3, RecoveryResponse.class))
        .isEqualTo(new RecoveryResponse(1, 1, 77, true, false, List.of(known)));
    n1.crashAndStart().receive(N3, new Recovery(0, 1, 78)).persist();
    assertThat(n1.lastTo(N3, RecoveryResponse.class).granted()).isFalse();
    n1.receive(N3, new Recovery(0, 1, 77)).persist();
    assertThat(n1.lastTo(N3, RecoveryResponse.class).granted()).as("asked again").isTrue();
  }

  @Test // VRR §4.3 step 2: only who is in normal operation answers
  public void whoChangesViewsDoesNotAnswer() {
    Fixture n1 = new Fixture().left(2, 1, 1, 1).start().persist();
    n1.receive(N2, new Recovery(0, 1, 77)).persist();
    assertThat(n1.ignored(N2, Recovery.class)).isTrue();
    Fixture other = lost().receive(N2, new Recovery(0, 1, 77)).persist();
    assertThat(other.ignored(N2, Recovery.class)).isTrue();
  }

  @Test // the primary's side: what was acknowledged on the lost disk no longer counts
  public void thePrimaryForgetsWhatWasAcknowledged() {
    Fixture n1 = Fixture.serving().submit("x").acknowledge(N2, 2);
    n1.receive(N2, new Recovery(3, 1, 77)).persist();
    assertThat(n1.lastTo(N2, RecoveryResponse.class).primary()).isTrue();
    assertThat(n1.status().commitSlot()).isEqualTo(1);
  }

  @Test // §4.2 step 3: what a replica offered before it lost its disk counts for no view
  public void anOfferFromBeforeTheLossDoesNotCount() {
    Fixture n1 = new Fixture().left(2, 2, 2, 2).start().persist();
    n1.receive(N2, new Recovery(0, 1, 77)).persist();
    DoViewChange before = new DoViewChange(3, 2, 0, shape(2), 1, List.of());
    n1.receive(N2, before).persist();
    assertThat(n1.status().role()).as("its own is one log of two").isEqualTo(Role.CANDIDATE);
    List<Incarnation> own = List.of(new Incarnation(N2, 1, 77));
    n1.receive(N2, new DoViewChange(3, 2, 0, shape(2, 2), 2, List.of(), own)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
  }

  @Test // the same, if only another one knows of the loss
  public void anOfferFromBeforeTheLossDoesNotCountIfAnotherKnows() {
    Fixture n1 = new Fixture().left(2, 2, 2, 2).start().persist();
    NodeId lost = N3;
    List<Incarnation> known = List.of(new Incarnation(lost, 1, 77));
    n1.receive(N2, new DoViewChange(3, 2, 0, shape(2, 2), 2, List.of(), known));
    n1.receive(lost, new DoViewChange(3, 2, 0, shape(2, 2, 2), 3, List.of())).persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    assertThat(n1.status().lastSlot()).as("op 3 and the view's first are none of it").isEqualTo(2);
  }
}
