// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.bench.compare.Measured;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** What a reader of a contender's figures must know of them, in words, from its runs. */
final class Remarks {
  private Remarks() {}

  /** Adds those of a row of the table, if there are any. */
  static void fill(ObjectNode row, List<JsonNode> runs) {
    List<String> remarks = new ArrayList<>();
    warmUp(remarks, runs);
    elections(remarks, runs);
    if (!remarks.isEmpty()) {
      remarks.forEach(row.putArray("remarks")::add);
    }
  }

  /** Of several runs the one in the middle decides: the first is always the coldest. */
  private static void warmUp(List<String> remarks, List<JsonNode> runs) {
    List<BigDecimal> growths = new ArrayList<>();
    for (JsonNode run : runs) {
      if (run.has("growthPercent")) {
        growths.add(run.get("growthPercent").decimalValue());
      }
    }
    if (growths.isEmpty()) {
      return;
    }
    growths.sort(BigDecimal::compareTo);
    double growth = growths.get((growths.size() - 1) / 2).doubleValue();
    if (growth >= WarmUp.PERCENT_MIN) {
      remarks.add(
          "still warming up: +%s %% within the measured time%s; use a longer --warmup"
              .formatted(
                  Words.number(Math.round(growth)), faultless(runs) ? "" : " before the fault"));
    }
  }

  /** Nothing but the replicas themselves can have made a leader of another one. */
  private static void elections(List<String> remarks, List<JsonNode> runs) {
    long changes = 0;
    int with = 0;
    for (JsonNode run : runs) {
      long own = run.at("/figures/leaderChanges").asLong();
      changes += own;
      with += own > 0 ? 1 : 0;
    }
    if (changes > 0 && faultless(runs)) {
      remarks.add(
          (changes == 1
                  ? "the leader changed once without a fault: a false election"
                  : "the leader changed %s times without a fault: false elections"
                      .formatted(Words.number(changes)))
              + (runs.size() == 1 ? "" : ", in %d of %d runs".formatted(with, runs.size())));
    }
  }

  private static boolean faultless(List<JsonNode> runs) {
    return runs.stream().allMatch(run -> run.get("fault").textValue().equals(Measured.NO_FAULT));
  }

  /** All of a table, a sentence each, with the name of the contender and the point it ran at. */
  static List<String> sentences(JsonNode root) {
    List<String> sentences = new ArrayList<>();
    for (JsonNode row : root.get("table")) {
      String point = row.get("point").textValue();
      String who =
          row.get("contender").textValue()
              + (point.isEmpty()
                  ? ""
                  : " at " + root.at("/sweep/option").textValue() + " " + point);
      row.path("remarks").forEach(remark -> sentences.add(who + ": " + remark.textValue() + "."));
    }
    return sentences;
  }
}
