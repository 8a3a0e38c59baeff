// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.SimResult;
import io.quorate.sim.Simulation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every backend owes in worlds drawn from seeds: it stays right, and the worlds are rough
 * enough to show it. A test class of a backend names its swarm and its rare events; JUnit runs the
 * rest.
 */
public interface SwarmContract {
  /** First of the worlds that every build runs. */
  long FIRST = 2_000;

  /** Worlds that every build runs at least; more, by tens, until the rare events were met. */
  int WORLDS_MIN = 20;

  /** Worlds in which the rare events must have been met. */
  int WORLDS_MAX = 100;

  /** The group under test, with options and faults drawn from the seed. */
  Simulation swarm();

  /** Names of what the worlds must meet: those that never came to it prove nothing about it. */
  List<String> rare();

  @Test
  default void theSameSeedGivesTheSameTrace() {
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(swarm().seed(seed).run().hash()).isEqualTo(swarm().seed(seed).run().hash());
    }
  }

  @Test
  default void aSwarmMeetsTheRareEventsAndStaysRight() {
    Map<String, Long> met = new TreeMap<>();
    for (int worlds = 0;
        worlds < WORLDS_MIN || (worlds < WORLDS_MAX && !met.keySet().containsAll(rare()));
        worlds += 10) {
      staysRight(swarm(), FIRST + worlds, 10)
          .forEach((name, count) -> met.merge(name, count, Long::sum));
    }
    assertThat(met).containsKeys(rare().toArray(String[]::new));
  }

  /** Those of the ordinary build, and many more. */
  @Test
  @Tag("slow")
  default void aLargeSwarmStaysRight() {
    staysRight(swarm(), FIRST, WORLDS_MAX);
    assertThat(staysRight(swarm(), 10_000, 1_000)).containsKeys(rare().toArray(String[]::new));
  }

  /**
   * Runs the worlds of ascending seeds; fails with the report of the first that is not right.
   *
   * @return how often what was met
   */
  static Map<String, Long> staysRight(Simulation simulation, long firstSeed, int seeds) {
    Map<String, Long> met = new TreeMap<>();
    List<SimResult> results =
        LongStream.range(firstSeed, firstSeed + seeds)
            .parallel()
            .mapToObj(seed -> simulation.seed(seed).run())
            .toList();
    for (SimResult result : results) {
      assertThat(result.failure()).as(result.report()).isNull();
      result.coverage().forEach((name, count) -> met.merge(name, count, Long::sum));
    }
    assertThat(met).doesNotContainKey("search.undecided");
    return met;
  }
}
