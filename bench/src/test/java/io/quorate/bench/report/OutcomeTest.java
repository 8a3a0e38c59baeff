// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.quorate.bench.compare.HistoryVerdict;
import io.quorate.bench.compare.Run;
import io.quorate.bench.compare.Sweep;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of runs: data, page and table say the same, and what is wrong shows in all. */
final class OutcomeTest {
  private static final Instant MADE = Instant.parse("2026-11-21T20:00:00Z");
  private static final Sweep NONE = Sweep.none(Planted.options(64, 1));
  private static final Pattern CELL =
      Pattern.compile(
          "<td class=\"\\w+\" data-point=\"([^\"]*)\" data-contender=\"(\\w+)\""
              + " data-figure=\"(\\w+)\">([^<]*)(?:<span class=\"range\">([^<]*)–([^<]*)</span>)?");

  @TempDir private Path folder;

  private static Outcome outcome(Sweep sweep, List<Run> runs, @Nullable Path against) {
    return Outcome.of(sweep, runs, against, MADE);
  }

  private static List<Run> three(long raftPerSecond, HistoryVerdict raft) {
    return List.of(
        Planted.run("raft", raftPerSecond, raft),
        Planted.run("vsr", 30_000, Planted.GOOD),
        Planted.run("s3", 9_000, Planted.GOOD));
  }

  private static Sweep swept() {
    return Sweep.parse("clients=1,64", Planted.options(16, 2), text -> 0);
  }

  private static List<Run> sweptRuns() {
    List<Run> runs = new ArrayList<>();
    for (Sweep.Point point : swept().points()) {
      for (int round = 0; round < 2; round++) {
        for (String contender : point.options().backends()) {
          runs.add(
              Planted.run(
                  point.label(),
                  point.options(),
                  contender,
                  20_000 + 700L * round + point.options().clients(),
                  Planted.GOOD));
        }
      }
    }
    return runs;
  }

  @Test
  void theDataIsAsItsSchemaSays() throws IOException {
    JsonSchema schema;
    try (InputStream in = Results.class.getResourceAsStream("results.schema.json")) {
      schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
    }
    for (Outcome outcome :
        List.of(
            outcome(NONE, three(33_000, Planted.GOOD), null),
            outcome(NONE, three(33_000, Planted.WRONG), null),
            outcome(
                NONE, List.of(Planted.faultless("raft", 1, Planted.growing(40, 1_000, 50))), null),
            outcome(swept(), sweptRuns(), null))) {
      assertThat(schema.validate(Results.parse(outcome.json()))).isEmpty();
    }
  }

  @Test
  void thePageShowsTheNumbersOfTheDataToTheDigit() throws IOException {
    agree(outcome(NONE, three(33_000, Planted.GOOD), null), 3 * 14);
    agree(outcome(swept(), sweptRuns(), null), 2 * 3 * 14);
  }

  private static void agree(Outcome outcome, int cellsMin) throws IOException {
    JsonNode data = Results.parse(outcome.json());
    Matcher cell = CELL.matcher(outcome.page());
    int cells = 0;
    while (cell.find()) {
      cells++;
      JsonNode row = Summary.find(data.get("table"), cell.group(1), cell.group(2));
      assertThat(row).as(cell.group()).isNotNull();
      JsonNode of = row.get("figures").get(cell.group(3));
      assertThat(digits(cell.group(4))).as(cell.group()).isEqualTo(of.get("median").asText());
      if (cell.group(5) != null) {
        assertThat(digits(cell.group(5))).as(cell.group()).isEqualTo(of.get("min").asText());
        assertThat(digits(cell.group(6))).as(cell.group()).isEqualTo(of.get("max").asText());
      }
    }
    assertThat(cells).isGreaterThan(cellsMin);
    assertThat(embedded(outcome.page())).isEqualTo(data);
  }

  /** The number without its unit and the commas between thousands. */
  private static String digits(String shown) {
    return shown.replaceAll("[$,]| m?s$", "").strip();
  }

  private static JsonNode embedded(String page) throws IOException {
    String begin = "<script type=\"application/json\" id=\"results\">";
    int from = page.indexOf(begin) + begin.length();
    return Results.parse(page.substring(from, page.indexOf("</script>", from)));
  }

