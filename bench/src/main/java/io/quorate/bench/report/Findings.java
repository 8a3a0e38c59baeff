// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.bench.report.Figure.Better;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which contender for which need, in words, from the numbers of the table. A contender whose
 * history is wrong is never the answer.
 */
final class Findings {
  /** How many times a latency a gap must be to be worth a caution. */
  private static final int HIDDEN = 20;

  /** Share of the processors from which on the work of others is worth a note. */
  private static final int BUSY_PERCENT = 10;

  /** The need of a finding that says that a history is wrong. */
  static final String WRONG = "Wrong history";

  private final JsonNode root;
  private final ArrayNode findings;
  private final String point;

  private Findings(JsonNode root, ArrayNode findings, String point) {
    this.root = root;
    this.findings = findings;
    this.point = point;
  }

  /** The point at which the most commands were answered in a second. */
  static String headline(JsonNode table) {
    String best = "";
    BigDecimal most = BigDecimal.ONE.negate();
    for (JsonNode row : table) {
      BigDecimal value = row.at("/figures/perSecond/median").decimalValue();
      if (value.compareTo(most) > 0) {
        most = value;
        best = row.get("point").textValue();
      }
    }
    return best;
  }

  static void fill(ArrayNode findings, JsonNode root) {
    Findings all = new Findings(root, findings, headline(root.get("table")));
    all.failures();
    all.best("Most commands a second", "perSecond", all.point);
    all.latencies();
    all.best("Shortest gap after the fault", "gapMillis", all.point);
    all.best("Cheapest at this load", "dollarsPerMillion", all.point);
    all.idle();
    all.crossover();
    all.quorum();
  }

  private void failures() {
    for (JsonNode row : root.get("table")) {
      JsonNode history = row.get("history");
      if (!history.get("good").booleanValue()) {
        ObjectNode finding = add(WRONG, List.of(row.get("contender").textValue()));
        finding.put(
            "text",
            "%s%s failed the check of its history: %s. Its figures do not count."
                .formatted(row.get("contender").textValue(), at(point(row)), wrong(history)));
      }
    }
  }

  /** What is wrong with a history, in words. */
  static String wrong(JsonNode history) {
    List<String> wrong = new ArrayList<>();
    if (!history.get("linearizable").booleanValue()) {
      wrong.add("answers that no order of the calls explains");
    }
    if (history.get("lost").longValue() > 0) {
      wrong.add(Words.number(history.get("lost").longValue()) + " acknowledged writes lost");
    }
    if (history.get("duplicates").longValue() > 0) {
      wrong.add(Words.number(history.get("duplicates").longValue()) + " writes applied twice");
    }
    if (!history.get("statesAgree").booleanValue()) {
      wrong.add("replicas with different states");
    }
    if (wrong.isEmpty()) {
      history.get("problems").forEach(problem -> wrong.add(problem.textValue()));
    }
    return Words.list(wrong);
  }

  /** A lone caller is a matter of its own, if there was one. */
  private void latencies() {
    JsonNode sweep = root.get("sweep");
    boolean swept = sweep != null && sweep.get("option").textValue().equals("clients");
    boolean alone = swept && point("1") || root.at("/options/clients").asInt() == 1;
    if (alone) {
      best("Lowest latency for a lone caller", "p50Millis", swept ? "1" : point);
    }
    if (!alone || swept) {
      best("Lowest latency under this load, for most calls", "p50Millis", point);
      best("Lowest latency under this load, for all but one call in a hundred", "p99Millis", point);
    }
  }

  private boolean point(String label) {
    for (JsonNode row : root.get("table")) {
      if (point(row).equals(label)) {
        return true;
      }
    }
    return false;
  }

  private static String point(JsonNode row) {
    return row.get("point").textValue();
  }

