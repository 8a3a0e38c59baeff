// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts that people write: what they mean, and what is said of those that mean nothing. */
final class SimScriptTest {
  private static final String WHOLE =
      """
      # a comment
      seed 7
      time 2500ms
      base swarm # as drawn
      network calm
      nodes 3
      clients 2
      at 1s isolate leader for 300ms
      at 2s cut c2 n3 for 100ms
      """;

  @Test
  void aWholeScriptIsReadAndWrittenBack() {
    SimPlan plan = SimScript.parse(WHOLE);

    assertThat(plan.seed()).isEqualTo(7);
    assertThat(plan.timeNanos()).isEqualTo(2_500_000_000L);
    assertThat(plan.cluster().nodes()).isEqualTo(3);
    assertThat(plan.workload().clients()).isEqualTo(2);
    assertThat(plan.hasCalmNetwork()).isTrue();
    assertThat(plan.faults()).hasSize(2);
    assertThat(SimScript.parse(SimScript.text(plan))).isEqualTo(plan);
  }

  @Test
  void aSeedAndATimeGivenBesideItReplaceItsOwn() {
    SimPlan plan = SimScript.parse(WHOLE, OptionalLong.of(8), OptionalLong.of(5_000_000_000L));

    assertThat(plan)
        .isEqualTo(SimScript.parse(WHOLE.replace("seed 7", "seed 8").replace("2500ms", "5s")));
  }

  @Test
  void faultsOfTheStoreNameItsRequestsNotPlaces() {
    String script =
        """
        seed 1
        time 10s
        base store:none
        nodes 3
        clients 2
        at 2s store-hold create by 3 for 5s
        at 3s store-slow /log/ by 300ms for 4s
        """;
    SimPlan plan = SimScript.parse(script);

    assertThat(plan.faults()).hasSize(2);
    assertThat(SimScript.parse(SimScript.text(plan))).isEqualTo(plan);
  }

  @Test
  void aScriptOfFaultsAloneIsCalm() {
    SimPlan plan = SimScript.parse("at 1s crash n1 for 500ms\n");

    assertThat(plan.base()).isEqualTo("calm");
    assertThat(plan.cluster().nodes()).isEqualTo(3);
    assertThat(plan.timeNanos()).isEqualTo(20_000_000_000L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed many         | line 2: seed must be a whole number, was \"many\"",
        "time 5            | line 2: \"5\" is no time such as 2s, 1.5s or 300ms",
        "time 0s           | line 2: time must be more than 0, was \"0s\"",
        "base rain         | line 2: fault family \"rain\" is unknown",
        "network wild      | line 2: a network can only be \"calm\", was \"wild\"",
        "nodes none        | line 2: nodes must be a number from 1 to 9, was \"none\"",
        "nodes 10          | line 2: nodes must be a number from 1 to 9, was \"10\"",
        "clients 0         | line 2: clients must be a number from 1 to 100, was \"0\"",
        "weather fine      | line 2: \"weather\" is none of seed, time, base",
        "at noon rain      | line 2: \"rain\" in \"at noon rain\" is no fault",
        "at noon crash n1  | line 2: \"noon\" is no time",
        "at 1s crash n4    | line 2: \"n4\" is no place; there are leader, follower, n1 to n3",
        "at 1s crash       | line 2: crash needs 1 places, but has 0",
        "at 1s cut n1      | line 2: cut needs 2 places, but has 1",
        "at 1s lose by 1.5 | line 2: ",
      })
  void aWrongLineIsNamed(String line, String sentence) {
    assertThatThrownBy(() -> SimScript.parse("# what it shows\n" + line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(sentence.strip());
  }
}
