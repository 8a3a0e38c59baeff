// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.cluster;

import io.quorate.core.port.Backend;
import io.quorate.sim.oracle.ProtocolInvariant;
import io.quorate.sim.oracle.Traits;
import io.quorate.sim.world.SimRandom;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A protocol to be tried: how to configure it from a seed, and what to expect of it.
 *
 * @param name in reports and on the command line
 * @param create makes the backend of one run; draws its options, the same for all replicas
 * @param traits what the oracle may expect
 * @param invariants rules for those who know the protocol's messages; new ones for each run
 */
public record SimBackend(
    String name,
    Function<SimRandom, Backend> create,
    Traits traits,
    Supplier<List<ProtocolInvariant>> invariants) {

  /** A protocol that replicates to its members' disks, without invariants of its own. */
  public static SimBackend of(String name, Function<SimRandom, Backend> create) {
    return new SimBackend(name, create, Traits.REPLICATED_DISKS, List::of);
  }
}
