// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A failing window as text: one column per client, time downwards.
 *
 * @param placed the last operations of the longest order that exists
 * @param waiting operations that no order could go on with
 * @param placedCount length of that order
 * @param state the state behind it
 * @param last the operation whose end makes the history wrong
 */
record Picture(
    String key,
    List<Operation> placed,
    List<Operation> waiting,
    int placedCount,
    String state,
    Operation last) {
  private static final int COLUMN_MIN = 12;
  private static final int COLUMN_MAX = 28;

  private record Mark(long at, Operation operation, boolean isEnd) {}

  /** All operations of the picture, in the order of their calls. */
  List<Operation> window() {
    List<Operation> all = new ArrayList<>(placed);
    all.addAll(waiting);
    if (!all.contains(last)) {
      all.add(last);
    }
    all.sort(Comparator.comparingInt(Operation::id));
    return all;
  }

  String draw() {
    StringBuilder out = new StringBuilder();
    out.append("not linearizable: key ").append(key).append(", wrong once #").append(last.id());
    out.append(" (").append(last.call().text()).append(" = ").append(answer(last));
    out.append(", client ").append(last.client()).append(") has ended\n");
    out.append("the best order places ")
        .append(placedCount)
        .append(" operations, then the state is ");
    out.append(state).append('\n');
    if (!placed.isEmpty()) {
      out.append("  it ends with: ").append(texts(placed)).append('\n');
    }
    out.append("  none of these can follow: ").append(texts(waiting)).append("\n\n");
    return out + table(window(), last.endedAt(), waiting);
  }

  /**
   * One column per client, time downwards.
   *
   * @param until ends after this event are not drawn: they may as well never have come
   * @param marked operations to point at
   */
  static String table(List<Operation> window, long until, List<Operation> marked) {
    StringBuilder out = new StringBuilder();
    Set<Integer> clients = new TreeSet<>();
    window.forEach(operation -> clients.add(operation.client()));
    int width = COLUMN_MIN;
    for (Operation operation : window) {
      width = Math.max(width, Math.min(COLUMN_MAX, callText(operation).length() + 4));
    }
    out.append(pad("time", 16));
    for (int client : clients) {
      out.append(pad("client " + client, width));
    }
    out.append('\n');
    Set<Integer> open = new TreeSet<>();
    for (Mark mark : marks(window, until)) {
      Operation operation = mark.operation();
      long nanos = mark.isEnd() ? operation.endedNanos() : operation.calledNanos();
      out.append(pad(String.format("%.6f s", nanos / 1e9), 16));
      for (int client : clients) {
        String cell = open.contains(client) ? "|" : "";
        if (client == operation.client()) {
          cell = mark.isEnd() ? "` " + answer(operation) : ". " + callText(operation);
        }
        out.append(pad(cell, width));
      }
      out.append(marked.contains(operation) && !mark.isEnd() ? "  <" : "").append('\n');
      if (mark.isEnd()) {
        open.remove(operation.client());
      } else {
        open.add(operation.client());
      }
    }
    return out.toString();
  }

  private static List<Mark> marks(List<Operation> window, long until) {
    List<Mark> marks = new ArrayList<>();
    for (Operation operation : window) {
      marks.add(new Mark(operation.calledAt(), operation, false));
      if (operation.outcome() == Outcome.OK && operation.endedAt() <= until) {
        marks.add(new Mark(operation.endedAt(), operation, true));
      }
    }
    marks.sort(Comparator.comparingLong(Mark::at));
    return marks;
  }

  private static String callText(Operation operation) {
    boolean neverEnds = operation.outcome() != Outcome.OK;
    return "#" + operation.id() + " " + operation.call().text() + (neverEnds ? " ?" : "");
  }

  private String texts(List<Operation> operations) {
    List<String> texts = new ArrayList<>();
    for (Operation operation : operations) {
      texts.add("#" + operation.id() + " " + operation.call().text() + " = " + answer(operation));
    }
    return String.join(", ", texts);
  }

  private static String answer(Operation operation) {
    return operation.answer() == null ? "?" : String.valueOf(operation.answer());
  }

  private static String pad(String text, int width) {
    String cut = text.length() >= width ? text.substring(0, width - 1) : text;
    return cut + " ".repeat(width - cut.length());
  }
}
