// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.bench.report.Figure.Better;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code report.html}: one file that needs no network. It carries the very text of {@code
 * results.json}; the words and tables are made from it here, the plots by the page itself.
 */
final class Page {
  private static final String CHARTS = "/META-INF/resources/webjars/chart.js/";
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
  private static final List<String> OF_A_SWEEP = List.of("perSecond", "p50Millis", "p99Millis");

  private final JsonNode root;
  private final JsonNode table;
  private final List<String> contenders;

  private Page(JsonNode root) {
    this.root = root;
    this.table = root.get("table");
    this.contenders = new ArrayList<>();
    for (JsonNode row : table) {
      if (!contenders.contains(name(row))) {
        contenders.add(name(row));
      }
    }
  }

  /**
   * The page of these results.
   *
   * @param results text of {@code results.json}
   * @param against what changed since an earlier comparison; null: nothing to compare with
   */
  static String of(String results, @Nullable Against against) {
    try {
      Page page = new Page(Results.parse(results));
      Map<String, String> parts = new LinkedHashMap<>();
      page.words(parts, against);
      parts.put("style", resource("page.css"));
      // A "<" inside of a string is the only thing that could end the element; JSON can say it so.
      parts.put("results", results.replace("<", "\\u003c"));
      parts.put("library", charts());
      parts.put("script", resource("page.js"));
      return PLACE
          .matcher(resource("page.html"))
          .replaceAll(match -> Matcher.quoteReplacement(parts.getOrDefault(match.group(1), "")));
    } catch (IOException e) {
      throw new UncheckedIOException("the parts of the page cannot be read", e);
    }
  }

  private void words(Map<String, String> parts, @Nullable Against against) throws IOException {
    String names = Words.list(contenders);
    parts.put("title", escaped("Quorate: " + names + " compared"));
    parts.put("heading", escaped(names + ", side by side"));
    parts.put("lead", escaped(lead()));
    parts.put("navigation", navigation(against));
    parts.put("banner", banner(against));
    parts.put("summary", summary());
    parts.put("against", against == null ? "" : AgainstPage.of(against));
    parts.put("plots", plots());
    parts.put("tables", tables());
    parts.put("costs", costs());
    parts.put("setting", SettingPage.of(root));
    parts.put("footer", footer());
  }

  private static String escaped(String text) {
    return new Html().text(text).toString();
  }

  /** What ran, in two sentences. */
  private String lead() {
    JsonNode options = root.get("options");
    List<String> parts = new ArrayList<>();
    if (options.has("replicas")) {
      parts.add(options.get("replicas") + " replicas each");
    }
    if (options.has("clients")) {
      parts.add(options.get("clients") + " calls outstanding");
    }
    if (options.get("ratePerSecond").intValue() > 0) {
      parts.add(Words.number(options.get("ratePerSecond").longValue()) + " calls a second");
    }
    if (options.has("payloadBytes")) {
      parts.add(Words.number(options.get("payloadBytes").longValue()) + "-byte commands");
    }
    if (options.get("readPercent").intValue() > 0) {
      parts.add(options.get("readPercent") + " % reads");
    }
    parts.add(options.get("durationSeconds") + " s measured");
    parts.add("fault: " + options.get("fault").textValue());
    JsonNode sweep = root.get("sweep");
    String swept = "";
    if (sweep != null) {
      List<String> points = new ArrayList<>();
      sweep.get("points").forEach(point -> points.add(point.textValue()));
      swept = " Swept: " + sweep.get("option").textValue() + " " + Words.list(points) + ".";
    }
    int repeat = options.get("repeat").intValue();
    return "The same load and the same fault for all: %s.%s %s, made %s."
        .formatted(
            String.join(", ", parts),
            swept,
            repeat == 1
                ? "One run each"
                : repeat + " runs each, in turns; figures are medians, ranges from least to most",
            root.get("made").textValue().replace("T", " ").replace("Z", " UTC"));
  }

  private static String navigation(@Nullable Against against) {
    Html html = new Html();
    html.leaf("a", "Summary", "href", "#summary");
    if (against != null) {
      html.leaf("a", "What changed", "href", "#against");
    }
    html.leaf("a", "Plots", "href", "#plots");
    html.leaf("a", "All figures", "href", "#figures");
    html.leaf("a", "Costs", "href", "#costs");
    html.leaf("a", "Machine and settings", "href", "#setting");
    return html.toString();
  }

