// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The core in worlds drawn by a seed; the simulator does the same with the whole runtime. */
class RandomWorldTest {
  private static final long FIRST = Long.getLong("s3.seed", 1);
  private static final long SEEDS = Long.getLong("s3.seeds", 25);

  @Test
  void whatOneReplicaCommitsAllDo() {
    run(FIRST, SEEDS);
  }

  @Test
  @Tag("slow")
  void whatOneReplicaCommitsAllDoInManyMoreWorlds() {
    run(FIRST + SEEDS, 20 * SEEDS);
  }

  private static void run(long first, long seeds) {
    long acknowledged = 0;
    long epochs = 0;
    long installs = 0;
    long refused = 0;
    long reads = 0;
    for (long seed = first; seed < first + seeds; seed++) {
      RandomWorld world = new RandomWorld(seed);
      try {
        world.run();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
      acknowledged += world.acknowledged;
      epochs += world.epochs;
      installs += world.installs;
      refused += world.refusedForGood;
      reads += world.readsServed;
    }
    // The worlds are rough enough for what they are to show.
    assertThat(acknowledged).isGreaterThan(seeds * 50);
    assertThat(epochs).isGreaterThan(seeds * 2);
    assertThat(installs).isPositive();
    assertThat(refused).isPositive();
    assertThat(reads).isGreaterThan(seeds * 10);
  }
}
