// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The core in worlds drawn by a seed; the simulator does the same with the whole runtime. */
class RandomWorldTest {
  private static final long FIRST = Long.getLong("s3.seed", 1);
  private static final long SEEDS = Long.getLong("s3.seeds", 60);

  @Test
  void whatOneReplicaCommitsAllDo() {
    long acknowledged = 0;
    long epochs = 0;
    long installs = 0;
    long refused = 0;
    long reads = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
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
    assertThat(acknowledged).isGreaterThan(SEEDS * 50);
    assertThat(epochs).isGreaterThan(SEEDS * 2);
    assertThat(installs).isPositive();
    assertThat(refused).isPositive();
    assertThat(reads).isGreaterThan(SEEDS * 10);
  }
}
