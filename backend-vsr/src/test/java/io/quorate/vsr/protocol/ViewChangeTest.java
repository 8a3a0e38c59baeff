// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import static io.quorate.vsr.protocol.Fixture.N1;
import static io.quorate.vsr.protocol.Fixture.N2;
import static io.quorate.vsr.protocol.Fixture.N3;
import static io.quorate.vsr.protocol.Fixture.entries;
import static io.quorate.vsr.protocol.Fixture.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.Role;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From one view to the next (VRR §4.2), and restarts (B.4). */
final class ViewChangeTest {
  private static Commit commit(long view, long op, long commit) {
    return new Commit(view, op, commit, 0, 1, Long.MAX_VALUE, 0, 0);
  }

  private static DoViewChange change(long view, long normal, long commit, LogShape log) {
    return new DoViewChange(view, normal, commit, log, log.op(), List.of());
  }

  /** A backup of view 1, whose primary is n2. */
  private static Fixture backup(long... viewsOfOrigin) {
    Fixture n1 = new Fixture().left(1, 1, viewsOfOrigin).start();
    return n1.receive(N2, commit(1, viewsOfOrigin.length, 0)).persist();
  }

  @Test // step 1: a vote changes nothing at the voter, and is repeated
  void aVoteInflatesNothing() {
    Fixture n1 = backup(1, 1);
    n1.taken(StartViewChange.class);
    n1.run(600);
    assertThat(n1.taken(StartViewChange.class))
        .hasSizeGreaterThan(4)
        .containsOnly(new StartViewChange(1, 2, false));
    assertThat(n1.status().epoch()).isEqualTo(1);
    assertThat(n1.out().writes).isEmpty();
  }

  @Test // step 1: a voter who hears the primary again takes the vote back
  void aVoteIsWithdrawnWhenThePrimaryIsHeard() {
    Fixture n1 = backup(1);
    n1.run(310).receive(N2, commit(1, 1, 0));
    n1.taken(StartViewChange.class);
    n1.receive(N3, new StartViewChange(1, 2, false));
    assertThat(n1.status().epoch()).isEqualTo(1);
    assertThat(n1.taken(StartViewChange.class)).isEmpty();
  }

  @Test // step 1: nobody votes while it hears the primary, unless that primary yields
  void votesOnlyForWhoeverMissesThePrimaryOrIsIt() {
    Fixture n1 = backup(1);
    n1.receive(N3, new StartViewChange(1, 2, false)).persist();
    assertThat(n1.status().epoch()).isEqualTo(1);
    n1.receive(N2, new StartViewChange(1, 2, false)).persist();
    assertThat(n1.status().epoch()).as("a late vote of who is primary by now").isEqualTo(1);
    n1.receive(N2, new StartViewChange(1, 2, true)).persist();
    assertThat(n1.status().epoch()).isEqualTo(2);
  }

  @Test // step 2: the log is offered once the view is durable
  void theViewIsDurableBeforeTheLogIsOffered() {
    Fixture n1 = backup(1, 1);
    n1.run(310).receive(N3, new StartViewChange(1, 2, false));
    assertThat(n1.status().epoch()).isEqualTo(2);
    assertThat(n1.taken(DoViewChange.class)).isEmpty();
    n1.persist();
    assertThat(n1.taken(DoViewChange.class)).containsExactly(change(2, 1, 0, shape(1, 1)));
  }

  @Test // two timeouts apart: the second finds the first one's vote, or its repetition
  void twoTimeoutsApartMeet() {
    Fixture n1 = backup(1);
    n1.pass(140).receive(N3, new StartViewChange(1, 2, false));
    assertThat(n1.status().epoch()).isEqualTo(1);
    n1.pass(20).receive(N3, new StartViewChange(1, 2, false));
    assertThat(n1.status().epoch()).isEqualTo(2);
  }

  @Test // step 3: the log of the latest view, not the longest, and with every body, before
  // StartView
  void aNewPrimaryCompletesTheChosenLogFirst() {
    Fixture n1 = new Fixture().left(3, 1, 1, 1, 1).start();
    n1.persist();
    n1.receive(N2, change(3, 2, 1, shape(1, 2))).persist();
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    assertThat(n1.taken(StartView.class)).isEmpty();
    n1.step(io.quorate.core.protocol.Event.Tick.INSTANCE);
    n1.receive(N2, new Prepares(3, entries(1, 2).subList(1, 2)));
    assertThat(n1.taken(StartView.class)).as("not before it is durable").isEmpty();
    n1.persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    assertThat(n1.taken(StartView.class))
        .containsOnly(new StartView(3, 0, shape(1, 2), 0))
        .hasSize(2);
  }

  @Test // step 3: what is missing is asked for
  void whatIsMissingIsAskedOfWhoHasIt() {
    Fixture n1 = new Fixture().left(3, 1, 1).start();
    n1.persist();
    n1.receive(N3, change(3, 2, 1, shape(1, 2, 2))).persist();
    assertThat(n1.out().sent)
        .filteredOn(each -> each.message() instanceof GetPrepares)
        .allSatisfy(each -> assertThat(each.to()).isEqualTo(N3))
        .isNotEmpty();
  }