  private void best(String need, String key, String at) {
    Figure figure = Figure.of(key);
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode row : root.get("table")) {
      if (point(row).equals(at)
          && row.get("figures").has(key)
          && row.at("/history/good").booleanValue()) {
        rows.add(row);
      }
    }
    if (rows.size() < 2) {
      return;
    }
    Comparator<JsonNode> order = Comparator.comparing(row -> value(row, key, "median"));
    rows.sort(figure.better() == Better.MORE ? order.reversed() : order);
    JsonNode first = rows.get(0);
    List<JsonNode> equal = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (JsonNode row : rows.subList(1, rows.size())) {
      others.add(name(row) + " " + shown(row, figure) + factor(first, row, figure));
      if (figure.alike(first.at("/figures/" + key), row.at("/figures/" + key), runs(first))) {
        equal.add(row);
      }
    }
    List<String> winners = new ArrayList<>(List.of(name(first)));
    equal.forEach(row -> winners.add(name(row)));
    ObjectNode finding = add(need, winners);
    finding.put("tie", winners.size() > 1);
    finding.put(
        "text",
        "%s: %s%s. Others: %s."
            .formatted(
                name(first),
                shown(first, figure),
                figure.exact() ? "" : at(at),
                Words.list(others)));
    String caution =
        Stream.of(caution(first, equal, figure), hidden(first, figure))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining(" "));
    if (!caution.isEmpty()) {
      finding.put("caution", caution);
    }
  }

  private static String caution(JsonNode first, List<JsonNode> equal, Figure figure) {
    if (equal.isEmpty()) {
      return "";
    }
    String names =
        Words.list(Stream.concat(Stream.of(first), equal.stream()).map(Findings::name).toList());
    int runs = runs(first);
    if (figure.exact()) {
      return "%s cost the same.".formatted(names);
    }
    long percent = Math.round(figure.tolerance(runs) * 100);
    return runs > 1
        ? ("The ranges of %s overlap, or their medians differ by no more than %d %%: this"
                + " comparison cannot tell them apart.")
            .formatted(names, percent)
        : ("One run each: %s differ by no more than %d %%, which says nothing of this"
                + " figure; --repeat 3 shows ranges.")
            .formatted(names, percent);
  }

  /** A pause that a closed loop keeps out of the percentiles, if it is a long one. */
  private String hidden(JsonNode first, Figure figure) {
    JsonNode gap = first.at("/figures/gapMillis/median");
    return figure.unit().equals("ms")
            && !figure.key().equals("gapMillis")
            && root.at("/options/ratePerSecond").intValue() == 0
            && gap.asDouble() > HIDDEN * value(first, figure.key(), "median").doubleValue()
        ? "Its gap of %s after the fault hardly shows here: in a closed loop it is one call for each caller."
            .formatted(Words.figure(gap, "ms"))
        : "";
  }

  /** What holds for all findings. */
  static void notes(ArrayNode notes, JsonNode root) {
    JsonNode options = root.get("options");
    boolean store = false;
    for (JsonNode row : root.get("table")) {
      store |= row.get("figures").has("requestsPerThousand");
    }
    if (store
        && options.get("s3").asText().equals("embedded")
        && options.get("s3Latency").asText().equals("none")) {
      notes.add(
          "The object store was the embedded one, which answers at once: a real bucket takes tens"
              + " of milliseconds for every batch. --s3-latency standard or express adds what is"
              + " published.");
    }
    if (options.get("ratePerSecond").intValue() == 0) {
      notes.add(
          "Closed loop: each caller waits for an answer before it calls again, so a pause is one"
              + " slow call for each caller, however long it is. --rate N calls at its times, and"
              + " counts the waiting.");
    }
    double others = 0;
    for (JsonNode row : root.get("table")) {
      others = Math.max(others, row.at("/figures/cpuPercentOfOthers/max").asDouble());
    }
    if (others >= BUSY_PERCENT) {
      notes.add(
          "The machine was busy: other programs used up to %s %% of its processors meanwhile."
              .formatted(Words.number(Figure.rounded(others))));
    }
    Remarks.sentences(root).forEach(notes::add);
    if (options.get("repeat").intValue() == 1) {
      notes.add("One run each: --repeat 3 shows how much of a difference is noise.");
    }
  }

  private static int runs(JsonNode row) {
    return row.get("runs").size();
  }

  private static String name(JsonNode row) {
    return row.get("contender").textValue();
  }

  private static BigDecimal value(JsonNode row, String key, String which) {
    return row.at("/figures/" + key + "/" + which).decimalValue();
  }

  /** The median, and the range behind it if there is one. */
  private static String shown(JsonNode row, Figure figure) {
    return range(row.at("/figures/" + figure.key()), figure.unit())
        + (figure.key().equals("perSecond") ? " commands/s" : "");
  }

  /** {@code 33,646 (23,761–36,178)}; of a single run the number alone. */
  static String range(JsonNode of, String unit) {
    String median = Words.figure(of.get("median"), unit);
    BigDecimal min = of.get("min").decimalValue();
    BigDecimal max = of.get("max").decimalValue();
    return min.compareTo(max) == 0
        ? median
        : "%s (%s–%s)".formatted(median, Words.number(min), Words.number(max));
  }

  private static String factor(JsonNode first, JsonNode row, Figure figure) {
    double best = value(first, figure.key(), "median").doubleValue();
    double other = value(row, figure.key(), "median").doubleValue();
    double factor = figure.better() == Better.MORE ? best / other : other / best;
    return Double.isFinite(factor) && factor >= 1.1
        ? " (%s times %s)"
            .formatted(
                Words.number(Figure.rounded(factor)),
                figure.better() == Better.MORE ? "fewer" : "as much")
        : "";
  }

  /** Where, if not everywhere. */
  private String at(String label) {
    JsonNode sweep = root.get("sweep");
    return sweep == null ? "" : " at " + sweep.get("option").textValue() + " " + label;
  }

  /** As it ran, and on the single machine that a group with its log in an object store needs. */
  private void idle() {
    int before = findings.size();
    best("Cheapest when idle", "dollarsPerIdleMonth", point);
    for (JsonNode line : root.at("/costs/perMonth")) {
      if (findings.size() > before && line.get("machines").intValue() == 1) {
        ObjectNode finding = (ObjectNode) findings.get(before);
        finding.put(
            "text",
            finding.get("text").textValue()
                + " %s on one machine, which is all that it needs: %s."
                    .formatted(
                        line.get("contender").textValue(), Words.figure(line.get("idle"), "$")));
      }
    }
  }

  /** The finding for those whose load is small: of the smallest group that will do. */
  private void crossover() {
    List<String> contenders = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    for (JsonNode crossover : root.at("/costs/crossovers")) {
      if (crossover.get("machines").intValue() == 1) {
        contenders.add(crossover.get("cheaperWhenIdle").textValue());
        sentences.add(crossover.get("text").textValue());
      }
    }
    if (!sentences.isEmpty()) {
      add("Cheapest at a small load", contenders.stream().distinct().toList())
          .put("text", String.join(" ", sentences))
          .put("caution", "Computed from list prices and the counts of this run; see Costs.");
    }
  }

  private void quorum() {
    List<String> store = new ArrayList<>();
    List<String> quorum = new ArrayList<>();
    for (JsonNode row : root.get("table")) {
      if (point(row).equals(point)) {
        (row.get("figures").has("requestsPerThousand") ? store : quorum).add(name(row));
      }
    }
    if (!store.isEmpty()) {
      add("No quorum, or a single machine", store)
          .put(
              "text",
              "%s: the log is in the object store, so one live replica is enough, and all may die."
                      .formatted(Words.list(store))
                  + (quorum.isEmpty()
                      ? ""
                      : " %s: a majority must live.".formatted(Words.list(quorum))));
    }
  }

  private ObjectNode add(String need, List<String> contenders) {
    ObjectNode finding = findings.addObject();
    finding.put("need", need);
    ArrayNode named = finding.putArray("contenders");
    contenders.forEach(named::add);
    finding.put("tie", false);
    return finding;
  }
}
