// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code quorate compare}, with times that are too short for figures but not for faults. */
@Timeout(300)
class ComparisonTest {
  @TempDir private Path folder;

  /** A batch is one PUT; what else a leader writes (its root) is rare. */
  private static final double PUTS_PER_BATCH_MAX = 1.05;

  @Test
  void aShortComparisonIsGoodAndSaysSo() throws IOException {
    Path report = folder.resolve("report");

    JsonNode json =
        compare(
            report,
            "--backends",
            "raft,vsr,s3",
            "--reads",
            "20%",
            // Other tests need the processors, too.
            "--rate",
            "500/s",
            "--warmup",
            "0.5s",
            "--duration",
            "3s");

    assertThat(json.get("runs")).hasSize(3);
    for (JsonNode run : json.get("runs")) {
      String contender = run.get("contender").textValue();
      assertThat(run.get("answered").longValue()).as(contender).isPositive();
      assertThat(run.get("fault").textValue()).as(contender).startsWith("killed the leader n");
      assertThat(run.at("/figures/leaderChanges").longValue()).as(contender).isPositive();
      JsonNode history = run.get("history");
      assertThat(history.get("checked").longValue())
          .as(contender)
          .isGreaterThanOrEqualTo(run.get("answered").longValue());
      assertThat(history.get("linearizable").booleanValue()).as(contender).isTrue();
      assertThat(history.get("lost").longValue()).as(contender).isZero();
      assertThat(history.get("duplicates").longValue()).as(contender).isZero();
      assertThat(history.get("statesAgree").booleanValue()).as(contender).isTrue();
    }
    assertThat(run(json, "raft").get("figures").has("requestsPerThousand")).isFalse();
    JsonNode store = run(json, "s3").get("figures");
    // So short a run has few batches: some hedges more than their share are no breach. The figure
    // is
    // rounded to three digits.
    double batches = run(json, "s3").get("counts").get("batches_proposed").doubleValue();
    assertThat(store.get("putsPerBatch").doubleValue())
        .isBetween(0.9, PUTS_PER_BATCH_MAX + 4 / batches + 0.005);
    assertThat(store.get("requestsPerThousand").doubleValue()).isPositive();
    assertThat(store.get("requestDollarsPerMillion").doubleValue()).isPositive();
    for (JsonNode run : json.get("runs")) {
      JsonNode timeline = run.get("timeline");
      assertThat(timeline.get("answers").size()).isGreaterThanOrEqualTo(29);
      assertThat(timeline.get("faultMillis").doubleValue()).isBetween(1400.0, 2900.0);
      assertThat(run.get("latencyCurve").size()).isGreaterThan(10);
    }
    assertThat(new ObjectMapper().readTree(Files.readString(report.resolve("results.json"))))
        .isEqualTo(json);
    assertThat(Files.readString(report.resolve("report.html"))).contains("raft, vsr and s3");
    assertThat(report.resolve("raft-1.hgrm")).isNotEmptyFile();
    assertThat(report.resolve("s3-3.hgrm")).isNotEmptyFile();
  }

  @Test
  @Tag("slow")
  void readsAreNoPuts() throws IOException {
    Path report = folder.resolve("reads");

    JsonNode json =
        compare(
            report,
            "--backends",
            "s3",
            "--reads",
            "100%",
            "--fault",
            "none",
            "--warmup",
            "1s",
            "--duration",
            "1s");

    JsonNode run = run(json, "s3");
    assertThat(run.get("answered").longValue()).isPositive();
    JsonNode counts = run.get("counts");
    assertThat(counts.path("reads_served").longValue()).as("%s", counts).isPositive();
    assertThat(sum(counts, "object_get_")).as("%s", counts).isPositive();
    assertThat(sum(counts, "object_create_")).as("%s", counts).isZero();
    assertThat(sum(counts, "object_replace_")).as("%s", counts).isZero();
    assertThat(sum(counts, "object_put_")).as("%s", counts).isZero();
    assertThat(run.get("figures").get("putsPerBatch").doubleValue()).isZero();
    assertThat(run.get("figures").get("requestsPerThousand").doubleValue()).isPositive();
  }

  private static JsonNode compare(Path report, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("compare", "--clients", "16"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--report", report.toString(), "--json"));

    Command run = Command.run(arguments.toArray(new String[0]));

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("good").booleanValue()).isTrue();
    return json;
  }

  private static JsonNode run(JsonNode json, String contender) {
    for (JsonNode run : json.get("runs")) {
      if (run.get("contender").textValue().equals(contender)) {
        return run;
      }
    }
    throw new AssertionError("no run of " + contender + " in " + json);
  }

  private static long sum(JsonNode counts, String prefix) {
    long sum = 0;
    for (Map.Entry<String, JsonNode> each : counts.properties()) {
      sum += each.getKey().startsWith(prefix) ? each.getValue().longValue() : 0;
    }
    return sum;
  }
}
