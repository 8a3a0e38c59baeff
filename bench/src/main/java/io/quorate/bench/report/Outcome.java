// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import io.quorate.bench.compare.Run;
import io.quorate.bench.compare.Sweep;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison came to, in every form in which it is shown.
 *
 * @param json content of {@code results.json}
 * @param page content of {@code report.html}
 * @param table for a terminal; ends with a newline
 * @param problems what is wrong, for people; empty if nothing is
 */
public record Outcome(String json, String page, String table, List<String> problems) {
  /** Keeps a copy. */
  public Outcome {
    problems = List.copyOf(problems);
  }

  /**
   * Judges the runs.
   *
   * @param against an earlier {@code results.json} to compare with; null: none
   * @param made when the comparison ended
   * @throws IllegalArgumentException that file cannot be compared with; says why
   */
  public static Outcome of(Sweep sweep, List<Run> runs, @Nullable Path against, Instant made) {
    String json = Results.text(sweep, runs, made);
    Against since = against == null ? null : Against.of(against, json);
    List<String> problems = new ArrayList<>();
    for (Run run : runs) {
      String contender = run.measured().contender();
      run.measured().verdict().problems().forEach(each -> problems.add(contender + ": " + each));
      if (!run.measured().verdict().good() && run.measured().verdict().problems().isEmpty()) {
        problems.add(contender + ": the history is wrong");
      }
    }
    String table = ResultsTable.of(json);
    if (since != null) {
      problems.addAll(since.regressions());
      table += "\n" + since.render();
    }
    return new Outcome(json, Page.of(json, since), table, problems);
  }

  /**
   * Refuses an earlier file that cannot be compared with, before hours are spent.
   *
   * @throws IllegalArgumentException says why
   */
  public static void check(Sweep sweep, Path against) {
    Against.check(against, Results.text(sweep, List.of(), Instant.EPOCH));
  }

  /** 0: all is well; 1: a check failed, or a figure that decides got worse. */
  public int exitCode() {
    return problems.isEmpty() ? 0 : 1;
  }

  /**
   * Writes {@code report.html}, {@code results.json} and the raw latency histogram of each run, as
   * {@code <contender>-<run>.hgrm}.
   */
  public void write(Path folder, List<Run> runs) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("results.json"), json);
    Files.writeString(folder.resolve("report.html"), page);
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      Path file = folder.resolve(run.measured().contender() + "-" + (i + 1) + ".hgrm");
      try (PrintStream out =
          new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
        run.measured().latencies().outputPercentileDistribution(out, 1e6);
      }
    }
  }
}
