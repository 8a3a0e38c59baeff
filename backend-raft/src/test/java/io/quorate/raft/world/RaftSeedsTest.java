// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.SimResult;
import io.quorate.sim.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole groups under seeded faults. A seed that fails here becomes a story before it is mended. */
final class RaftSeedsTest {
  private static final Simulation SWARM =
      Simulation.of(RaftWorlds.swarm()).time(Duration.ofSeconds(10));

  @Test
  void theSameSeedGivesTheSameTrace() {
    for (long seed = 1; seed <= 3; seed++) {
      assertThat(SWARM.seed(seed).run().hash()).isEqualTo(SWARM.seed(seed).run().hash());
    }
  }

  // 1251: a snapshot overtook a read-back of committed entries. 1344: a follower was sent a
  // snapshot for so long that the log behind it was gone.
  @ParameterizedTest
  @ValueSource(longs = {4, 12, 32, 60, 1251, 1344})
  void seedsThatOnceFailed(long seed) {
    SimResult result = SWARM.seed(seed).run();
    assertThat(result.failure()).as(result.report()).isNull();
  }

  // 610: signs of life were repeated until they filled the log faster than it was applied.
  @Test
  void aLongWorldThatOnceFailed() {
    SimResult result = SWARM.time(Duration.ofSeconds(45)).seed(610).run();
    assertThat(result.failure()).as(result.report()).isNull();
  }

  @Test
  void aSwarmMeetsTheRareEventsAndStaysRight() {
    run(2_000, 60, true);
  }

  @Test
  @Tag("slow")
  void aLargeSwarmStaysRight() {
    run(10_000, 1_000, true);
  }

  private static void run(long from, int seeds, boolean covered) {
    Map<String, Long> coverage = new TreeMap<>();
    List<SimResult> results =
        LongStream.range(from, from + seeds)
            .parallel()
            .mapToObj(seed -> SWARM.seed(seed).run())
            .toList();
    for (SimResult result : results) {
      assertThat(result.failure()).as(result.report()).isNull();
      result.coverage().forEach((name, count) -> coverage.merge(name, count, Long::sum));
    }
    if (covered) {
      assertThat(coverage)
          .containsKeys(
              "snapshot.installed",
              "log.conflict truncated",
              "note.raft §6.2 check quorum",
              "note.raft §3.10 transfer",
              "session.command logged again",
              "node.crash inside a turn",
              "node.halted by storage",
              "disk.restart with uncertain head",
              "operation.UNKNOWN Indeterminate",
              "read.linearizable",
              "read.lease",
              "read.bounded",
              "read.local")
          .doesNotContainKey("search.undecided");
    }
  }
}
