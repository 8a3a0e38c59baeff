// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.world;

import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.oracle.Traits;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.backend.VsrBackend;
import io.quorate.vsr.backend.VsrVariations;
import java.util.List;

/** VSR as the simulator runs it: a configuration for each seed, and the rules of its views. */
public final class VsrWorlds {
  private VsrWorlds() {}

  /** VSR with options drawn from the seed. */
  public static SimBackend swarm() {
    return new SimBackend(
        "vsr",
        random -> new VsrBackend(VsrVariations.draw(random)),
        () -> new VsrBackend(VsrConfig.defaults()),
        Traits.REPAIRED_DISKS,
        () -> List.of(new ViewRules()));
  }

  /** VSR with options drawn from the seed, but for the quorums. */
  public static SimBackend swarm(int replicationQuorum, int viewChangeQuorum) {
    return new SimBackend(
        "vsr",
        random -> {
          VsrConfig drawn = VsrVariations.draw(random);
          VsrConfig.Safeguards safeguards = drawn.safeguards();
          return new VsrBackend(
              drawn.with(
                  new VsrConfig.Safeguards(
                      safeguards.leaseReads(),
                      safeguards.clockDriftMax(),
                      safeguards.clockToleranceMax(),
                      replicationQuorum,
                      viewChangeQuorum)));
        },
        Traits.REPAIRED_DISKS.withQuorum(replicationQuorum),
        () -> List.of(new ViewRules()));
  }

  /** VSR with this configuration. */
  public static SimBackend with(VsrConfig config) {
    return new SimBackend(
        "vsr",
        random -> new VsrBackend(config),
        Traits.REPAIRED_DISKS,
        () -> List.of(new ViewRules(), new CheckpointRules()));
  }
}
