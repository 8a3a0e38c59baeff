// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.mutant;

import io.quorate.sim.Simulation;
import io.quorate.vsr.protocol.AmnesiaTest;
import io.quorate.vsr.protocol.RestartTest;
import io.quorate.vsr.story.DamagedLogStoriesTest;
import io.quorate.vsr.story.RecoveryStoriesTest;
import io.quorate.vsr.story.ViewChangeStoriesTest;
import io.quorate.vsr.world.VsrWorlds;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Ways to look for a broken rule: simulations with ascending seeds, or the story that needs it. */
final class Hunt {
  private Hunt() {}

  /** A group drawn from the seed under faults drawn from the seed. */
  static final class Swarm implements Callable<@Nullable String> {
    static final int SEEDS = 6;

    @Override
    public @Nullable String call() {
      Simulation simulation = Simulation.of(VsrWorlds.swarm()).time(Duration.ofSeconds(6));
      for (long seed = 1; seed <= SEEDS; seed++) {
        String failure = simulation.seed(seed).run().failure();
        if (failure != null) {
          return "seed " + seed + ": " + failure;
        }
      }
      return null;
    }
  }

  /** A longer log of an earlier view meets a shorter one of a later view. */
  static final class LongerLog implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new ViewChangeStoriesTest()::aShorterLogOfALaterViewWinsOverALongerOne);
    }
  }

  /** An acknowledgement comes when its sender's primary is primary again. */
  static final class LateAcknowledgement implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new ViewChangeStoriesTest()::anAcknowledgementOfAnEarlierViewCountsForNothing);
    }
  }

  /** A replica crashes between what it says of a view and what it remembers of it. */
  static final class CrashAfterOffer implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(
          new ViewChangeStoriesTest()::aReplicaThatOfferedItsLogIsTrueToTheNewViewAfterACrash);
    }
  }

  /** A replica is cut off for long, and comes back. */
  static final class LonelyReplica implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new ViewChangeStoriesTest()::aReplicaThatWasCutOffForLongDeposesNobody);
    }
  }

  /** A primary that was replaced without noticing, and a client that still asks it. */
  static final class LostPrimary implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(
          new ViewChangeStoriesTest()::aPrimaryThatDoesNotKnowOfItsSuccessorServesNothingStale);
    }
  }

  /** A new primary that has more than it knows to be committed. */
  static final class Inheritance implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(
          new ViewChangeStoriesTest()::aNewPrimaryServesReadsOnceItHasCommittedWhatItInherited);
    }
  }

  /** Whoever has the ops has just restarted. */
  static final class RestartedBackup implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new RecoveryStoriesTest()::aRestartedBackupThatKnowsOfNoCommitStillGivesItsLog);
    }
  }

  /** Whoever had the ops has lost some of them. */
  static final class LostTail implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(
          new RecoveryStoriesTest()::aReplicaThatMayHaveLostOpsHelpsNobodyBeforeItHasThemAgain);
    }
  }

  /** A disk is lost; its replica is asked for all that it must not say. */
  static final class LostDisk implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new AmnesiaTest()::itAsksAndIsMute);
    }
  }

  /** A disk is lost; only one of the others answers. */
  static final class OneAnswer implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new AmnesiaTest()::oneAnswerIsNotEnough);
    }
  }

  /** An offer that was on its way when the disk of its sender was lost. */
  static final class OldOffer implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new AmnesiaTest()::anOfferFromBeforeTheLossDoesNotCount);
    }
  }

  /** A snapshot reaches whoever waits for the word of its primary. */
  static final class SnapshotForAnswer implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new RestartTest()::aSnapshotIsNoAnswer);
    }
  }

  /** The power of the only other replica fails inside its syncs. */
  static final class DeathInSync implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new RecoveryStoriesTest()::aBackupThatDiesInItsSyncHasAcknowledgedNothing);
    }
  }

  /** Two copies of a committed op are damaged, and the third replica never had it. */
  static final class CorruptCopies implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() {
      return told(new DamagedLogStoriesTest()::twoCorruptCopiesOfACommittedOpWaitAndNeverLie);
    }
  }

  /** All of these, one after the other. */
  static final class AllScenes implements Callable<@Nullable String> {
    @Override
    public @Nullable String call() throws Exception {
      List<Callable<@Nullable String>> scenes =
          List.of(
              new LongerLog(),
              new LateAcknowledgement(),
              new CrashAfterOffer(),
              new LonelyReplica(),
              new LostPrimary(),
              new Inheritance(),
              new RestartedBackup(),
              new LostTail(),
              new LostDisk(),
              new OneAnswer(),
              new OldOffer(),
              new SnapshotForAnswer(),
              new DeathInSync(),
              new CorruptCopies());
      for (Callable<@Nullable String> scene : scenes) {
        String failure = scene.call();
        if (failure != null) {
          return scene.getClass().getSimpleName() + ": " + failure;
        }
      }
      return null;
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
}
