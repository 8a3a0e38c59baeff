// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.mutant;

import static io.quorate.sim.mutant.MutantCase.story;

import io.quorate.s3.story.InterleavingsTest;
import io.quorate.s3.story.ReaderInterleavingsTest;
import io.quorate.s3.world.S3Worlds;
import io.quorate.sim.Simulation;
import io.quorate.sim.mutant.MutantCase;
import io.quorate.sim.mutant.MutantCase.Worlds;
import io.quorate.sim.mutant.MutantSuite;
import io.quorate.sim.mutant.SourceMutant;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Each rule of the protocol is missed by somebody, by the sections of the design. */
final class S3MutantsTest implements MutantSuite {

  /** A group drawn from the seed under faults drawn from the seed. */
  static final class Swarm implements LongFunction<@Nullable String> {
    private final Simulation simulation =
        Simulation.of(S3Worlds.swarm()).time(Duration.ofSeconds(6));

    @Override
    public @Nullable String apply(long seed) {
      return simulation.seed(seed).run().failure();
    }
  }

  @Override
  public List<MutantCase> mutants() {
    return List.of(
        swarm(S3Mutants.noSeal(), 1),
        swarm(S3Mutants.sealsDeleted(), 3),
        swarm(S3Mutants.deletedBeforeWatermark(), 2),
        swarm(S3Mutants.anyDurableSlot(), 1),
        swarm(S3Mutants.failure412(), 5),
        swarm(S3Mutants.noLeaseWait(), 1),
        swarm(S3Mutants.otherBytes(), 3),
        swarm(S3Mutants.noNonce(), 3),
        swarm(S3Mutants.oldEpoch(), 2),
        story(
            S3Mutants.freshEtag(),
            InterleavingsTest.class,
            "a10_07_slowCandidateMeetsTruncation",
            "I8"),
        story(
            S3Mutants.sealIsVerdict(),
            InterleavingsTest.class,
            "a10_06_lateSealOnDeletedData",
            "never will be"),
        story(
            S3Mutants.readWithoutRoot(),
            ReaderInterleavingsTest.class,
            "a10_17_staleRead",
            "stale read"),
        story(
            S3Mutants.noLeaseWait(),
            ReaderInterleavingsTest.class,
            "a10_17_staleReadByLease",
            "A.5.4"),
        story(
            S3Mutants.leaseFromRetry(),
            ReaderInterleavingsTest.class,
            "a10_18_leaseFromRetry",
            "stale read"),
        story(
            S3Mutants.noBarrier(),
            ReaderInterleavingsTest.class,
            "a10_19_readRegressionAcrossReaders",
            "stale read"),
        story(
            S3Mutants.pullBelowEpoch(),
            ReaderInterleavingsTest.class,
            "a10_22_pushThenStalePull",
            "chain breaks"));
  }

  private static MutantCase swarm(SourceMutant mutant, long seed) {
    return new MutantCase(mutant, new Worlds(Swarm.class, seed, 20), "");
  }
}
