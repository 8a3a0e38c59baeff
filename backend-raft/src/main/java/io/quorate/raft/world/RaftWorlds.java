// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.world;

import io.quorate.raft.RaftConfig;
import io.quorate.raft.backend.RaftBackend;
import io.quorate.raft.backend.RaftVariations;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.oracle.Traits;
import java.util.List;

/** Raft as the simulator runs it: a configuration for each seed, and the rules of its votes. */
public final class RaftWorlds {
  private RaftWorlds() {}

  /** Raft with options drawn from the seed. */
  public static SimBackend swarm() {
    return new SimBackend(
        "raft",
        random -> new RaftBackend(RaftVariations.draw(random)),
        () -> new RaftBackend(RaftConfig.defaults()),
        Traits.REPAIRED_DISKS,
        () -> List.of(new VoteRules()));
  }

  /** Raft with this configuration. */
  public static SimBackend with(RaftConfig config) {
    return new SimBackend(
        "raft",
        random -> new RaftBackend(config),
        Traits.REPAIRED_DISKS,
        () -> List.of(new VoteRules()));
  }
}
