// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import static io.quorate.vsr.protocol.Fixture.N2;
import static io.quorate.vsr.protocol.Fixture.N3;
import static io.quorate.vsr.protocol.Fixture.entries;
import static io.quorate.vsr.protocol.Fixture.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.Role;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.protocol.Event;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.message.LogShape;
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

/** What VRR §4.2 asks of votes, of the gathering of logs, and of views that do not begin. */
final class GatheringTest {
  private static Commit commit(long view, long op, long commit) {
    return new Commit(view, op, commit, 0, 1, Long.MAX_VALUE, 0, 0);
  }

  private static DoViewChange change(long normal, long commit, LogShape log, long bodies) {
    return new DoViewChange(3, normal, commit, log, bodies, List.of());
  }

  /** A backup of view 1, whose primary is n2. */
  private static Fixture backup(long... viewsOfOrigin) {
    Fixture n1 = new Fixture().left(1, 1, viewsOfOrigin).start();
    return n1.receive(N2, commit(1, viewsOfOrigin.length, 0)).persist().forget();
  }

  /** In view 2, of which nothing but the number is known. */
  private static Fixture inViewChange(long... viewsOfOrigin) {
    return backup(viewsOfOrigin).receive(N2, new StartViewChange(1, 2, true)).persist();
  }

  @Test // step 1: votes expire, so that those of long ago never meet
  void anOldVoteDoesNotCount() {
    Fixture n1 = backup(1).receive(N3, new StartViewChange(1, 2, false)).run(310);
    assertThat(n1.status().epoch()).isEqualTo(1);
    assertThat(n1.sentTo(N3, StartViewChange.class)).isNotEmpty();
  }

  @Test // step 1: only votes for the same view make a quorum
  void votesForDifferentViewsDoNotMeet() {
    Fixture n1 = Fixture.serving().acknowledge(N3, 1);
    n1.handOver(N3);
    assertThat(n1.lastTo(N2, StartViewChange.class).proposed()).isEqualTo(5);
    n1.receive(N2, new StartViewChange(3, 4, false));
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    n1.receive(N2, new StartViewChange(3, 5, false));
    assertThat(n1.status().epoch()).isEqualTo(5);
  }

  @Test // step 1: who asks for a view joins those that ask for a later one
  void theLaterViewIsAskedFor() {
    Fixture n1 = backup(1).run(310).forget().receive(N3, new StartViewChange(1, 5, false));
    assertThat(n1.sentTo(N2, StartViewChange.class))
        .containsExactly(new StartViewChange(1, 5, false));
    assertThat(n1.status().epoch()).isEqualTo(5);
  }

  @Test // steps 1 and 2: a vote needs no disk, a log does, and is given until the view begins
  void theLogIsGivenUntilTheViewBegins() {
    Fixture n1 = inViewChange(1, 1);
    assertThat(n1.sentTo(N3, DoViewChange.class)).hasSize(1);
    n1.forget().run(110);
    assertThat(n1.sentTo(N3, DoViewChange.class))
        .hasSize(2)
        .containsOnly(new DoViewChange(2, 1, 0, shape(1, 1), 2, List.of()));
    n1.receive(N3, new StartView(2, 0, shape(1, 1), 0)).persist().forget().run(110);
    assertThat(n1.sentTo(N3, DoViewChange.class)).isEmpty();
  }

  @Test // step 2: normal operation stops: nothing of the old view is taken or acknowledged
  void normalOperationStops() {
    Fixture n1 = inViewChange(1).forget();
    n1.receive(N2, new Prepare(1, 1, entries(1, 1).get(1))).receive(N2, commit(1, 2, 2)).persist();
    assertThat(n1.sentTo(N2, PrepareOk.class)).isEmpty();
    assertThat(n1.sentTo(N2, CommitOk.class)).isEmpty();
    assertThat(n1.status().lastSlot()).isEqualTo(1);
    assertThat(n1.status().commitSlot()).isZero();
  }

