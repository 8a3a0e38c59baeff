// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Draws a trace with a column for each place and time running down, for people who look for the
 * moment at which it went wrong.
 */
public final class SpaceTime {
  private static final int COLUMN = 10;

  private SpaceTime() {}

  /** Draws all lines; turns that changed nothing visible are not in a trace anyway. */
  public static String draw(List<TraceLine> lines) {
    TreeSet<String> names = new TreeSet<>();
    for (TraceLine line : lines) {
      if (!line.at().equals("world") && line.at().startsWith("n")) {
        names.add(line.at());
      }
    }
    List<String> columns = new ArrayList<>(names);
    StringBuilder text = new StringBuilder();
    text.append("        time ");
    columns.forEach(name -> text.append(pad(name)));
    text.append('\n');
    for (TraceLine line : lines) {
      text.append(TraceLine.time(line.nanos())).append("  ");
      for (String column : columns) {
        text.append(pad(column.equals(line.at()) ? mark(line) : "|"));
      }
      text.append(' ').append(detail(line)).append('\n');
    }
    return text.toString();
  }

  private static String mark(TraceLine line) {
    return switch (line.kind()) {
      case SEND -> "*--> " + line.peer();
      case DELIVER -> "<--* " + line.peer();
      case DROP -> "*--x " + line.peer();
      case PERSIST -> "[disk]";
      case COMMIT -> "[commit]";
      case ROLE -> "[role]";
      case SNAPSHOT -> "[snap]";
      case LIFE -> "[life]";
      case NOTE -> "(note)";
      case STORE -> "[store]";
      case FAULT, CALL, REPLY, VIOLATION -> "!";
    };
  }

  private static String detail(TraceLine line) {
    boolean elsewhere = !line.at().startsWith("n");
    return (elsewhere ? line.at() + " " + line.kind().word() + " " : "") + line.what();
  }

  private static String pad(String text) {
    return text.length() >= COLUMN ? text + " " : text + " ".repeat(COLUMN - text.length());
  }
}
