// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Of all runs of a contender at a point: median, least and most of each figure, one verdict. */
final class Summary {
  private Summary() {}

  /** Fills the table from the runs, in the order in which points and contenders first appear. */
  static void fill(ArrayNode table, ArrayNode runs) {
    for (int i = 0; i < runs.size(); i++) {
      String point = runs.get(i).get("point").textValue();
      String contender = runs.get(i).get("contender").textValue();
      if (find(table, point, contender) == null) {
        row(table.addObject(), point, contender, runs);
      }
    }
  }

  /** The row of a contender at a point; null if there is none. */
  static @Nullable JsonNode find(JsonNode table, String point, String contender) {
    for (JsonNode row : table) {
      if (row.get("point").textValue().equals(point)
          && row.get("contender").textValue().equals(contender)) {
        return row;
      }
    }
    return null;
  }

  private static void row(ObjectNode row, String point, String contender, ArrayNode runs) {
    row.put("point", point);
    row.put("contender", contender);
    ArrayNode numbers = row.putArray("runs");
    List<JsonNode> own = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      JsonNode run = runs.get(i);
      if (run.get("point").textValue().equals(point)
          && run.get("contender").textValue().equals(contender)) {
        numbers.add(i);
        own.add(run);
      }
    }
    row.put("shown", numbers.get(typical(own)).intValue());
    row.put("durability", own.get(0).get("durability").textValue());
    ObjectNode figures = row.putObject("figures");
    for (Figure figure : Figure.ALL) {
      List<BigDecimal> values = values(own, figure.key());
      if (!values.isEmpty()) {
        ObjectNode of = figures.putObject(figure.key());
        of.put("median", median(values));
        of.put("min", values.get(0));
        of.put("max", values.get(values.size() - 1));
      }
    }
    Remarks.fill(row, own);
    history(row.putObject("history"), own);
  }

  /** The run whose throughput is in the middle; plots show it. */
  private static int typical(List<JsonNode> runs) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      order.add(i);
    }
    order.sort((a, b) ->
        runs.get(a)
            .at("/figures/perSecond")
            .decimalValue()
            .compareTo(runs.get(b).at("/figures/perSecond").decimalValue()));
    return order.get((order.size() - 1) / 2);
  }

  private static List<BigDecimal> values(List<JsonNode> runs, String key) {
    List<BigDecimal> values = new ArrayList<>();
    for (JsonNode run : runs) {
      JsonNode value = run.get("figures").get(key);
      if (value != null) {
        values.add(value.decimalValue());
      }
    }
    values.sort(BigDecimal::compareTo);
    return values;
  }

  private static BigDecimal median(List<BigDecimal> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : Figure.rounded(sorted.get(middle - 1).add(sorted.get(middle)).doubleValue() / 2);
  }

  private static void history(ObjectNode history, List<JsonNode> runs) {
    history.put("checked", sum(runs, "checked"));
    history.put("linearizable", all(runs, "linearizable"));
    history.put("lost", sum(runs, "lost"));
    history.put("duplicates", sum(runs, "duplicates"));
    history.put("statesAgree", all(runs, "statesAgree"));
    history.put("good", all(runs, "good"));
    ArrayNode problems = history.putArray("problems");
    for (JsonNode run : runs) {
      run.get("history").get("problems").forEach(problems::add);
    }
  }

  private static long sum(List<JsonNode> runs, String field) {
    return runs.stream().mapToLong(run -> run.get("history").get(field).longValue()).sum();
  }

  private static boolean all(List<JsonNode> runs, String field) {
    return runs.stream().allMatch(run -> run.get("history").get(field).booleanValue());
  }
}