  @Test // step 3: q_v logs, one of them its own, which must be durable as it is told
  void aPrimaryGathersAQuorumOfLogs() {
    Fixture n1 = backup(1).receive(N2, new StartViewChange(1, 3, true));
    n1.receive(N2, change(1, 0, shape(1), 1));
    assertThat(n1.out().writes).as("nothing is chosen yet").hasSize(1);
    n1.persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    Fixture alone = backup(1).receive(N2, new StartViewChange(1, 3, true)).persist();
    assertThat(alone.status().role()).isEqualTo(Role.CANDIDATE);
  }

  @Test // step 3: an op that is known by name only, and denied by enough, was never committed
  void whatNobodyHoldsAndEnoughDenyIsCutOff() {
    Fixture n1 = new Fixture().left(3, 2, 2).start();
    n1.receive(N2, change(2, 0, shape(2, 2), 1)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    assertThat(n1.lastTo(N3, StartView.class).log().op()).isEqualTo(1);
  }

  @Test // step 3: known by name to one, held by another of an earlier view: fetched from there
  void anOpIsTakenFromWhoeverHoldsIt() {
    Fixture n1 = new Fixture().left(3, 2, 1).start();
    n1.receive(N3, change(1, 0, shape(1, 1, 1), 3)).persist();
    assertThat(n1.status().role()).as("the log of view 2 is n1's: one op").isEqualTo(Role.LEADER);
    Fixture named = new Fixture().left(3, 1, 1).start();
    named.receive(N2, change(2, 2, shape(1, 1, 2), 1)).persist();
    assertThat(named.status().role())
        .as("op 2 is committed, nobody has it")
        .isEqualTo(Role.CANDIDATE);
    named.receive(N3, change(1, 0, shape(1, 1), 2)).persist().run(60);
    assertThat(named.sentTo(N3, GetPrepares.class)).isNotEmpty();
    named.receive(N3, new Prepares(3, entries(1, 1).subList(1, 2))).persist();
    assertThat(named.status().role()).isEqualTo(Role.LEADER);
    assertThat(named.lastTo(N2, StartView.class).log().op()).isEqualTo(2);
  }

  @Test // step 3: what does not fit the chosen log is not taken, whoever gives it
  void anOpOfAnotherLogIsNotTaken() {
    Fixture n1 = new Fixture().left(3, 1, 1, 1).start();
    n1.receive(N2, change(2, 0, shape(1, 2), 2)).persist();
    n1.receive(N3, new Prepares(3, entries(1, 1).subList(1, 2))).persist();
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    n1.receive(N2, new Prepares(3, entries(1, 2).subList(1, 2))).persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    assertThat(n1.origins()).containsExactly(1L, 2L);
  }

  @Test // step 3: a log that comes when the choice is made changes nothing
  void theChoiceIsMadeOnce() {
    Fixture n1 = new Fixture().left(3, 1, 1).start();
    n1.receive(N2, change(2, 0, shape(1, 2), 2)).persist();
    n1.receive(N3, change(2, 0, shape(1, 2, 2), 3)).persist();
    n1.receive(N2, new Prepares(3, entries(1, 2).subList(1, 2))).persist();
    assertThat(n1.lastTo(N3, StartView.class).log()).isEqualTo(shape(1, 2));
  }

  @Test // step 3: the commit of whoever knows most; nothing of it is asked for again
  void theHighestCommitIsTaken() {
    Fixture n1 = Fixture.leading(VsrConfig.defaults(), 2, 1, 2, 2);
    assertThat(n1.status().commitSlot()).isEqualTo(2);
    assertThat(n1.out().commits).containsExactly(2L);
    n1.acknowledge(N3, 3);
    assertThat(n1.out().commits).containsExactly(2L, 3L);
  }

  @Test // step 3: its choice is durable before it fetches: a crash does not undo it
  void theChoiceSurvivesACrash() {
    Fixture n1 = new Fixture().left(3, 1, 1, 1).start();
    n1.receive(N2, change(2, 0, shape(1, 2), 2)).persist();
    n1.crashAndStart().receive(N2, new StartViewChange(3, 4, false)).persist();
    DoViewChange offered = n1.lastTo(N2, DoViewChange.class);
    assertThat(offered.lastNormalView()).isEqualTo(3);
    assertThat(offered.log()).isEqualTo(shape(1, 2));
    assertThat(offered.bodies()).isEqualTo(1);
  }

  @Test // B.3 step 2: a new primary that cannot be given what it lacks makes room
  void aPrimaryThatLacksTheBeginningYields() {
    LogShape behind = new LogShape(3, 1, List.of(new LogShape.Run(4, 2)), 4, null);
    Fixture n1 = new Fixture().left(3, 1, 1).start();
    n1.receive(N2, change(2, 3, behind, 4)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.CANDIDATE);
    assertThat(n1.lastTo(N3, StartViewChange.class)).isEqualTo(new StartViewChange(3, 4, true));
    assertThat(n1.origins()).containsExactly(1L);
  }

  @Test // step 5: the log of a view is installed once
  void aRepeatedStartViewChangesNothing() {
    Fixture n1 = inViewChange(1, 1).receive(N3, new StartView(2, 0, shape(1, 1), 0)).persist();
    n1.forget().receive(N3, new StartView(2, 0, shape(1, 1), 0));
    assertThat(n1.out().writes).isEmpty();
    assertThat(n1.out().sent).isEmpty();
  }

  @Test // step 5: what is committed here is in the log of every later view
  void aLogWithoutWhatIsCommittedStopsTheBackup() {
    Fixture n1 = backup(1, 1).receive(N2, commit(1, 2, 2));
    assertThatThrownBy(() -> n1.receive(N3, new StartView(2, 0, shape(1, 2), 0)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("other ops than those committed up to 2");
  }

  @Test // step 5: if where the logs part is no longer in memory it is read back first
  void whereTheLogsPartIsReadBack() {
    VsrConfig.Pipeline p = VsrConfig.Pipeline.defaults();
    VsrConfig small =
        VsrConfig.defaults()
            .with(
                new VsrConfig.Pipeline(
                    p.prepareBytesMax(),
                    p.aheadBytesMax(),
                    p.batchesInFlightMax(),
                    p.uncommittedBytesMax(),
                    1));
    Fixture n1 = new Fixture().config(small).left(1, 1, 1, 1, 1, 1).start();
    n1.receive(N2, commit(1, 4, 3)).persist().receive(N3, commit(2, 4, 3)).persist();
    n1.receive(N3, new StartView(2, 3, shape(1, 1, 1, 2), 0));
    assertThat(n1.out().writes).isEmpty();
    n1.step(new Event.Loaded(n1.out().loads.getFirst().loadId(), entries(1, 1, 1).subList(2, 3)));
    n1.receive(N3, new StartView(2, 3, shape(1, 1, 1, 2), 0));
    assertThat(n1.out().loads).hasSize(1);
    n1.persist();
    assertThat(n1.status().lastSlot()).isEqualTo(3);
    assertThat(n1.lastTo(N3, PrepareOk.class).op()).isEqualTo(3);
  }

  @Test // B.3 step 5: a view whose primary is dead, too, is left for the next
  void aViewThatDoesNotBeginIsLeft() {
    Fixture n1 = inViewChange(1).forget();
    n1.run(290);
    assertThat(n1.sentTo(N2, StartViewChange.class)).as("it is given more time").isEmpty();
    n1.run(310);
    assertThat(n1.sentTo(N2, StartViewChange.class)).contains(new StartViewChange(2, 3, false));
    n1.receive(N2, new StartViewChange(2, 3, false)).persist();
    n1.receive(N2, change(1, 0, shape(1), 1)).persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    assertThat(n1.status().epoch()).isEqualTo(3);
  }

  @Test // B.3: a replica in no quorum neither votes nor enters by votes, nor gathers
  void whoIsUncertainGathersNothing() {
    Fixture n1 = new Fixture().left(3, 1, 1).uncertainHead().start().persist();
    n1.receive(N2, change(1, 0, shape(1), 1)).receive(N3, change(1, 0, shape(1), 1)).persist();
    n1.receive(N2, new StartViewChange(3, 4, false)).receive(N3, new StartViewChange(3, 4, true));
    assertThat(n1.status().role()).isEqualTo(Role.RECOVERING);
    assertThat(n1.status().epoch()).isEqualTo(3);
    assertThat(n1.out().sent).isEmpty();
  }
}
