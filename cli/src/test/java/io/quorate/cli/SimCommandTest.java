// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimCommandTest {
  @TempDir private Path folder;

  @Test
  void theSameSeedGivesTheSameRun() throws IOException {
    CommandRun one = CommandRun.of("sim", "--seed", "3", "--time", "2s", "--json");
    CommandRun two = CommandRun.of("sim", "--seed", "3", "--time", "2s", "--json");

    assertThat(one.code()).isZero();
    assertThat(two.out()).isEqualTo(one.out());
    assertThat(Json.parse(one.out()).get("passed").booleanValue()).isTrue();
  }

  @Test
  void aRangeIsReportedInOrder() {
    CommandRun run = CommandRun.of("sim", "--seed", "1..3", "--time", "1s", "--faults", "none");

    assertThat(run.out().lines())
        .hasSize(4)
        .satisfies(lines -> assertThat(lines.get(0)).startsWith("seed 1: ok"))
        .satisfies(lines -> assertThat(lines.get(2)).startsWith("seed 3: ok"))
        .satisfies(lines -> assertThat(lines.get(3)).startsWith("3 worlds of 1 s held, 0 failed"));
  }

  @Test
  void aScenarioIsTraced() throws IOException {
    Path scenario =
        Files.writeString(folder.resolve("a.txt"), "# a crash\n\nat 1s crash n1 for 500ms\n");
    Path trace = folder.resolve("trace.txt");

    CommandRun run =
        CommandRun.of(
            "sim", "--time", "2s", "--scenario", scenario.toString(), "--trace", trace.toString());

    assertThat(run.out()).contains("1 faults");
    assertThat(Files.readString(trace)).contains("crash");
  }

  @Test
  void aLineThatIsNoFaultIsNamed() throws IOException {
    Path scenario = Files.writeString(folder.resolve("a.txt"), "\nat noon rain\n");

    CommandRun run = CommandRun.of("sim", "--scenario", scenario.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("quorate: " + scenario + ", line 2: ");
  }
}
