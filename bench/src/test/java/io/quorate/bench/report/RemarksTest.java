// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.bench.compare.Run;
import io.quorate.bench.compare.Sweep;
import io.quorate.bench.compare.Timeline;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contenders that are still cold, and elections that nobody asked for, are told in words. */
final class RemarksTest {
  private static final long INTERVAL = 100_000_000;

  /** Answers in a tenth of a second; each is kept for so many tenths. */
  private static Timeline timeline(int tenths, long fault, long... answers) {
    List<Long> all = new ArrayList<>();
    for (long each : answers) {
      all.addAll(Collections.nCopies(tenths, each));
    }
    return new Timeline(INTERVAL, all, fault);
  }

  private static final Timeline STEADY = timeline(60, -1, 100);

  @Test
  void growthIsTheLastThirdAgainstTheFirst() {
    assertThat(WarmUp.growthPercent(timeline(20, -1, 100, 120, 138)))
        .hasValueCloseTo(38.0, within(1e-9));
    assertThat(WarmUp.growthPercent(timeline(20, -1, 100, 70, 80)))
        .hasValueCloseTo(-20.0, within(1e-9));
    assertThat(WarmUp.growthPercent(STEADY)).hasValueCloseTo(0.0, within(1e-9));
    assertThat(WarmUp.growthPercent(timeline(10, -1, 0, 50, 100))).isPresent();
  }

  @Test
  void onlyTheTimeUpToTheFaultCounts() {
    long fault = 30 * INTERVAL + INTERVAL / 2;

    assertThat(WarmUp.growthPercent(timeline(10, fault, 100, 100, 150, 0, 900)))
        .hasValueCloseTo(50.0, within(1e-9));
  }

  @Test
  void tooLittleTellsNothing() {
    assertThat(WarmUp.growthPercent(Timeline.NONE)).isEmpty();
    assertThat(WarmUp.growthPercent(timeline(29, -1, 100))).isEmpty();
    assertThat(WarmUp.growthPercent(timeline(60, 29 * INTERVAL, 100))).isEmpty();
    assertThat(WarmUp.growthPercent(timeline(20, -1, 3, 4, 6))).isEmpty();
  }

  private static Outcome outcome(Run... runs) {
    return Outcome.of(Sweep.none(Planted.options(64, 1)), List.of(runs), null, Instant.EPOCH);
  }

  @Test
  void aColdContenderIsMarkedEverywhere() throws IOException {
    Outcome outcome =
        outcome(
            Planted.faultless("raft", 0, timeline(20, -1, 100, 120, 138)),
            Planted.faultless("vsr", 0, timeline(20, -1, 100, 107, 114)));

    String said = "still warming up: +38 % within the measured time; use a longer --warmup";
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.table()).endsWith("raft: " + said + ".\n");
    assertThat(outcome.page())
        .contains("<td class=\"text\">" + said + "</td>")
        .contains("<li>raft: " + said + ".</li>")
        .doesNotContain("vsr: still");
    JsonNode json = Results.parse(outcome.json());
    assertThat(json.at("/table/0/remarks/0").textValue()).isEqualTo(said);
    assertThat(json.at("/runs/0/growthPercent").intValue()).isEqualTo(38);
    assertThat(json.at("/runs/1/growthPercent").intValue()).isEqualTo(14);
    assertThat(json.at("/table/1").has("remarks")).isFalse();
  }

  @Test
  void withAFaultItSaysUpToWhen() {
    assertThat(
            outcome(Planted.faulty("raft", timeline(10, 30 * INTERVAL, 100, 110, 120, 0))).table())
        .endsWith(
            "raft: still warming up: +20 % within the measured time before the fault;"
                + " use a longer --warmup.\n");
  }

  @Test
  void ofSeveralRunsTheOneInTheMiddleDecides() {
    Run cold = Planted.faultless("raft", 0, timeline(20, -1, 100, 150, 200));
    Run warm = Planted.faultless("raft", 0, STEADY);

    assertThat(outcome(cold, warm, warm).table()).doesNotContain("warming up");
    assertThat(outcome(cold, warm, cold).table()).contains("raft: still warming up: +100 %");
  }

  @Test
  void anElectionWithoutAFaultIsCalledFalse() {
    assertThat(outcome(Planted.faultless("raft", 1, STEADY)).table())
        .containsPattern("leader changes +1\n")
        .endsWith("raft: the leader changed once without a fault: a false election.\n");
    Outcome twice =
        outcome(
            Planted.faultless("vsr", 0, STEADY),
            Planted.faultless("vsr", 2, STEADY),
            Planted.faultless("vsr", 1, STEADY));
    assertThat(twice.exitCode()).isZero();
    assertThat(twice.page())
        .contains(
            "<li>vsr: the leader changed 3 times without a fault: false elections, in 2 of 3"
                + " runs.</li>");
  }

  @Test
  void anElectionAfterAFaultIsNone() {
    Outcome outcome = outcome(Planted.run("raft", 30_000, Planted.GOOD));

    assertThat(outcome.table())
        .containsPattern("leader changes +1\n")
        .doesNotContain("election.\n");
    assertThat(outcome(Planted.run("peer", 30_000, Planted.GOOD)).table())
        .doesNotContain("leader changes");
  }
}
