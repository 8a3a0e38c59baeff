// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.mutant.SourceMutant;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The test of the simulator: what it would not notice, it does not test. */
@Tag("sim")
final class RaftMutantsTest {

  @Test
  void shippedCodeIsCleanOnTheSameSeeds() {
    SourceMutant shipped = SourceMutant.named("none");
    assertThat(shipped.run(Hunt.Swarm.class)).isNull();
    assertThat(shipped.run(Hunt.LostLeader.class)).isNull();
    assertThat(shipped.run(Hunt.Elections.class)).isNull();
    assertThat(shipped.run(Hunt.Restarts.class)).isNull();
    assertThat(shipped.run(Hunt.Handovers.class)).as("lease reads").isNull();
    assertThat(shipped.run(Hunt.DamagedTwice.class)).isNull();
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
