// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.sim.SimPlan;
import io.quorate.sim.Simulation;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.oracle.Traits;
import io.quorate.sim.toy.FixedLeader;
import io.quorate.sim.toy.FixedLeader.Flaw;
import io.quorate.sim.world.SimRandom;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Faults of the object store are for those who have one, and are data like all others. */
final class StoreFamiliesTest {
  private static final SimBackend DISKS =
      SimBackend.of("toy", random -> new FixedLeader(Flaw.NONE));
  private static final SimBackend STORE =
      new SimBackend(
          "toy", random -> new FixedLeader(Flaw.NONE), Traits.SHARED_STORE, () -> List.of());

  @Test
  void everyFaultOfAStoreIsReadBackFromItsLine() {
    for (String family : FaultFamilies.STORE) {
      List<Fault> drawn =
          FaultFamilies.draw(family, new SimRandom(3), 3, 2, 200_000_000, 20_000_000_000L);
      assertThat(drawn).as(family).hasSizeGreaterThan(20);
      for (Fault fault : drawn) {
        assertThat(fault.kind().family()).isEqualTo(family);
        assertThat(Fault.parse(fault.toString())).isEqualTo(fault);
      }
    }
  }

  @Test
  void onlyProtocolsWithAStoreAreStruckByItsFaults() {
    TreeSet<String> struck = new TreeSet<>();
    for (long seed = 1; seed <= 100; seed++) {
      List<Fault> disks = Simulation.of(DISKS).seed(seed).plan().faults();
      SimPlan store = Simulation.of(STORE).seed(seed).plan();
      assertThat(disks).noneMatch(fault -> FaultFamilies.STORE.contains(fault.kind().family()));
      // What strikes both is the same for both.
      assertThat(
              store.faults().stream()
                  .filter(fault -> !FaultFamilies.STORE.contains(fault.kind().family()))
                  .toList())
          .isEqualTo(disks);
      store.faults().forEach(fault -> struck.add(fault.kind().family()));
    }
    assertThat(struck).containsAll(FaultFamilies.STORE);
  }

  @Test
  void aProtocolWithoutAStoreIsToldSo() {
    assertThatThrownBy(() -> Simulation.of(DISKS).faults("store-late").plan())
        .hasMessageContaining("\"store-late\" is unknown");
    List<Fault> wipe = List.of(Fault.parse("at 1s wipe n2 for 1s"));
    assertThat(Simulation.of(DISKS).time(Duration.ofSeconds(2)).faults("none").run(wipe).failure())
        .contains("needs a backend whose log is in an object store");
  }
}
