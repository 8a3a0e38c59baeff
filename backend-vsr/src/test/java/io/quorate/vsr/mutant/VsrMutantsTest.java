// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.mutant;

import static io.quorate.sim.mutant.MutantCase.story;

import io.quorate.sim.Simulation;
import io.quorate.sim.mutant.MutantCase;
import io.quorate.sim.mutant.MutantCase.Worlds;
import io.quorate.sim.mutant.MutantSuite;
import io.quorate.sim.mutant.SourceMutant;
import io.quorate.vsr.protocol.AmnesiaTest;
import io.quorate.vsr.protocol.RestartTest;
import io.quorate.vsr.story.DamagedLogStoriesTest;
import io.quorate.vsr.story.RecoveryStoriesTest;
import io.quorate.vsr.story.ViewChangeStoriesTest;
import io.quorate.vsr.world.VsrWorlds;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Each rule of VSR is missed by somebody. */
final class VsrMutantsTest implements MutantSuite {

  /** A group drawn from the seed under faults drawn from the seed. */
  static final class Swarm implements LongFunction<@Nullable String> {
    private final Simulation simulation =
        Simulation.of(VsrWorlds.swarm()).time(Duration.ofSeconds(6));

    @Override
    public @Nullable String apply(long seed) {
      return simulation.seed(seed).run().failure();
    }
  }

  @Override
  public List<MutantCase> mutants() {
    return List.of(
        swarm(VsrMutants.commitBeforeQuorum(), 2),
        swarm(VsrMutants.truncateThenFetch(), 2),
        swarm(VsrMutants.acknowledgeBeforeSync(), 2),
        swarm(VsrMutants.noDedupe(), 4),
        story(
            VsrMutants.longestLog(),
            ViewChangeStoriesTest.class,
            "aShorterLogOfALaterViewWinsOverALongerOne",
            "without the committed"),
        story(
            VsrMutants.noCommitNoLog(),
            RecoveryStoriesTest.class,
            "aRestartedBackupThatKnowsOfNoCommitStillGivesItsLog",
            "without the committed"),
        story(
            VsrMutants.acknowledgedInAnyView(),
            ViewChangeStoriesTest.class,
            "anAcknowledgementOfAnEarlierViewCountsForNothing",
            "that is durable on 1 of 3"),
        story(
            VsrMutants.offerBeforePersist(),
            ViewChangeStoriesTest.class,
            "aReplicaThatOfferedItsLogIsTrueToTheNewViewAfterACrash",
            "does not hold"),
        story(
            VsrMutants.voteMoves(),
            ViewChangeStoriesTest.class,
            "aReplicaThatWasCutOffForLongDeposesNobody",
            "expected: 1L"),
        story(
            VsrMutants.recoveringVotes(),
            RecoveryStoriesTest.class,
            "aReplicaThatMayHaveLostOpsHelpsNobodyBeforeItHasThemAgain",
            "without the committed"),
        story(VsrMutants.lostDiskVotes(), AmnesiaTest.class, "itAsksAndIsMute", "Recovery"),
        story(
            VsrMutants.releaseBeforeSync(),
            RecoveryStoriesTest.class,
            "aBackupThatDiesInItsSyncHasAcknowledgedNothing",
            "durable on 1 of 3"),
        story(VsrMutants.sureBySnapshot(), RestartTest.class, "aSnapshotIsNoAnswer", "RECOVERING"),
        story(
            VsrMutants.anyAnswerSuffices(),
            AmnesiaTest.class,
            "oneAnswerIsNotEnough",
            "RequestStartView"),
        story(
            VsrMutants.incarnationsForgotten(),
            AmnesiaTest.class,
            "anOfferFromBeforeTheLossDoesNotCount",
            "one log of two"),
        story(
            VsrMutants.corruptNacks(),
            DamagedLogStoriesTest.class,
            "twoCorruptCopiesOfACommittedOpWaitAndNeverLie",
            "without the committed"),
        story(
            VsrMutants.readWithoutRound(),
            ViewChangeStoriesTest.class,
            "aPrimaryThatDoesNotKnowOfItsSuccessorServesNothingStale",
            "stale read"),
        story(
            VsrMutants.servableAtOnce(),
            ViewChangeStoriesTest.class,
            "aNewPrimaryServesReadsOnceItHasCommittedWhatItInherited",
            "stale read"));
  }

  private static MutantCase swarm(SourceMutant mutant, long seed) {
    return new MutantCase(mutant, new Worlds(Swarm.class, seed, 6), "");
  }
}