  /** Red if anything is wrong; one quiet line if not. */
  private String banner(@Nullable Against against) {
    List<String> wrong = new ArrayList<>();
    for (JsonNode finding : root.get("findings")) {
      if (finding.get("need").textValue().equals(Findings.WRONG)) {
        wrong.add(finding.get("text").textValue());
      }
    }
    if (against != null) {
      wrong.addAll(against.regressions());
    }
    Html html = new Html();
    if (wrong.isEmpty()) {
      long checked = 0;
      for (JsonNode row : table) {
        checked += row.at("/history/checked").longValue();
      }
      html.leaf(
          "p",
          "✓ Every history was checked, %s calls in all: linearizable, no acknowledged write lost, none applied twice."
              .formatted(Words.number(checked)),
          "class",
          "passed");
      return html.toString();
    }
    html.open("section", "class", "banner", "role", "alert");
    html.leaf("h2", "This comparison failed").open("ul");
    wrong.forEach(text -> html.leaf("li", text));
    return html.close().close().toString();
  }

  private String summary() {
    Html html = new Html();
    html.open("ul", "class", "notes");
    root.get("notes").forEach(note -> html.leaf("li", note.textValue()));
    html.end().open("ul", "class", "needs");
    for (JsonNode finding : root.get("findings")) {
      List<String> best = new ArrayList<>();
      finding.get("contenders").forEach(each -> best.add(each.textValue()));
      boolean wrong = finding.get("need").textValue().equals(Findings.WRONG);
      html.open("li", "class", wrong ? "wrong" : "need");
      html.leaf("h3", finding.get("need").textValue());
      html.open("p", "class", "answer");
      boolean more = best.size() > 1 && finding.get("tie").booleanValue();
      html.text(more ? Words.choice(best) : Words.list(best)).close();
      html.leaf("p", finding.get("text").textValue());
      if (finding.has("caution")) {
        html.leaf("p", finding.get("caution").textValue(), "class", "caution");
      }
      html.end();
    }
    return html.close().toString();
  }

  private String plots() {
    Html html = new Html();
    boolean swept = root.has("sweep");
    if (swept) {
      choice(html);
    }
    String typical =
        root.at("/options/repeat").intValue() > 1
            ? " Of several runs the one with the median throughput is shown."
            : "";
    html.open("div", "class", "plots");
    plot(
        html,
        "timeline",
        "Throughput over time",
        "Answers in every tenth of a second." + fault() + typical,
        true);
    plot(
        html,
        "latencies",
        "Latency by percentile",
        "How long calls took: half of them less than at 50, 99 of 100 less than at 99." + typical,
        false);
    if (swept) {
      plot(
          html,
          "load-latency",
          "Latency against load",
          "Latency p99 and throughput at each point of the sweep. Lower right is better.",
          false);
      plot(
          html,
          "load-cost",
          "Cost against load",
          "Dollars for a million commands at the throughput of each point, around the clock.",
          false);
    }
    if (!root.at("/costs/perMonth").isEmpty()) {
      plot(
          html,
          "months",
          "Dollars a month by load",
          "Computed, not measured: see Costs for what is assumed.",
          false);
    }
    html.end();
    if (!swept) {
      html.open("p", "class", "note").text("Latency and cost against load: run ");
      html.leaf("code", "./quorate compare --sweep clients=1,16,64,256").text(".").end();
    }
    return html.toString();
  }

  private String fault() {
    String fault = root.at("/options/fault").textValue();
    return fault.equals("none")
        ? ""
        : " The dashed lines are where the fault struck (%s), in the run of each contender."
            .formatted(fault);
  }

  /** Of several points, the one whose course is drawn. */
  private void choice(Html html) {
    JsonNode sweep = root.get("sweep");
    String headline = Findings.headline(table);
    html.open("p", "class", "choice").open("label", "for", "point");
    html.text("Throughput and percentiles at " + sweep.get("option").textValue() + " ").close();
    html.open("select", "id", "point");
    for (JsonNode point : sweep.get("points")) {
      if (point.textValue().equals(headline)) {
        html.leaf("option", point.textValue(), "selected", "selected");
      } else {
        html.leaf("option", point.textValue());
      }
    }
    html.close().end();
  }

