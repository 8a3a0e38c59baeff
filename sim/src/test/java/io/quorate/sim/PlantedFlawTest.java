// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.toy.FixedLeader;
import io.quorate.sim.toy.FixedLeader.Flaw;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A checker that never fails proves nothing: each flaw must be found, and named rightly. */
final class PlantedFlawTest {
  private static Simulation simulation(Flaw flaw, long seed) {
    return Simulation.of(SimBackend.of("toy", random -> new FixedLeader(flaw)))
        .seed(seed)
        .time(Duration.ofSeconds(3))
        .faults("partition,slow,clog");
  }

  @Test
  void aSoundProtocolPasses() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(simulation(Flaw.NONE, seed).run().failure()).as("seed %s", seed).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "COMMITS_ALONE, that is durable on",
    "ACKNOWLEDGES_BEFORE_DURABLE, that is durable on",
    "EVERYBODY_LEADS, two leaders in epoch",
    "FOLLOWERS_FORGE, two logs",
    "COMMIT_GOES_BACK, goes back from commit",
    "NEVER_COMMITS, no recovery within",
    "DENIES_WHAT_IT_COMMITS, were told that it never would be",
    "SPINS, turns at once",
  })
  void aFlawIsFound(Flaw flaw, String expected) {
    StringBuilder found = new StringBuilder();
    for (long seed = 1; seed <= 20; seed++) {
      SimResult result = simulation(flaw, seed).run();
      if (result.failure() != null) {
        found.append(result.failure()).append('\n');
        assertThat(result.report()).contains("./quorate sim --backend toy --seed " + seed);
        if (result.failure().contains(expected)) {
          return;
        }
      }
    }
    assertThat(found.toString()).contains(expected);
  }
}
