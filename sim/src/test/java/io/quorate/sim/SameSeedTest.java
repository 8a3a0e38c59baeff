// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.toy.FixedLeader;
import io.quorate.sim.toy.FixedLeader.Flaw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run is a function of its plan; a plan is a function of its seed. */
final class SameSeedTest {
  private static final SimBackend TOY = SimBackend.of("toy", random -> new FixedLeader(Flaw.NONE));

  private static final Duration TEN = Duration.ofSeconds(10);

  private static Simulation simulation(long seed) {
    return Simulation.of(TOY).seed(seed).time(Duration.ofSeconds(2)).faults("partition,loss,kind");
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    for (long seed = 1; seed <= 10; seed++) {
      SimResult first = simulation(seed).run();
      SimResult second = simulation(seed).capture().run();
      assertThat(second.hash()).as("seed %s", seed).isEqualTo(first.hash());
      assertThat(second.counts()).isEqualTo(first.counts());
      assertThat(second.coverage()).isEqualTo(first.coverage());
    }
  }

  @Test
  void anAuditChangesNothingThatHappens() {
    for (long seed = 1; seed <= 3; seed++) {
      SimResult audited = simulation(seed).audit().run();
      assertThat(audited.failure()).isNull();
      assertThat(audited.hash()).isEqualTo(simulation(seed).run().hash());
      assertThat(audited.reproduce()).endsWith(" --audit");
    }
  }

  @Test
  void anotherSeedGivesAnotherTrace() {
    assertThat(simulation(1).run().hash()).isNotEqualTo(simulation(2).run().hash());
  }

  @Test
  void leavingOutOneFamilyOfFaultsDoesNotShiftTheOthers() {
    List<Fault> both =
        new ArrayList<>(simulation(3).time(TEN).faults("partition,pause").plan().faults());
    List<Fault> one = simulation(3).time(TEN).faults("partition").plan().faults();
    both.removeIf(fault -> fault.kind().family().equals("pause"));
    assertThat(both).isEqualTo(one).isNotEmpty();
  }

  @Test
  void aPlanSurvivesBeingWrittenDown() {
    SimPlan plan = simulation(5).plan();
    SimPlan read = SimScript.parse(SimScript.text(plan));
    assertThat(read).isEqualTo(plan);
    assertThat(simulation(5).run(read).hash()).isEqualTo(simulation(5).run().hash());
  }

  @Test
  void aFailingRunIsMadeSmaller() {
    Simulation failing =
        Simulation.of(SimBackend.of("toy", random -> new FixedLeader(Flaw.COMMITS_ALONE)))
            .seed(4)
            .time(Duration.ofSeconds(3))
            .faults("partition,slow,clog,pause");
    SimResult failed = failing.run();
    assertThat(failed.passed()).isFalse();
    SimResult smaller = new Minimiser(failing, 100).minimise(failed);
    assertThat(smaller.failure()).contains("that is durable on");
    assertThat(smaller.plan().faults()).isEmpty();
    assertThat(smaller.plan().timeNanos()).isLessThan(failed.plan().timeNanos());
    SimPlan kept = SimScript.parse(AnnotatedTrace.of(failed, smaller, "replay"));
    assertThat(kept).isEqualTo(smaller.plan());
    assertThat(failing.run(kept).failure()).isEqualTo(smaller.failure());
  }

  @Test
  void minimisingEndsWithItsTime() {
    Simulation failing =
        Simulation.of(SimBackend.of("toy", random -> new FixedLeader(Flaw.COMMITS_ALONE)))
            .seed(4)
            .time(Duration.ofSeconds(3));
    Minimiser minimiser = new Minimiser(failing, 100, Duration.ZERO);
    assertThat(minimiser.minimise(failing.run()).failure()).contains("that is durable on");
    assertThat(minimiser.runs()).isZero();
  }
}
