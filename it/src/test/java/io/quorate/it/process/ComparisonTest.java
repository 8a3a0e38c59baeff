// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code quorate compare}, with times that are too short for figures but not for faults. */
@Timeout(300)
class ComparisonTest {
  @TempDir private Path folder;

  @Test
  void aShortComparisonIsGoodAndSaysSo() throws IOException {
    Path report = folder.resolve("report");

    Command run =
        Command.run(
            "compare",
            "--backends",
            "raft",
            "--warmup",
            "0.5s",
            "--duration",
            "2s",
            "--clients",
            "16",
            "--reads",
            "20%",
            "--report",
            report.toString(),
            "--json");

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(run.out());
    assertThat(json.get("good").booleanValue()).isTrue();
    assertThat(json.get("runs")).hasSize(1);
    JsonNode raft = json.get("runs").get(0);
    assertThat(raft.get("contender").textValue()).isEqualTo("raft");
    assertThat(raft.get("answered").longValue()).isPositive();
    assertThat(raft.get("fault").textValue()).startsWith("killed the leader n");
    JsonNode history = raft.get("history");
    assertThat(history.get("checked").longValue())
        .isGreaterThanOrEqualTo(raft.get("answered").longValue());
    assertThat(history.get("linearizable").booleanValue()).isTrue();
    assertThat(history.get("lost").longValue()).isZero();
    assertThat(history.get("duplicates").longValue()).isZero();
    assertThat(history.get("statesAgree").booleanValue()).isTrue();
    assertThat(new ObjectMapper().readTree(Files.readString(report.resolve("results.json"))))
        .isEqualTo(json);
    assertThat(report.resolve("raft-1.hgrm")).isNotEmptyFile();
  }
}
