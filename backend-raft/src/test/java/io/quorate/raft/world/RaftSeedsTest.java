// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.SimResult;
import io.quorate.sim.Simulation;
import io.quorate.sim.contract.SwarmContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole groups under seeded faults. A seed that fails here becomes a story before it is mended. */
final class RaftSeedsTest implements SwarmContract {
  private static final Simulation SWARM =
      Simulation.of(RaftWorlds.swarm()).time(Duration.ofSeconds(10));

  private static final List<String> RARE =
      List.of(
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
          "read.local");

  @Override
  public Simulation swarm() {
    return SWARM;
  }

  @Override
  public List<String> rare() {
    return RARE;
  }

  // 1251: a snapshot overtook a read-back of committed entries. 1344: a follower was sent a
  // snapshot for so long that the log behind it was gone.
  @ParameterizedTest
  @ValueSource(longs = {4, 12, 32, 60, 1251, 1344})
  void seedsThatOnceFailed(long seed) {
    SimResult result = SWARM.seed(seed).run();
    assertThat(result.failure()).as(result.report()).isNull();
  }

  // 610: signs of life were repeated until they filled the log faster than it was applied. What is
  // wrong with that, LogClientTest shows in an instant.
  @Test
  @Tag("slow")
  void aLongWorldThatOnceFailed() {
    SimResult result = SWARM.time(Duration.ofSeconds(45)).seed(610).run();
    assertThat(result.failure()).as(result.report()).isNull();
  }
}
