// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.cluster;

import io.quorate.core.port.Backend;
import io.quorate.sim.oracle.ProtocolInvariant;
import io.quorate.sim.oracle.Traits;
import io.quorate.sim.world.SimRandom;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A protocol to be tried: how to configure it from a seed, and what to expect of it.
 *
 * @param name in reports and on the command line
 * @param create makes the backend of one run; draws its options, the same for all replicas
 * @param ordinary makes it with the options that users have who set none; null: there is only
 *     {@code create}
 * @param traits what the oracle may expect
 * @param invariants rules for those who know the protocol's messages; new ones for each run
 */
public record SimBackend(
    String name,
    Function<SimRandom, Backend> create,
    @Nullable Supplier<Backend> ordinary,
    Traits traits,
    Supplier<List<ProtocolInvariant>> invariants) {

  /** A protocol that is the same in calm worlds as in all others. */
  public SimBackend(
      String name,
      Function<SimRandom, Backend> create,
      Traits traits,
      Supplier<List<ProtocolInvariant>> invariants) {
    this(name, create, null, traits, invariants);
  }

  /** The same with the options that users have who set none, for worlds in which none is drawn. */
  public SimBackend ordinarily() {
    Supplier<Backend> own = ordinary;
    return own == null ? this : new SimBackend(name, random -> own.get(), null, traits, invariants);
  }

  /** A protocol that replicates to its members' disks, without invariants of its own. */
  public static SimBackend of(String name, Function<SimRandom, Backend> create) {
    return new SimBackend(name, create, Traits.REPLICATED_DISKS, List::of);
  }
}
