// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.mutant;

import io.quorate.s3.story.InterleavingsTest;
import io.quorate.s3.story.ReaderInterleavingsTest;
import io.quorate.s3.world.S3Worlds;
import io.quorate.sim.SimResult;
import io.quorate.sim.Simulation;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Ways to look for a broken rule: simulations with ascending seeds, or the story that needs it. */
final class Hunt {
  private Hunt() {}

  /** A group drawn from the seed under faults drawn from the seed. */
  static final class Swarm implements Callable<@Nullable String> {
    static final int SEEDS = 20;

    @Override
    public @Nullable String call() {
      Simulation simulation = Simulation.of(S3Worlds.swarm()).time(Duration.ofSeconds(6));
      return firstFailure(SEEDS, seed -> simulation.seed(seed).run());
    }
  }

  /** A late seal on a slot whose data was deleted. */
  static final class LateSeal implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new InterleavingsTest()::a10_06_lateSealOnDeletedData);
    }
  }

  /** A candidate that scanned before the leader truncated. */
  static final class SlowCandidate implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new InterleavingsTest()::a10_07_slowCandidateMeetsTruncation);
    }
  }

  /** A leader with clients, cut off from its successor. */
  static final class LostLeader implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      String failure = told(new ReaderInterleavingsTest()::a10_17_staleRead);
      return failure != null
          ? failure
          : told(new ReaderInterleavingsTest()::a10_17_staleReadByLease);
    }
  }

  /** A leader that learns late that its write was executed. */
  static final class LateAnswer implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new ReaderInterleavingsTest()::a10_18_leaseFromRetry);
    }
  }

  /** A follower that shows what its leader does not know of. */
  static final class EarlyFollower implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new ReaderInterleavingsTest()::a10_19_readRegressionAcrossReaders);
    }
  }

  /** An orphan that looks like the next entry. */
  static final class Orphan implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new ReaderInterleavingsTest()::a10_22_pushThenStalePull);
    }
  }

  private static @Nullable String told(Runnable story) {
    try {
      story.run();
      return null;
    } catch (AssertionError e) {
      return e.getMessage();
    }
  }

  private static @Nullable String firstFailure(int seeds, LongFunction<SimResult> run) {
    for (long seed = 1; seed <= seeds; seed++) {
      String failure = run.apply(seed).failure();
      if (failure != null) {
        return "seed " + seed + ": " + failure;
      }
    }
    return null;
  }
}