  @Test
  void everySettingOfOursIsTold() throws IOException {
    Outcome outcome =
        outcome(
            NONE,
            List.of(three(33_000, Planted.GOOD).get(0), Planted.run("peer", 9, Planted.GOOD)),
            null);

    JsonNode table = Results.parse(outcome.json()).get("table");
    assertThat(table.get(0).get("everySetting").get("quorate.raft.heartbeat-interval").textValue())
        .isEqualTo("50 ms <each>");
    assertThat(table.get(1).has("everySetting")).isFalse();
    assertThat(outcome.page())
        .contains("<summary>raft: 2 settings</summary>")
        .contains("<dt>quorate.raft.heartbeat-interval</dt><dd>50 ms &lt;each&gt;</dd>");
    assertThat(outcome(swept(), sweptRuns(), null).page().split("<summary>raft: 2 settings<"))
        .hasSize(2);
  }

  @Test
  void thePageFetchesNothing() {
    String page = outcome(NONE, three(33_000, Planted.GOOD), null).page();

    assertThat(page).contains("Chart.js v").contains("The MIT License");
    assertThat(page).doesNotContain("{{").doesNotContain("sourceMappingURL");
    assertThat(page).doesNotContainPattern("<link[^>]*href=\"(?!data:)");
    assertThat(page).doesNotContainPattern("<(script|img|iframe)[^>]* src=");
    assertThat(page).doesNotContainPattern("@import|url\\(");
  }

