// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.bench.compare.Run;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Dollars a month by load, and the loads at which one contender gets cheaper than another. */
final class Costs {
  /** Loads of the curve, in commands a second: 1, 3, 10, 30 … */
  private static final double[] LOADS = {
    0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000
  };

  private Costs() {}

  /** A contender on a number of machines. */
  private record Line(String contender, boolean store, Dollars dollars) {
    String name() {
      return contender
          + " on "
          + (dollars.machines() == 1 ? "one machine" : dollars.machines() + " machines");
    }
  }

  /** By the typical run of each contender at the point with the most commands a second. */
  static void fill(ObjectNode costs, ArrayNode table, List<Run> runs) {
    ArrayNode assumptions = costs.putArray("assumptions");
    List<Line> lines = new ArrayList<>();
    String point = Findings.headline(table);
    for (JsonNode row : table) {
      if (row.get("point").textValue().equals(point)) {
        Run run = runs.get(row.get("shown").intValue());
        if (assumptions.isEmpty()) {
          Dollars.assumptions(run).forEach(assumptions::add);
        }
        lines(run, lines);
      }
    }
    costs.put("point", point);
    ArrayNode loads = costs.putArray("perSecond");
    for (double load : LOADS) {
      loads.add(Figure.rounded(load));
    }
    ArrayNode perMonth = costs.putArray("perMonth");
    for (Line line : lines) {
      ObjectNode month = perMonth.addObject();
      month.put("contender", line.contender);
      month.put("machines", line.dollars.machines());
      month.put("idle", Figure.rounded(line.dollars.perIdleMonth()));
      ArrayNode dollars = month.putArray("dollars");
      for (double load : LOADS) {
        dollars.add(Figure.rounded(line.dollars.perMonth(load)));
      }
    }
    ArrayNode crossovers = costs.putArray("crossovers");
    for (Line store : lines) {
      for (Line other : lines) {
        if (store.store && !other.store) {
          crossover(crossovers.addObject(), store, other);
        }
      }
    }
  }

  /** As it ran; a group whose log is in an object store needs no more than one machine. */
  private static void lines(Run run, List<Line> lines) {
    String contender = run.measured().contender();
    boolean store = run.measured().usesObjectStore();
    Dollars.of(run)
        .filter(Dollars::complete)
        .ifPresent(dollars -> lines.add(new Line(contender, store, dollars)));
    if (store && run.options().replicas() > 1) {
      Dollars.of(run, 1).ifPresent(dollars -> lines.add(new Line(contender, true, dollars)));
    }
  }

  private static void crossover(ObjectNode node, Line store, Line other) {
    node.put("contender", store.contender);
    node.put("machines", store.dollars.machines());
    node.put("against", other.contender);
    ArrayNode at = node.putArray("atPerSecond");
    List<BigDecimal> loads = new ArrayList<>();
    for (double load : store.dollars.crossovers(other.dollars)) {
      loads.add(Figure.rounded(load));
    }
    loads.forEach(at::add);
    boolean cheaperIdle = store.dollars.perIdleMonth() < other.dollars.perIdleMonth();
    node.put("cheaperWhenIdle", cheaperIdle ? store.contender : other.contender);
    node.put("text", sentence(store, other, loads, cheaperIdle));
  }

  private static String sentence(
      Line store, Line other, List<BigDecimal> loads, boolean cheaperIdle) {
    Line first = cheaperIdle ? store : other;
    Line second = cheaperIdle ? other : store;
    String idle =
        "(idle: %s against %s a month)"
            .formatted(
                Words.figure(Figure.rounded(first.dollars.perIdleMonth()), "$"),
                Words.figure(Figure.rounded(second.dollars.perIdleMonth()), "$"));
    if (loads.isEmpty()) {
      return "%s is cheaper than %s at any load %s.".formatted(first.name(), second.name(), idle);
    }
    String text =
        "Up to %s commands/s around the clock %s is cheaper than %s %s"
            .formatted(Words.number(loads.get(0)), first.name(), second.name(), idle);
    if (loads.size() == 1) {
      return text + "; above, " + second.contender + " is.";
    }
    return text
        + "; above, %s is, up to %s commands/s."
            .formatted(second.contender, Words.number(loads.get(1)));
  }
}
