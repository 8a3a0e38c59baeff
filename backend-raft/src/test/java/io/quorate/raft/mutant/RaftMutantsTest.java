// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.mutant.SourceMutant;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The test of the simulator: what it would not notice, it does not test. */
@Tag("sim")
@Execution(ExecutionMode.CONCURRENT)
final class RaftMutantsTest {

  @TestFactory
  Stream<DynamicTest> shippedCodeIsCleanOnTheSameSeeds() {
    return Stream.of(
            Hunt.Swarm.class,
            Hunt.Restarts.class,
            Hunt.Handovers.class,
            Hunt.Elections.class,
            Hunt.LostLeader.class,
            Hunt.DeathInSync.class,
            Hunt.DamagedTwice.class)
        .map(hunt ->
            DynamicTest.dynamicTest(
                hunt.getSimpleName(),
                () -> assertThat(SourceMutant.named("none").run(hunt)).isNull()));
  }

  @TestFactory
  Stream<DynamicTest> swarmsShowTheMutant() {
    return RaftMutants.shownBySwarms().stream()
        .map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> shows(mutant)));
  }

  private static void shows(SourceMutant mutant) {
    assertThat(mutant.run(Hunt.Swarm.class))
        .as("none of %s seeds notices: %s", Hunt.Swarm.SEEDS, mutant)
        .isNotNull();
  }

  @Test
  void aDeathInTheSyncShowsWhatWasReleasedBefore() {
    assertThat(RaftMutants.releaseBeforeSync().run(Hunt.DeathInSync.class))
        .contains("durable on 1 of 3");
  }

  @Test
  void restartsShowAVoteThatIsForgotten() {
    assertThat(RaftMutants.voteBeforePersist().run(Hunt.Restarts.class))
        .as("%s seeds", Hunt.Restarts.SEEDS)
        .contains("two leaders in epoch");
  }

  @Test
  void electionsShowThatOldTermsWereCounted() {
    assertThat(RaftMutants.oldTermsCounted().run(Hunt.Elections.class))
        .as("%s seeds", Hunt.Elections.SEEDS)
        .isNotNull();
  }

  @Test
  void aLostLeaderShowsReadsWithoutRound() {
    assertThat(RaftMutants.readWithoutRound().run(Hunt.LostLeader.class))
        .as("%s seeds", Hunt.LostLeader.SEEDS)
        .contains("stale read");
  }

  @Test
  void handoversShowALeaseThatIsKept() {
    assertThat(RaftMutants.leaseKeptAcrossTransfer().run(Hunt.Handovers.class))
        .as("%s seeds", Hunt.Handovers.SEEDS)
        .contains("stale read");
  }

  @Test
  void damageThatIsDeniedLosesWhatWasCommitted() {
    assertThat(RaftMutants.damageDenied().run(Hunt.DamagedTwice.class))
        .contains("throws away the committed");
  }
}
