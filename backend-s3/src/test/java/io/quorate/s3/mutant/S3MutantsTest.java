// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.mutant;

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
 * is broken once; most are shown by a few seeds, the deep ones by the story of their interleaving.
 */
@Tag("sim")
@Execution(ExecutionMode.CONCURRENT)
final class S3MutantsTest {

  /** A mutant that needs its scene, and what must be found there. */
  private record Deep(
      SourceMutant mutant, Class<? extends Callable<@Nullable String>> scene, String found) {}

  private static List<Deep> deep() {
    return List.of(
        new Deep(S3Mutants.freshEtag(), Hunt.SlowCandidate.class, "I8"),
        new Deep(S3Mutants.sealIsVerdict(), Hunt.LateSeal.class, "never will be"),
        new Deep(S3Mutants.readWithoutRoot(), Hunt.LostLeader.class, "stale read"),
        new Deep(S3Mutants.noLeaseWait(), Hunt.LostLeader.class, "A.5.4"),
        new Deep(S3Mutants.leaseFromRetry(), Hunt.LateAnswer.class, "stale read"),
        new Deep(S3Mutants.noBarrier(), Hunt.EarlyFollower.class, "stale read"),
        new Deep(S3Mutants.pullBelowEpoch(), Hunt.Orphan.class, "chain breaks"));
  }

  @Test
  void shippedCodeIsCleanInAllScenes() {
    SourceMutant shipped = SourceMutant.named("none");
    assertThat(shipped.run(Hunt.Swarm.class)).isNull();
    for (Deep each : deep()) {
      assertThat(shipped.run(each.scene())).as(each.scene().getSimpleName()).isNull();
    }
  }

  @TestFactory
  Stream<DynamicTest> swarmsShowTheMutant() {
    return S3Mutants.shownBySwarms().stream()
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
