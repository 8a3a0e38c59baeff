// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.mutant.SourceMutant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The test of the simulator: what it would not notice, it does not test. Every rule of the protocol
 * is broken once; some are shown by a few seeds, the deep ones by the story of what they forbid.
 */
@Tag("sim")
@Execution(ExecutionMode.CONCURRENT)
final class VsrMutantsTest {

  /** A mutant that needs its scene, and what must be found there. */
  private record Deep(
      SourceMutant mutant, Class<? extends Callable<@Nullable String>> scene, String found) {}

  private static List<Deep> deep() {
    return List.of(
        new Deep(VsrMutants.longestLog(), Hunt.LongerLog.class, "without the committed"),
        new Deep(VsrMutants.noCommitNoLog(), Hunt.RestartedBackup.class, "without the committed"),
        new Deep(
            VsrMutants.acknowledgedInAnyView(),
            Hunt.LateAcknowledgement.class,
            "that is durable on 1 of 3"),
        new Deep(VsrMutants.offerBeforePersist(), Hunt.CrashAfterOffer.class, "does not hold"),
        new Deep(VsrMutants.voteMoves(), Hunt.LonelyReplica.class, "expected: 1L"),
        new Deep(VsrMutants.recoveringVotes(), Hunt.LostTail.class, "without the committed"),
        new Deep(VsrMutants.lostDiskVotes(), Hunt.LostDisk.class, "Recovery"),
        new Deep(VsrMutants.releaseBeforeSync(), Hunt.DeathInSync.class, "durable on 1 of 3"),
        new Deep(VsrMutants.sureBySnapshot(), Hunt.SnapshotForAnswer.class, "RECOVERING"),
        new Deep(VsrMutants.anyAnswerSuffices(), Hunt.OneAnswer.class, "RequestStartView"),
        new Deep(VsrMutants.incarnationsForgotten(), Hunt.OldOffer.class, "one log of two"),
        new Deep(VsrMutants.corruptNacks(), Hunt.CorruptCopies.class, "without the committed"),
        new Deep(VsrMutants.readWithoutRound(), Hunt.LostPrimary.class, "stale read"),
        new Deep(VsrMutants.servableAtOnce(), Hunt.Inheritance.class, "stale read"));
  }

  @Test
  void shippedCodeIsCleanOnTheSameSeedsAndInAllScenes() {
    SourceMutant shipped = SourceMutant.named("none");
    assertThat(shipped.run(Hunt.Swarm.class)).isNull();
    assertThat(shipped.run(Hunt.AllScenes.class)).isNull();
  }

  @TestFactory
  Stream<DynamicTest> swarmsShowTheMutant() {
    return VsrMutants.shownBySwarms().stream()
        .map(mutant ->
            DynamicTest.dynamicTest(
                mutant.name(),
                () ->
                    assertThat(mutant.run(Hunt.Swarm.class))
                        .as("none of %s seeds notices: %s", Hunt.Swarm.SEEDS, mutant)
                        .isNotNull()));
  }

  @TestFactory
  Stream<DynamicTest> scenesShowTheMutant() {
    return deep().stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.mutant().name(),
                () -> assertThat(each.mutant().run(each.scene())).contains(each.found())));
  }
}