  @Test
  void allIsWell() {
    Outcome outcome = outcome(NONE, three(33_000, Planted.GOOD), null);

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.problems()).isEmpty();
    assertThat(outcome.page())
        .contains("other programs used up to 12.5 % of its processors")
        .contains("class=\"passed\"")
        .doesNotContain("class=\"banner\"");
    assertThat(outcome.table())
        .containsPattern("commands/s +33,000 +30,000 +9,000\n")
        .containsPattern("history: linearizable +yes +yes +yes\n");
  }

  @Test
  void aWrongHistoryShowsRed() {
    Outcome outcome = outcome(NONE, three(33_000, Planted.WRONG), null);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.problems()).containsExactly("raft: key 7: no order explains <it>");
    assertThat(outcome.table()).containsPattern("history: linearizable +NO +yes +yes\n");
    assertThat(outcome.page())
        .contains("class=\"banner\"")
        .contains("raft failed the check of its history")
        .contains("<td class=\"bad\">NO</td>")
        .doesNotContain("<it>");
    assertThat(outcome.json()).contains("\"good\" : false");
  }

  @Test
  void aLostWriteShowsRed() {
    Outcome outcome = outcome(NONE, three(33_000, Planted.LOSSY), null);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.problems()).containsExactly("raft: 2 acknowledged writes are lost");
    assertThat(outcome.table()).containsPattern("acknowledged writes lost +2 +0 +0\n");
    assertThat(outcome.page())
        .contains("class=\"banner\"")
        .contains("2 acknowledged writes lost")
        .contains("<td class=\"bad\">2</td>");
  }

  @Test
  void aContenderThatGotSlowerShowsRed() throws IOException {
    Path old = before(outcome(NONE, three(33_000, Planted.GOOD), null));

    Outcome outcome = outcome(NONE, three(26_400, Planted.GOOD), old);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.problems())
        .containsExactly(
            "raft is worse than on 2026-11-21T20:00:00Z: commands/s 26,400, was 33,000"
                + " (-20.0 %, beyond noise).",
            "raft is worse than on 2026-11-21T20:00:00Z: commands/s before the fault 29,040,"
                + " was 36,300 (-20.0 %, beyond noise).");
    assertThat(outcome.table())
        .containsPattern("raft: commands/s .*33,000 +26,400 +-20.0 % +WORSE")
        .endsWith("1 of 3 contenders got worse: raft.\n");
    assertThat(outcome.page())
        .contains("class=\"banner\"")
        .contains("<p>1 of 3 contenders got worse: raft.</p>")
        .contains("<td class=\"bad\">WORSE</td>")
        .contains("id=\"against\"");
  }

  @Test
  void whatIsWithinNoiseIsCalledSo() throws IOException {
    Path old = before(outcome(NONE, three(33_000, Planted.GOOD), null));

    Outcome outcome = outcome(NONE, three(31_000, Planted.GOOD), old);

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.table())
        .containsPattern("raft: commands/s .*33,000 +31,000 +-6.1 % +within noise")
        .containsPattern("vsr: commands/s .*30,000 +30,000 +±0.0 % +within noise");
  }

  @Test
  void fasterIsNoFailure() throws IOException {
    Path old = before(outcome(NONE, three(33_000, Planted.GOOD), null));

    Outcome outcome = outcome(NONE, three(66_000, Planted.GOOD), old);

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.table())
        .containsPattern("raft: commands/s .* \\+100.0 % +better")
        .endsWith("No contender got worse.\n");
  }

  @Test
  void aTailOfASingleRunMayDoubleAndIsNotCalledWorse() throws IOException {
    Outcome outcome = outcome(NONE, three(33_000, Planted.GOOD), scaled(1 / 1.44, "p99Millis"));

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.table()).doesNotContain(": latency p99 ").doesNotContain(" WORSE\n");
  }

  @Test
  void whatIsCalledWorseFails() throws IOException {
    for (String key : List.of("p50Millis", "p99Millis", "gapMillis")) {
      Outcome outcome = outcome(NONE, three(33_000, Planted.GOOD), scaled(0.4, key));

      assertThat(outcome.exitCode()).as(key).isEqualTo(1);
      assertThat(outcome.problems()).as(key).hasSize(3).allMatch(each -> each.contains("is worse"));
      assertThat(outcome.table()).contains(" WORSE\n").contains("WORSE makes the exit code 1");
    }
  }

  @Test
  void whatDecidesNothingIsNotCalledWorse() throws IOException {
    List<String> keys =
        Figure.ALL.stream().filter(figure -> !figure.decides()).map(Figure::key).toList();

    Outcome outcome =
        outcome(NONE, three(33_000, Planted.GOOD), scaled(0.1, keys.toArray(String[]::new)));

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.page()).doesNotContain("<td class=\"bad\">WORSE</td>");
    assertThat(outcome.table())
        .doesNotContain(" WORSE\n")
        .containsPattern("raft: latency p99.9 .* higher \\(not judged\\)\n");
  }

  /**
   * An earlier file in which these figures of all contenders were this many times what they are.
   */
  private Path scaled(double factor, String... keys) throws IOException {
    JsonNode old = Results.parse(outcome(NONE, three(33_000, Planted.GOOD), null).json());
    for (JsonNode row : old.get("table")) {
      for (String key : keys) {
        if (row.get("figures").get(key) instanceof ObjectNode figure) {
          for (String which : List.of("median", "min", "max")) {
            figure.put(which, Figure.rounded(figure.get(which).doubleValue() * factor));
          }
        }
      }
    }
    return Files.writeString(folder.resolve("before.json"), Results.write(old));
  }

  @Test
  void rangesThatOverlapAreNoise() throws IOException {
    Path old = before(outcome(swept(), sweptRuns(), null));

    assertThat(outcome(swept(), sweptRuns(), old).exitCode()).isZero();
  }

  @Test
  void otherOptionsAreNotCompared() throws IOException {
    Path old = before(outcome(NONE, three(33_000, Planted.GOOD), null));

    assertThatThrownBy(() -> Outcome.check(Sweep.none(Planted.options(16, 1)), old))
        .hasMessageContaining("other options (clients was 64 and is 16)");
    assertThatThrownBy(() -> Outcome.check(swept(), old)).hasMessageContaining("sweep was not set");
    Outcome.check(Sweep.none(Planted.options(64, 3)), old);
  }

  @Test
  void otherFilesAreNotCompared() throws IOException {
    Path old = Files.writeString(folder.resolve("old.json"), "{\"format\": 1, \"runs\": []}");
    Path none = Files.writeString(folder.resolve("none.json"), "half a {");

    assertThatThrownBy(() -> Outcome.check(NONE, old))
        .hasMessageContaining("it must be a results.json of format 2, and has format 1");
    assertThatThrownBy(() -> Outcome.check(NONE, none)).hasMessageContaining("it is no JSON");
    assertThatThrownBy(() -> Outcome.check(NONE, folder.resolve("absent")))
        .hasMessageContaining("there is no file");
  }

  @Test
  void aSweepIsAMatrix() {
    Outcome outcome = outcome(swept(), sweptRuns(), null);

    assertThat(outcome.table())
        .containsPattern("clients +raft +vsr +s3\n")
        .containsPattern("\n1 +20,351/s .* ms")
        .containsPattern("\n64 +20,414/s");
    assertThat(outcome.page()).contains("id=\"load-latency\"").contains("id=\"load-cost\"");
  }

  private Path before(Outcome outcome) throws IOException {
    return Files.writeString(folder.resolve("before.json"), outcome.json());
  }
}
