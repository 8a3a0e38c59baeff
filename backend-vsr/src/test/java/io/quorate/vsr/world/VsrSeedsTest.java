// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.SimResult;
import io.quorate.sim.Simulation;
import io.quorate.sim.contract.SwarmContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole groups under seeded faults. A seed that fails here becomes a story before it is mended. */
final class VsrSeedsTest implements SwarmContract {
  private static final Simulation SWARM =
      Simulation.of(VsrWorlds.swarm()).time(Duration.ofSeconds(10));

  private static final List<String> RARE =
      List.of(
          "snapshot.installed",
          "log.conflict truncated",
          "note.vsr §4.2 conflict",
          "note.vsr §4.2 handover",
          "note.vsr §4.1 resigns",
          "note.vsr repair",
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

  // 217: a primary of a view that was overtaken began it late; nothing can be committed there.
  // 195: a snapshot of which the log has the last entry, and a conflict behind it on disk only.
  // 524: a vote left before its view was durable, and only a replica without a voice knew of it.
  @ParameterizedTest
  @ValueSource(longs = {195, 217, 524})
  void seedsThatOnceFailed(long seed) {
    SimResult result = SWARM.time(Duration.ofSeconds(60)).seed(seed).run();
    assertThat(result.failure()).as(result.report()).isNull();
  }

  // Disks are not damaged for good here: with such quorums that may leave nobody to begin a view.
  @ParameterizedTest
  @CsvSource({"2, 2, 2", "4, 2, 3", "5, 2, 4", "6, 3, 4"})
  void groupsOfOtherSizesAndQuorums(int nodes, int replication, int viewChange) {
    Simulation simulation =
        Simulation.of(VsrWorlds.swarm(replication, viewChange))
            .faults("crash,pause,partition,flap,clog,slow,loss,kind,client,disk-stall,clock");
    SwarmContract.staysRight(simulation.nodes(nodes).time(Duration.ofSeconds(8)), 1, 4);
  }
}
