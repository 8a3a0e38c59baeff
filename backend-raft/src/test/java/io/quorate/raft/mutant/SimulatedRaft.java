// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.mutant;

import io.quorate.core.port.Backend;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Pipeline;
import io.quorate.raft.RaftConfig.Safeguards;
import io.quorate.raft.RaftConfig.Snapshots;
import io.quorate.raft.RaftConfig.Timing;
import io.quorate.raft.backend.RaftBackend;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.world.SimRandom;
import java.time.Duration;

/** Raft for the simulator, with leases on and with bounds so small that they are met. */
final class SimulatedRaft {
  private SimulatedRaft() {}

  static SimBackend backend() {
    return SimBackend.of("raft", SimulatedRaft::draw);
  }

  private static Backend draw(SimRandom random) {
    boolean tight = random.chance(0.5);
    Pipeline pipeline =
        tight
            ? new Pipeline(
                (int) random.logBetween(1, 2_000),
                1 + random.below(4),
                random.logBetween(100, 10_000),
                1 + random.below(8),
                random.logBetween(1_000, 100_000),
                random.logBetween(1, 10_000))
            : Pipeline.defaults();
    Snapshots snapshots =
        random.chance(0.7)
            ? new Snapshots(
                (int) random.logBetween(50, 5_000), random.below(2_000), random.below(20))
            : Snapshots.defaults();
    Timing timing =
        new Timing(
            Duration.ofMillis(150),
            Duration.ofMillis(random.chance(0.2) ? 160 : 300),
            Duration.ofMillis(10 + random.below(41)),
            Duration.ofMillis(300 + random.below(3_000)));
    return new RaftBackend(
        RaftConfig.defaults()
            .with(timing)
            .with(new Safeguards(random.chance(0.8), random.chance(0.9), true, 0.01))
            .with(pipeline)
            .with(snapshots));
  }
}
