// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.sim.SimPlan;
import io.quorate.sim.SimScript;
import io.quorate.sim.Simulation;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.oracle.Traits;
import io.quorate.sim.toy.FixedLeader;
import io.quorate.sim.toy.FixedLeader.Flaw;
import io.quorate.sim.world.SimRandom;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Damage that others can mend is for protocols that mend it. */
final class RepairFamiliesTest {
  private static final SimBackend PLAIN =
      SimBackend.of("toy", random -> new FixedLeader(Flaw.NONE));
  private static final SimBackend REPAIRING =
      new SimBackend(
          "toy", random -> new FixedLeader(Flaw.NONE), Traits.REPAIRED_DISKS, () -> List.of());

  @Test
  void everyFaultIsReadBackFromItsLine() {
    TreeSet<FaultKind> kinds = new TreeSet<>();
    for (Fault fault :
        FaultFamilies.draw("log-rot", new SimRandom(3), 3, 2, 200_000_000, 20_000_000_000L)) {
      kinds.add(fault.kind());
      assertThat(fault.kind().family()).isEqualTo("log-rot");
      assertThat(Fault.parse(fault.toString())).isEqualTo(fault);
    }
    assertThat(kinds)
        .containsExactly(FaultKind.ROT_ENTRY, FaultKind.ROT_HEADER, FaultKind.MISDIRECT);
  }

  @Test
  void onlyProtocolsThatRepairAreStruckAndNothingElseChanges() {
    int struck = 0;
    for (long seed = 1; seed <= 50; seed++) {
      SimPlan plain = Simulation.of(PLAIN).seed(seed).plan();
      SimPlan repairing = Simulation.of(REPAIRING).seed(seed).plan();
      List<Fault> others =
          repairing.faults().stream()
              .filter(fault -> !fault.kind().family().equals("log-rot"))
              .toList();
      assertThat(others).isEqualTo(plain.faults());
      struck += others.size() < repairing.faults().size() ? 1 : 0;
      String script = SimScript.text(repairing);
      assertThat(SimScript.parse(script, OptionalLong.empty(), OptionalLong.empty()))
          .isEqualTo(repairing);
    }
    assertThat(struck).isBetween(10, 40);
    assertThatThrownBy(() -> Simulation.of(PLAIN).faults("log-rot").plan())
        .hasMessageContaining("\"log-rot\" is unknown");
  }
}
