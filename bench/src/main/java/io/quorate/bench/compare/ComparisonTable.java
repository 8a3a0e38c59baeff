// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/** The results as one table: a column for each contender, a row for each figure. */
public final class ComparisonTable {
  private ComparisonTable() {}

  private record Row(String title, Function<Measured, String> cell) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("durability", Measured::durability),
          new Row("commands/s", m -> String.format(Locale.ROOT, "%,.0f", m.perSecond())),
          new Row(
              "commands/s before the fault",
              m -> String.format(Locale.ROOT, "%,.0f", m.perSecondBeforeFault())),
          new Row("latency p50", m -> millis(m.millisAt(50))),
          new Row("latency p99", m -> millis(m.millisAt(99))),
          new Row("latency p99.9", m -> millis(m.millisAt(99.9))),
          new Row("latency max", m -> millis(m.maxMillis())),
          new Row("fault", Measured::fault),
          new Row("longest gap after it", m -> millis(m.gapNanos() / 1e6)),
          new Row("messages / 1,000 commands", m -> counted(m, "messages_sent", 1)),
          new Row("bytes on the wire / command", m -> counted(m, "peer_bytes_sent", 1000)),
          new Row("fsyncs / 1,000 commands", m -> counted(m, "log_syncs", 1)),
          new Row(
              "object requests / 1,000 commands",
              m -> m.usesObjectStore() ? figure(m.objectRequestsPerThousand()) : "-"),
          new Row(
              "PUTs / batch, before the fault",
              m ->
                  m.usesObjectStore() ? String.format(Locale.ROOT, "%.3f", m.putsPerBatch()) : "-"),
          new Row(
              "request dollars / 1M commands",
              m ->
                  m.usesObjectStore()
                      ? String.format(Locale.ROOT, "$%.3f", m.dollarsPerMillion())
                      : "-"),
          new Row("CPU s / 1M commands", m -> figure(m.cpuSecondsPerMillion())),
          new Row(
              "CPU share taken by others",
              m -> optional(m.costs().othersShare(), x -> figure(100 * x) + "%")),
          new Row("disk bytes / command", m -> optional(m.diskBytesPerCommand(), x -> figure(x))),
          new Row(
              "bytes allocated / command",
              m -> optional(m.allocatedBytesPerCommand(), x -> figure(x))),
          new Row("outcome unknown to client", m -> count(m.indeterminate())),
          new Row("refused, surely not applied", m -> count(m.refused())),
          new Row("history: calls checked", m -> count(m.verdict().checked())),
          new Row("history: linearizable", m -> m.verdict().linearizable() ? "yes" : "NO"),
          new Row("acknowledged writes lost", m -> count(m.verdict().lost())),
          new Row("duplicates", m -> count(m.verdict().duplicates())),
          new Row("replicas agree", m -> m.verdict().statesAgree() ? "yes" : "NO"));

  /** Renders the table; ends with a newline. */
  public static String render(List<Measured> results) {
    int columns = results.size() + 1;
    List<String[]> lines = new ArrayList<>();
    String[] head = new String[columns];
    head[0] = "";
    for (int i = 0; i < results.size(); i++) {
      head[i + 1] = results.get(i).contender();
    }
    lines.add(head);
    for (Row row : ROWS) {
      String[] line = new String[columns];
      line[0] = row.title;
      for (int i = 0; i < results.size(); i++) {
        line[i + 1] = row.cell.apply(results.get(i));
      }
      lines.add(line);
    }
    int[] widths = new int[columns];
    for (String[] line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line[i].length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      append(table, lines.get(i), widths);
      if (i == 0) {
        table.append("-".repeat(Arrays.stream(widths).sum() + 2 * (columns - 1))).append('\n');
      }
    }
    return table.toString();
  }

  private static void append(StringBuilder table, String[] line, int[] widths) {
    table.append(line[0]).append(" ".repeat(widths[0] - line[0].length()));
    for (int i = 1; i < line.length; i++) {
      table.append("  ").append(" ".repeat(widths[i] - line[i].length())).append(line[i]);
    }
    table.append('\n');
  }

  private static String millis(double millis) {
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%,.0f ms", millis);
  }

  private static String optional(OptionalDouble value, DoubleFunction<String> cell) {
    return value.isEmpty() ? "-" : cell.apply(value.getAsDouble());
  }

  /** What this contender's own counters told; a library of others counts nothing alike. */
  private static String counted(Measured m, String counter, double each) {
    return m.counts().containsKey(counter) ? figure(m.perThousand(counter) / each) : "-";
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
