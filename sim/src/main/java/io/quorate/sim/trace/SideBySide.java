// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * What several runs under the same faults come to: a column each, time running down. First what was
 * spent, then faults, starts and ends of replicas, roles, and what the protocols had to tell.
 */
public final class SideBySide {
  private static final int LABEL = 34;
  private static final int COLUMN = 56;

  private final List<String> names = new ArrayList<>();
  private final List<List<TraceLine>> runs = new ArrayList<>();

  private record Row(int run, TraceLine line) {}

  /** Nothing to compare yet. */
  public SideBySide() {}

  /** Adds a run with its whole trace. */
  public void add(String name, List<TraceLine> lines) {
    names.add(name);
    runs.add(lines);
  }

  /** The text. */
  public String draw() {
    StringBuilder text = new StringBuilder();
    figures(text);
    text.append("\n        time  ");
    names.forEach(name -> text.append(pad(name, COLUMN)));
    trim(text).append('\n');
    List<Row> rows = new ArrayList<>();
    for (int run = 0; run < runs.size(); run++) {
      for (TraceLine line : runs.get(run)) {
        if (isStory(line.kind())) {
          rows.add(new Row(run, line));
        }
      }
    }
    rows.sort(Comparator.comparingLong((Row row) -> row.line.nanos()).thenComparingInt(Row::run));
    for (Row row : rows) {
      text.append(TraceLine.time(row.line.nanos())).append("  ");
      for (int run = 0; run < runs.size(); run++) {
        text.append(pad(run == row.run ? told(row.line) : "", COLUMN));
      }
      trim(text).append('\n');
    }
    return text.toString();
  }

  private void figures(StringBuilder text) {
    text.append(" ".repeat(LABEL));
    names.forEach(name -> text.append(pad(name, 12)));
    trim(text).append('\n');
    count(text, "messages between replicas", line -> line.kind() == TraceKind.SEND);
    count(text, "durable writes to disks", line -> line.kind() == TraceKind.PERSIST);
    count(
        text,
        "requests to the object store",
        line -> line.kind() == TraceKind.STORE && line.peer() == null);
    count(text, "answers to clients", line -> line.kind() == TraceKind.REPLY);
    text.append(pad("longest time without a commit", LABEL));
    for (List<TraceLine> lines : runs) {
      text.append(pad(longestGapNanos(lines) / 1_000_000 + " ms", 12));
    }
    trim(text).append('\n');
  }

  private void count(StringBuilder text, String label, Predicate<TraceLine> which) {
    text.append(pad(label, LABEL));
    for (List<TraceLine> lines : runs) {
      text.append(pad(Long.toString(lines.stream().filter(which).count()), 12));
    }
    trim(text).append('\n');
  }

  private static long longestGapNanos(List<TraceLine> lines) {
    long longest = 0;
    long last = -1;
    for (TraceLine line : lines) {
      if (line.kind() == TraceKind.COMMIT) {
        longest = last < 0 ? longest : Math.max(longest, line.nanos() - last);
        last = line.nanos();
      }
    }
    return longest;
  }

  private static boolean isStory(TraceKind kind) {
    return switch (kind) {
      case FAULT, LIFE, ROLE, NOTE, VIOLATION -> true;
      case SEND, DELIVER, DROP, PERSIST, COMMIT, SNAPSHOT, CALL, REPLY, STORE -> false;
    };
  }

  private static String told(TraceLine line) {
    String word = line.kind() == TraceKind.FAULT ? "FAULT" : line.at();
    String told = word + " " + line.what();
    return told.length() < COLUMN ? told : told.substring(0, COLUMN - 2) + "…";
  }

  private static String pad(String text, int width) {
    return text.length() >= width ? text : text + " ".repeat(width - text.length());
  }

  private static StringBuilder trim(StringBuilder text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    text.setLength(end);
    return text;
  }
}
