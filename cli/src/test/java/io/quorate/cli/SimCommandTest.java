// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SimCommandTest {
  /** Has a test of its own. */
  private static final String LATE_PUT = "s3-late-put.txt";

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
  void allBackendsGetTheSameWorkloadAndFaults() throws IOException {
    Path trace = folder.resolve("together.txt");

    CommandRun run =
        CommandRun.of(
            "sim", "--backend", "all", "--seed", "3", "--time", "3s", "--trace", trace.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out().lines().toList())
        .satisfies(lines -> assertThat(lines.get(0)).startsWith("raft  seed 3: ok"))
        .satisfies(lines -> assertThat(lines.get(1)).startsWith("s3    seed 3: ok"))
        .satisfies(lines -> assertThat(lines.get(2)).startsWith("vsr   seed 3: ok"));
    assertThat(run.out().lines().filter(line -> line.contains("seed 3")))
        .extracting(line -> line.replaceAll(".* ([0-9]+ faults).*", "$1"))
        .containsOnly("3 faults");
    assertThat(Files.readString(trace)).contains("requests to the object store").contains("FAULT");
  }

  @Test
  void theScenariosOfTheSamplesHoldOnEveryBackend() throws IOException {
    Path scenarios = Path.of(System.getProperty("quorate.root"), "samples", "scenarios");
    try (Stream<Path> files = Files.list(scenarios)) {
      for (Path file : files.filter(each -> !each.endsWith(LATE_PUT)).sorted().toList()) {
        boolean own = file.getFileName().toString().startsWith("s3-");
        CommandRun run =
            CommandRun.of("sim", "--backend", own ? "s3" : "all", "--scenario", file.toString());
        assertThat(run.code()).as(run.out()).isZero();
      }
    }
  }

  /** What {@code docs/protocol/s3.md} tells of it (A.10-2). */
  @Test
  void thePutThatComesLateMeetsASeal() throws IOException {
    Path trace = folder.resolve("late.txt");
    Path scenario = Path.of(System.getProperty("quorate.root"), "samples", "scenarios", LATE_PUT);

    CommandRun run =
        CommandRun.of(
            "sim",
            "--backend",
            "s3",
            "--scenario",
            scenario.toString(),
            "--trace",
            trace.toString());

    assertThat(run.code()).isZero();
    List<String> slot =
        Files.readAllLines(trace).stream().filter(line -> line.contains("log/1/6e")).toList();
    assertThat(slot.get(0)).startsWith("    3.01").contains("n1").contains("create log/1/6e (data");
    assertThat(slot)
        .anyMatch(line -> line.contains("create log/1/6e (seal") && line.endsWith("200"));
    assertThat(slot)
        .anyMatch(
            line -> line.startsWith("   15.0") && line.contains("(data") && line.endsWith("412"));
    assertThat(slot).noneMatch(line -> line.contains("delete"));
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
  void aScenarioSaysEverythingButItsTimeAndSeedCanBeReplaced() throws IOException {
    Path scenario =
        Files.writeString(
            folder.resolve("b.txt"),
            "seed 5\ntime 1s\nbase swarm\nnodes 3\nclients 2\nat 500ms isolate n1 for 100ms\n");

    CommandRun whole = CommandRun.of("sim", "--scenario", scenario.toString());
    CommandRun other =
        CommandRun.of("sim", "--scenario", scenario.toString(), "--seed", "6", "--time", "2s");

    assertThat(whole.out()).startsWith("seed 5: ok").contains("1 faults");
    assertThat(other.out()).startsWith("seed 6: ok").contains("1 faults");
  }

  /** A violation planted in the protocol, through the whole command. */
  @Test
  void aFailingSeedIsMadeSmallerAndWhatIsLeftRunsAgain() throws IOException {
    Path kept = folder.resolve("kept run.txt");

    CommandRun run =
        hasty("--seed", "2..9", "--time", "5s", "--trace", kept.toString(), "--minimise", "20s");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains(": FAILED at ")
        .contains("that is durable on 1 of ")
        .contains("  ./quorate sim --backend hasty --seed 2 --time 5s --faults swarm\n")
        .contains("  smaller: ")
        .contains("0 faults instead of ")
        .contains("  ./quorate sim --backend hasty --scenario '" + kept + "'\n")
        .contains("its annotated trace is in " + kept);
    String text = Files.readString(kept);
    assertThat(text)
        .startsWith("# failed: ")
        .contains("\nseed 2\ntime ")
        .contains("\nbase swarm\n")
        .contains("VIOLATION")
        .doesNotContain("\nat ");

    CommandRun again = hasty("--scenario", kept.toString(), "--minimise", "none");

    assertThat(again.code()).isEqualTo(1);
    assertThat(again.out()).contains(text.lines().findFirst().orElseThrow().substring(10));
    assertThat(again.out()).doesNotContain("smaller");
  }

  @Test
  void aFailingSeedIsOneJsonObjectWithItsSmallerRun() throws IOException {
    Path kept = folder.resolve("kept.txt");

    CommandRun run =
        hasty("--seed", "2", "--trace", kept.toString(), "--minimise", "100ms", "--json");

    assertThat(run.code()).isEqualTo(1);
    assertThat(Json.parse(run.out()).get("verdict").textValue()).isEqualTo("failed");
    assertThat(Json.parse(run.out()).get("smaller_reproduce").textValue())
        .isEqualTo("./quorate sim --backend hasty --scenario " + kept);
    assertThat(kept).exists();
  }

  @Test
  void theSmallerRunIsKeptInTheCurrentFolderIfNobodySaysWhere() throws IOException {
    Path kept = Path.of("quorate-sim-hasty-seed-2.txt");
    try {
      CommandRun run = hasty("--seed", "2", "--minimise", "100ms");

      assertThat(run.out()).contains("its annotated trace is in " + kept);
      assertThat(Files.readString(kept)).startsWith("# failed: ");
    } finally {
      Files.deleteIfExists(kept);
    }
  }

  @Test
  void withoutMinimisingEveryEventIsTraced() throws IOException {
    Path kept = folder.resolve("kept.txt");

    CommandRun run = hasty("--seed", "2", "--trace", kept.toString(), "--minimise", "none");

    assertThat(run.code()).isEqualTo(1);
    assertThat(Files.readString(kept))
        .startsWith("    0.0")
        .contains("starts, incarnation 1")
        .contains("VIOLATION");
  }

  @Test
  void aFailureEndsTheCommandUnlessItIsToGoOn() {
    CommandRun ended = hasty("--seed", "2..4", "--time", "2s", "--minimise", "none");
    CommandRun went = hasty("--seed", "2..4", "--time", "2s", "--minimise", "none", "--keep-going");

    assertThat(ended.out()).contains("seed 2: FAILED").doesNotContain("seed 3: ", "seed 4: ");
    assertThat(ended.out()).contains("0 worlds of 2 s held, 1 failed");
    assertThat(went.out()).contains("seed 2: FAILED", "seed 3: ", "seed 4: ");
    assertThat(went.code()).isEqualTo(1);
  }

  @Test
  void anAuditedRunIsTheSameRun() {
    CommandRun plain = CommandRun.of("sim", "--seed", "3", "--time", "2s");
    CommandRun audited = CommandRun.of("sim", "--seed", "3", "--time", "2s", "--audit");

    assertThat(audited.code()).isZero();
    assertThat(audited.out()).isEqualTo(plain.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--backend paxos           | --backend: \"paxos\" cannot be simulated; there are: raft, s3",
        "--seed 5..1               | Invalid value for option '--seed': \"5..1\" must be a seed",
        "--seed x                  | Invalid value for option '--seed': \"x\" must be a seed",
        "--time 0s                 | --time: must be more than 0",
        "--time 5                  | Invalid value for option '--time': has no unit",
        "--time -5s                | Invalid value for option '--time': cannot be negative",
        "--faults rain             | --faults: fault family \"rain\" is unknown; say swarm, none",
        "--scenario no/such        | the scenario no/such does not exist",
        "--scenario x --faults none| --faults: a scenario brings its own",
        "--minimise soon           | Invalid value for option '--minimise': must be a duration",
        "--trace no/such/trace.txt | --trace: there is no folder to write no/such/trace.txt to",
        "--trace .                 | --trace: . is no file that can be written",
        "--jobs 0                  | --jobs: must be from 1 to 1024, was 0",
        "--jobs many               | Invalid value for option '--jobs': 'many' is not an int",
        "--nonsense                | Unknown option: '--nonsense'",
      })
  void wrongUseIsNamed(String arguments, String sentence) {
    CommandRun run = CommandRun.of(("sim " + arguments.strip()).split(" "));

    assertThat(run.err()).startsWith("quorate: " + sentence.strip());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  private static CommandRun hasty(String... options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new SimCommand(Map.of("hasty", HastyRaft.simulated())))
            .setExecutionExceptionHandler(new Failures())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(
                Stream.concat(Stream.of("--backend", "hasty"), Stream.of(options))
                    .toArray(String[]::new));
    return new CommandRun(code, out.toString(), err.toString());
  }

  @Test
  void aLineThatIsNoFaultIsNamed() throws IOException {
    Path scenario = Files.writeString(folder.resolve("a.txt"), "\nat noon rain\n");

    CommandRun run = CommandRun.of("sim", "--scenario", scenario.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("quorate: " + scenario + ", line 2: ");
  }
}