  @Test // step 5: a backup installs the log in one write and acknowledges what it has of it
  void aBackupInstallsTheLogAndKeepsWhatMatches() {
    Fixture n1 = backup(1, 1, 1, 1);
    n1.receive(N3, new StartView(2, 1, shape(1, 1, 2, 2), 0));
    assertThat(n1.out().writes)
        .anySatisfy(write -> {
          assertThat(write.truncateFrom()).isEqualTo(3);
          assertThat(write.hardState()).isNotNull();
        });
    n1.persist();
    assertThat(n1.taken(PrepareOk.class))
        .containsExactly(new PrepareOk(2, 2, entries(1, 1).get(1).hash(), 0));
    assertThat(n1.status().commitSlot()).isEqualTo(1);
    n1.receive(N3, new Prepares(2, entries(1, 1, 2, 2).subList(2, 4))).persist();
    assertThat(n1.taken(PrepareOk.class))
        .containsExactly(new PrepareOk(2, 4, entries(1, 1, 2, 2).get(3).hash(), 0));
  }

  @Test // V3, B.4: after a crash the log of the view is still known by name
  void theTargetSurvivesACrash() {
    Fixture n1 = backup(1, 1, 1, 1);
    n1.receive(N3, new StartView(2, 1, shape(1, 1, 2, 2), 0)).persist();
    n1.crashAndStart().persist();
    n1.receive(N3, new StartViewChange(3, 4, false)).persist();
    n1.receive(N2, new StartViewChange(4, 5, false)).persist();
    DoViewChange offered = n1.taken(DoViewChange.class).getLast();
    assertThat(offered.lastNormalView()).isEqualTo(2);
    assertThat(offered.bodies()).isEqualTo(2);
    assertThat(offered.log()).isEqualTo(shape(1, 1, 2, 2));
  }

  @Test // V2: nothing of an earlier view is acknowledged
  void anEarlierViewIsNotAcknowledged() {
    Fixture n1 = backup(1);
    n1.receive(N3, commit(2, 1, 0)).persist();
    n1.taken(PrepareOk.class);
    n1.receive(N2, new Prepare(1, 0, entries(1, 1).get(1))).persist();
    assertThat(n1.taken(PrepareOk.class)).isEmpty();
    assertThat(n1.status().lastSlot()).isEqualTo(1);
  }

  @Test // B.4: a primary does not go on after a restart; it yields
  void aRestartedPrimaryYields() {
    Fixture n1 = new Fixture().left(3, 3, 3, 3).start();
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    assertThat(n1.taken(StartViewChange.class)).contains(new StartViewChange(3, 4, true));
  }

  @Test // B.4: not even one that finds nothing on its disk
  void nobodyLeadsViewZero() {
    Fixture n1 = new Fixture().start();
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    assertThat(n1.taken(StartViewChange.class)).contains(new StartViewChange(0, 1, true));
  }

  @Test // B.4: a replica that may have lost ops neither votes, nor offers its log, nor acknowledges
  void anUncertainHeadIsMute() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).uncertainHead().start();
    n1.persist().run(1_000);
    n1.receive(N3, new StartViewChange(1, 2, true)).persist();
    n1.receive(N2, commit(1, 3, 0)).persist();
    n1.receive(N2, new Prepare(1, 0, entries(1, 1, 1).get(2))).persist();
    assertThat(n1.out().sent)
        .extracting(each -> each.message().name())
        .containsOnly("RequestStartView");
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
  }

  @Test // B.4: it counts again once it durably has what the primary had when it answered
  void anUncertainHeadIsMendedByThePrimary() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1).uncertainHead().start();
    n1.persist().receive(N2, commit(1, 3, 0)).persist();
    long nonce =
        n1.taken(io.quorate.vsr.message.VsrMessage.RequestStartView.class).getLast().nonce();
    n1.receive(N2, new StartView(1, 0, shape(1, 1, 1), nonce + 2)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
    n1.receive(N2, new StartView(1, 0, shape(1, 1, 1), nonce)).persist();
    assertThat(n1.taken(PrepareOk.class)).isEmpty();
    n1.receive(N2, new Prepares(1, entries(1, 1, 1).subList(2, 3)));
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
    n1.persist();
    assertThat(n1.status().role()).isEqualTo(Role.FOLLOWER);
    assertThat(n1.taken(PrepareOk.class)).extracting(PrepareOk::op).contains(3L);
  }

  @Test // B.6: a damaged op is named, never denied, and mended from whoever has it
  void aDamagedOpIsNamedAndMended() {
    Fixture n1 = new Fixture().left(1, 1, 1, 1, 1);
    n1.disk().corrupt(2, 110);
    n1.start().persist();
    n1.receive(N2, commit(1, 3, 0)).persist();
    assertThat(n1.status().details()).containsEntry("faulty_slots", "1");
    n1.receive(N3, new StartViewChange(1, 2, false)).run(310);
    n1.receive(N3, new StartViewChange(1, 2, false)).persist();
    assertThat(n1.taken(DoViewChange.class).getLast().faulty()).containsExactly(2L);
    n1.receive(N3, new Prepares(2, entries(1, 1).subList(1, 2))).persist();
    assertThat(n1.status().details())
        .containsEntry("faulty_slots", "0")
        .containsEntry("repaired_slots", "1");
    assertThat(n1.status().leader()).isNotEqualTo(N1);
  }
}