  private static void plot(Html html, String id, String title, String caption, boolean wide) {
    html.open("figure", "class", wide ? "wide" : "half");
    html.leaf("h3", title).leaf("figcaption", caption);
    html.open("div", "class", "plot");
    html.leaf("canvas", "", "id", id, "role", "img", "aria-label", title + ". " + caption);
    html.close().open("details").leaf("summary", "Figures of this plot");
    html.open("div", "class", "scroll", "id", id + "-figures", "tabindex", "0").close();
    html.close().end();
  }

  private String tables() {
    Html html = new Html();
    if (!root.has("sweep")) {
      table(html, "", null);
      return html.toString();
    }
    matrix(html);
    for (JsonNode point : root.at("/sweep/points")) {
      html.open("details");
      String title = root.at("/sweep/option").textValue() + " " + point.textValue();
      html.leaf("summary", "All figures at " + title);
      table(html, point.textValue(), title);
      html.end();
    }
    return html.toString();
  }

  private void matrix(Html html) {
    html.open(
        "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "The sweep");
    html.open("table").leaf("caption", "By " + root.at("/sweep/option").textValue());
    List<Figure> figures =
        OF_A_SWEEP.stream().filter(key -> ResultsTable.anyHas(table, key)).map(Figure::of).toList();
    html.open("thead").open("tr").leaf("td", "");
    for (Figure figure : figures) {
      html.leaf("th", figure.title(), "colspan", "" + contenders.size(), "scope", "colgroup");
    }
    html.close().open("tr");
    html.leaf("th", root.at("/sweep/option").textValue(), "scope", "col");
    for (int i = 0; i < figures.size(); i++) {
      contenders.forEach(contender -> html.leaf("th", contender, "scope", "col"));
    }
    html.close().close().open("tbody");
    for (JsonNode point : root.at("/sweep/points")) {
      html.open("tr").leaf("th", point.textValue(), "scope", "row");
      for (Figure figure : figures) {
        for (String contender : contenders) {
          cell(html, Summary.find(table, point.textValue(), contender), figure, false);
        }
      }
      html.end();
    }
    html.close().close().end();
  }

  /** All figures at one point: the table that everything else is an illustration of. */
  private void table(Html html, String point, @Nullable String title) {
    List<JsonNode> rows = new ArrayList<>();
    table.forEach(row -> {
      if (row.get("point").textValue().equals(point)) {
        rows.add(row);
      }
    });
    String caption = title == null ? "All figures" : "All figures at " + title;
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
    html.open("table").open("caption").text(caption);
    html.leaf("span", " ★ best; several where they cannot be told apart", "class", "range").close();
    html.open("thead").open("tr").leaf("th", "", "scope", "col");
    rows.forEach(row -> html.leaf("th", name(row), "scope", "col"));
    html.close().close().open("tbody");
    html.open("tr").leaf("th", "durability", "scope", "row");
    rows.forEach(row -> html.leaf("td", row.get("durability").textValue(), "class", "text"));
    html.end();
    if (rows.stream().anyMatch(row -> !settings(row).isEmpty())) {
      html.open("tr").leaf("th", "settings of its own", "scope", "row");
      rows.forEach(row -> html.leaf("td", settings(row), "class", "text"));
      html.end();
    }
    if (rows.stream().anyMatch(row -> row.has("remarks"))) {
      html.open("tr").leaf("th", "remarks", "scope", "row");
      rows.forEach(row -> html.leaf("td", remarks(row), "class", "text"));
      html.end();
    }
    for (Figure figure : Figure.ALL) {
      if (rows.stream().anyMatch(row -> row.get("figures").has(figure.key()))) {
        html.open("tr").open("th", "scope", "row").text(figure.title());
        html.leaf("span", figure.meaning(), "class", "meaning").close();
        for (int i = 0; i < rows.size(); i++) {
          cell(html, rows.get(i), figure, best(i, rows, figure));
        }
        html.end();
      }
    }
    checks(html, rows);
    html.close().close().end();
  }

  /** What a reader must know of the contender's own; empty if nothing. */
  private String settings(JsonNode row) {
    return root.get("runs").get(row.get("shown").intValue()).get("settings").textValue();
  }

  private static String remarks(JsonNode row) {
    List<String> remarks = new ArrayList<>();
    row.path("remarks").forEach(remark -> remarks.add(remark.textValue()));
    return String.join("; ", remarks);
  }

  private static void cell(Html html, @Nullable JsonNode row, Figure figure, boolean best) {
    JsonNode of = row == null ? null : row.get("figures").get(figure.key());
    if (row == null || of == null) {
      html.open("td").leaf("span", "–", "aria-hidden", "true");
      html.leaf("span", "does not apply", "class", "hidden").close();
      return;
    }
    html.open(
        "td",
        "class",
        best ? "best" : "value",
        "data-point",
        row.get("point").textValue(),
        "data-contender",
        name(row),
        "data-figure",
        figure.key());
    html.text(Words.figure(of.get("median"), figure.unit()));
    BigDecimal min = of.get("min").decimalValue();
    BigDecimal max = of.get("max").decimalValue();
    if (min.compareTo(max) != 0) {
      html.leaf("span", Words.number(min) + "–" + Words.number(max), "class", "range");
    }
    html.close();
  }

  /** Whether nobody is better by more than chance. */
  private static boolean best(int which, List<JsonNode> rows, Figure figure) {
    JsonNode row = rows.get(which);
    JsonNode own = row.get("figures").get(figure.key());
    if (own == null
        || figure.better() == Better.NEITHER
        || !row.at("/history/good").booleanValue()) {
      return false;
    }
    int others = 0;
    for (int i = 0; i < rows.size(); i++) {
      JsonNode other = rows.get(i);
      JsonNode of = other.get("figures").get(figure.key());
      if (of == null || i == which || !other.at("/history/good").booleanValue()) {
        continue;
      }
      others++;
      int order = of.get("median").decimalValue().compareTo(own.get("median").decimalValue());
      boolean better = figure.better() == Better.MORE ? order > 0 : order < 0;
      if (better && !figure.alike(own, of, row.get("runs").size())) {
        return false;
      }
    }
    return others > 0;
  }

  private static void checks(Html html, List<JsonNode> rows) {
    for (ResultsTable.Line line : ResultsTable.checks(rows)) {
      html.open("tr").leaf("th", line.title(), "scope", "row");
      for (int i = 0; i < rows.size(); i++) {
        String cell = line.cells().get(i);
        boolean counted = line.title().contains("checked");
        boolean bad = cell.equals("NO") || !counted && !cell.equals("yes") && !cell.equals("0");
        html.leaf("td", cell, "class", bad ? "bad" : counted ? "value" : "yes");
      }
      html.end();
    }
  }

  private String costs() {
    Html html = new Html();
    JsonNode costs = root.get("costs");
    if (!costs.get("crossovers").isEmpty()) {
      html.open("ul");
      costs.get("crossovers").forEach(each -> html.leaf("li", each.get("text").textValue()));
      html.end();
    }
    html.leaf("h3", "What is assumed").open("ul");
    costs.get("assumptions").forEach(each -> html.leaf("li", each.textValue()));
    return html.close().toString();
  }

  private static String footer() throws IOException {
    Html html = new Html();
    html.open("p").text("This page carries its data: what stands in ").leaf("code", "results.json");
    html.text(", in the element ").leaf("code", "results").text(". Made by ");
    html.leaf("code", "./quorate compare").text(".").close();
    html.open("details").leaf("summary", "Plots: Chart.js " + chartsVersion() + ", MIT licence");
    html.leaf("pre", text(CHARTS + chartsVersion() + "/LICENSE.md"));
    return html.close().toString();
  }

  /** Without the address of its source map, which a browser's tools would look for. */
  private static String charts() throws IOException {
    return text(CHARTS + chartsVersion() + "/dist/chart.umd.min.js")
        .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
  }

  private static String chartsVersion() throws IOException {
    Properties properties = new Properties();
    properties.load(
        new StringReader(text("/META-INF/maven/org.webjars.npm/chart.js/pom.properties")));
    return properties.getProperty("version");
  }

  private static String resource(String name) throws IOException {
    return text(name);
  }

  private static String text(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("there is no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String name(JsonNode row) {
    return row.get("contender").textValue();
  }
}
