// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.bench.report.Figure.Better;
import io.quorate.bench.report.Figure.Noise;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What changed since an earlier comparison. What is noise is a matter of the figure ({@link
 * Figure#alike}); whatever is called worse is a regression, and nothing else is.
 *
 * @param made when the earlier one was made
 * @param sameMachine whether both ran on machines that look alike
 * @param changes of each contender and figure, in the order of the table
 */
record Against(String made, boolean sameMachine, List<Change> changes) {
  /** Options that may differ: how often, and where from. */
  private static final List<String> MAY_DIFFER = List.of("repeat", "backends", "seed");

  private static final List<String> OF_THE_MACHINE = List.of("cores", "cpu", "memoryBytes");

  /** How a figure stands to what it was; better and worse are words for figures that decide. */
  enum Kind {
    NOISE("within noise"),
    BETTER("better"),
    WORSE("WORSE"),
    HIGHER("higher (not judged)"),
    LOWER("lower (not judged)");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** One figure of one contender, then and now: objects with median, min and max. */
  record Change(
      String point, String contender, Figure figure, JsonNode was, JsonNode is, Kind kind) {
    /** By how much, in per cent of what it was; {@code new} if it was nothing. */
    String percent() {
      double before = was.get("median").doubleValue();
      double now = is.get("median").doubleValue();
      if (before == 0) {
        return now == 0 ? "±0.0 %" : "new";
      }
      double percent = (now - before) / before * 100;
      BigDecimal rounded = BigDecimal.valueOf(percent).setScale(1, RoundingMode.HALF_EVEN);
      return (rounded.signum() == 0 ? "±" : percent > 0 ? "+" : "") + Words.number(rounded) + " %";
    }
  }

  /**
   * Compares with the results in a file.
   *
   * @param file an earlier {@code results.json}
   * @param results text of the new one
   * @throws IllegalArgumentException the file cannot be compared with; says why
   */
  static Against of(Path file, String results) {
    return of(file, read(file), parsed(file, results));
  }

  /**
   * Refuses what cannot be compared with, before anything runs.
   *
   * @param file an earlier {@code results.json}
   * @param planned text of results with the options of the comparison to come
   * @throws IllegalArgumentException the file cannot be compared with; says why
   */
  static void check(Path file, String planned) {
    comparable(file, read(file), parsed(file, planned));
  }

  private static JsonNode read(Path file) {
    try {
      JsonNode root = parsed(file, Files.readString(inside(file)));
      int format = root.path("format").asInt();
      if (format != Results.FORMAT || !root.path("table").isArray()) {
        throw new IllegalArgumentException(
            "--against %s cannot be used: it must be a results.json of format %d, and has %s"
                .formatted(
                    file, Results.FORMAT, root.has("format") ? "format " + format : "no format"));
      }
      return root;
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("--against: there is no file " + file, e);
    } catch (IOException e) {
      throw new IllegalArgumentException("--against: " + file + " cannot be read", e);
    }
  }

  /** A report folder stands for the file in it. */
  private static Path inside(Path file) {
    return Files.isDirectory(file) ? file.resolve("results.json") : file;
  }

  private static JsonNode parsed(Path file, String text) {
    try {
      return Results.parse(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "--against %s cannot be used: it is no JSON, but must be the results.json of an earlier comparison"
              .formatted(file),
          e);
    }
  }

  private static void comparable(Path file, JsonNode old, JsonNode now) {
    SortedMap<String, String> before = options(old);
    SortedMap<String, String> after = options(now);
    TreeSet<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    List<String> different = new ArrayList<>();
    for (String key : keys) {
      String was = before.getOrDefault(key, "not set");
      String is = after.getOrDefault(key, "not set");
      if (!was.equals(is)) {
        different.add("%s was %s and is %s".formatted(key, was, is));
      }
    }
    if (!different.isEmpty()) {
      throw new IllegalArgumentException(
          "--against %s cannot be used: it was made with other options (%s); compare like with like"
              .formatted(file, String.join("; ", different)));
    }
  }

  private static SortedMap<String, String> options(JsonNode root) {
    SortedMap<String, String> options = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : root.path("options").properties()) {
      if (!MAY_DIFFER.contains(each.getKey())) {
        options.put(each.getKey(), each.getValue().toString());
      }
    }
    if (root.has("sweep")) {
      options.put("sweep", root.get("sweep").toString());
    }
    return options;
  }

  private static Against of(Path file, JsonNode old, JsonNode now) {
    comparable(file, old, now);
    List<Change> changes = new ArrayList<>();
    for (JsonNode row : now.get("table")) {
      String point = row.get("point").textValue();
      String contender = row.get("contender").textValue();
      JsonNode before = Summary.find(old.get("table"), point, contender);
      if (before != null) {
        int runs = Math.min(row.get("runs").size(), before.get("runs").size());
        for (Figure figure : Figure.ALL) {
          JsonNode was = before.get("figures").get(figure.key());
          JsonNode is = row.get("figures").get(figure.key());
          if (was != null && is != null) {
            changes.add(new Change(point, contender, figure, was, is, kind(figure, was, is, runs)));
          }
        }
      }
    }
    if (changes.isEmpty()) {
      throw new IllegalArgumentException(
          "--against %s cannot be used: it has none of these contenders".formatted(file));
    }
    boolean same =
        OF_THE_MACHINE.stream()
            .allMatch(key -> old.at("/machine/" + key).equals(now.at("/machine/" + key)));
    return new Against(old.get("made").textValue(), same, changes);
  }

  private static Kind kind(Figure figure, JsonNode was, JsonNode is, int runs) {
    if (figure.alike(was, is, runs)) {
      return Kind.NOISE;
    }
    boolean more = is.get("median").decimalValue().compareTo(was.get("median").decimalValue()) > 0;
    if (!figure.decides()) {
      return more ? Kind.HIGHER : Kind.LOWER;
    }
    return more == (figure.better() == Better.MORE) ? Kind.BETTER : Kind.WORSE;
  }

  /** Figures that decide and got worse by more than noise: a sentence each. */
  List<String> regressions() {
    List<String> sentences = new ArrayList<>();
    for (Change change : changes) {
      if (change.kind == Kind.WORSE) {
        sentences.add(
            "%s%s is worse than on %s: %s %s, was %s (%s, beyond noise)."
                .formatted(
                    change.contender,
                    change.point.isEmpty() ? "" : " at " + change.point,
                    made,
                    change.figure.title(),
                    Findings.range(change.is, change.figure.unit()),
                    Findings.range(change.was, change.figure.unit()),
                    change.percent()));
      }
    }
    return sentences;
  }

  /** How many contenders got worse: several figures of one often have the same cause. */
  String verdict() {
    List<String> all = changes.stream().map(Change::contender).distinct().toList();
    List<String> worse =
        changes.stream()
            .filter(change -> change.kind == Kind.WORSE)
            .map(Change::contender)
            .distinct()
            .toList();
    return worse.isEmpty()
        ? "No contender got worse."
        : "%d of %d contenders got worse: %s."
            .formatted(worse.size(), all.size(), Words.list(worse));
  }

  /** What is noise, in a sentence. */
  static String noise() {
    return ("Within noise: the ranges of old and new overlap, or their medians differ by no more"
            + " than %d %%; with fewer than %d runs on either side by no more than %s.")
        .formatted(
            Math.round(Figure.DRIFT * 100),
            Figure.RUNS_FOR_RANGES,
            Words.list(
                Stream.of(Noise.values())
                    .filter(each -> each != Noise.NONE)
                    .map(Noise::words)
                    .toList()));
  }

  /** What the words mean, in two sentences. */
  static String rule() {
    return "WORSE makes the exit code 1; it is said of %s. What is not judged may change as it will."
        .formatted(
            Words.list(Figure.ALL.stream().filter(Figure::decides).map(Figure::title).toList()));
  }

  /** On a terminal: throughput, and what else changed by more than noise; a line each. */
  String render() {
    List<ResultsTable.Line> lines = new ArrayList<>();
    lines.add(new ResultsTable.Line("since " + made, List.of("was", "is", "change", "")));
    int quiet = 0;
    for (Change change : changes) {
      if (change.kind == Kind.NOISE && !change.figure.key().equals("perSecond")) {
        quiet++;
        continue;
      }
      String point = change.point.isEmpty() ? "" : " " + change.point;
      lines.add(
          new ResultsTable.Line(
              change.contender + point + ": " + change.figure.title(),
              List.of(
                  Findings.range(change.was, change.figure.unit()),
                  Findings.range(change.is, change.figure.unit()),
                  change.percent(),
                  change.kind.words())));
    }
    return ResultsTable.text(lines)
        + "Not shown: %d figures that changed by no more than noise.%n".formatted(quiet)
        + rule()
        + "\n"
        + (sameMachine ? "" : "The machine was another one: figures may differ for that alone.\n")
        + verdict()
        + "\n";
  }
}
