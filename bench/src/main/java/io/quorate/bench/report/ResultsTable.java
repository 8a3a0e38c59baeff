// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results on a terminal: a column for each contender and a row for each figure; of a sweep a
 * row for each point and the three figures that matter most.
 */
final class ResultsTable {
  private static final List<String> OF_A_SWEEP = List.of("perSecond", "p50Millis", "p99Millis");

  private ResultsTable() {}

  /** A line of the table, as texts, the first of which is its title. */
  record Line(String title, List<String> cells) {}

  /** Renders the table of a {@code results.json}; ends with a newline. */
  static String of(String results) {
    JsonNode root;
    try {
      root = Results.parse(results);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the results are no JSON", e);
    }
    StringBuilder text = new StringBuilder(root.has("sweep") ? matrix(root) : columns(root));
    Remarks.sentences(root).forEach(sentence -> text.append(sentence).append('\n'));
    return text.toString();
  }

  private static String columns(JsonNode root) {
    JsonNode table = root.get("table");
    List<Line> lines = new ArrayList<>();
    lines.add(line("", table, row -> row.get("contender").textValue()));
    lines.add(line("durability", table, row -> row.get("durability").textValue()));
    for (Figure figure : Figure.ALL) {
      if (anyHas(table, figure.key())) {
        lines.add(line(figure.title(), table, row -> cell(row, figure)));
      }
    }
    lines.addAll(checks(table));
    return text(lines);
  }

  /** What the checks of the histories said, a line each. */
  static List<Line> checks(Iterable<JsonNode> table) {
    return List.of(
        line("history: calls checked", table, row -> count(row, "checked")),
        line("history: linearizable", table, row -> yes(row, "linearizable")),
        line("acknowledged writes lost", table, row -> count(row, "lost")),
        line("duplicates", table, row -> count(row, "duplicates")),
        line("replicas agree", table, row -> yes(row, "statesAgree")));
  }

  private static String matrix(JsonNode root) {
    JsonNode table = root.get("table");
    List<String> contenders = new ArrayList<>();
    table.forEach(row -> contenders.add(row.get("contender").textValue()));
    List<String> distinct = contenders.stream().distinct().toList();
    List<Line> lines = new ArrayList<>();
    lines.add(new Line(root.at("/sweep/option").textValue(), distinct));
    for (JsonNode point : root.at("/sweep/points")) {
      List<String> cells = new ArrayList<>();
      for (String contender : distinct) {
        cells.add(summary(Summary.find(table, point.textValue(), contender)));
      }
      lines.add(new Line(point.textValue(), cells));
    }
    return text(lines) + "Cells: commands/s, then latency p50 and p99; medians of all runs.\n";
  }

  private static String summary(@Nullable JsonNode row) {
    if (row == null) {
      return "-";
    }
    List<String> parts = new ArrayList<>();
    for (String key : OF_A_SWEEP) {
      Figure figure = Figure.of(key);
      JsonNode of = row.get("figures").get(key);
      parts.add(of == null ? "-" : Words.figure(of.get("median"), figure.unit()));
    }
    return parts.get(0)
        + "/s  "
        + parts.get(1)
        + "  "
        + parts.get(2)
        + (row.at("/history/good").booleanValue() ? "" : "  WRONG");
  }

  /** Whether a row of the table has this figure. */
  static boolean anyHas(JsonNode table, String key) {
    for (JsonNode row : table) {
      if (row.get("figures").has(key)) {
        return true;
      }
    }
    return false;
  }

  /** A figure as text: median and range, or a dash where it does not apply. */
  static String cell(JsonNode row, Figure figure) {
    JsonNode of = row.get("figures").get(figure.key());
    return of == null ? "-" : Findings.range(of, figure.unit());
  }

  private static String count(JsonNode row, String field) {
    return Words.number(row.get("history").get(field).longValue());
  }

  private static String yes(JsonNode row, String field) {
    return row.get("history").get(field).booleanValue() ? "yes" : "NO";
  }

  private interface Cell {
    String of(JsonNode row);
  }

  private static Line line(String title, Iterable<JsonNode> table, Cell cell) {
    List<String> cells = new ArrayList<>();
    table.forEach(row -> cells.add(cell.of(row)));
    return new Line(title, cells);
  }

  /** Columns as wide as needed, a rule below the first line. */
  static String text(List<Line> lines) {
    int columns = lines.get(0).cells.size();
    int[] widths = new int[columns + 1];
    for (Line line : lines) {
      widths[0] = Math.max(widths[0], line.title.length());
      for (int i = 0; i < columns; i++) {
        widths[i + 1] = Math.max(widths[i + 1], line.cells.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      table.append(line.title).append(" ".repeat(widths[0] - line.title.length()));
      for (int c = 0; c < columns; c++) {
        String cell = line.cells.get(c);
        table.append("  ").append(" ".repeat(widths[c + 1] - cell.length())).append(cell);
      }
      table.append('\n');
      if (i == 0) {
        table.append("-".repeat(Arrays.stream(widths).sum() + 2 * columns)).append('\n');
      }
    }
    return table.toString();
  }
}
