// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.bench.compare.CompareOptions;
import io.quorate.bench.compare.HistoryVerdict;
import io.quorate.bench.compare.Measured;
import io.quorate.bench.compare.Run;
import io.quorate.bench.compare.Sweep;
import io.quorate.bench.compare.Timeline;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.HdrHistogram.Histogram;

/**
 * The content of {@code results.json}: {@code docs/results.md} explains it, {@code
 * results.schema.json} beside this class describes it for programs.
 */
public final class Results {
  /** Raised when a field changes its meaning or goes. */
  public static final int FORMAT = 2;

  private static final double[] PERCENTILES = {
    0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99,
    99.995, 99.998, 99.999, 99.9999
  };

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private Results() {}

  /** The whole file, as text; {@code made} says when. */
  public static String text(Sweep sweep, List<Run> runs, Instant made) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.put("made", made.truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("good", runs.stream().allMatch(run -> run.measured().verdict().good()));
    ArrayNode findings = root.putArray("findings");
    ArrayNode notes = root.putArray("notes");
    options(root.putObject("options"), sweep);
    if (!sweep.isNone()) {
      ObjectNode swept = root.putObject("sweep");
      swept.put("option", sweep.option());
      ArrayNode points = swept.putArray("points");
      sweep.points().forEach(point -> points.add(point.label()));
    }
    Machine.describe(root.putObject("machine"));
    Machine.versions(root.putObject("versions"));
    figures(root.putArray("figures"));
    ArrayNode table = root.putArray("table");
    ObjectNode costs = root.putObject("costs");
    ArrayNode each = root.putArray("runs");
    runs.forEach(run -> run(each.addObject(), run));
    Summary.fill(table, each);
    table.forEach(row -> everySetting((ObjectNode) row, runs));
    Costs.fill(costs, table, runs);
    Findings.fill(findings, root);
    Findings.notes(notes, root);
    return write(root);
  }

  /** The file as a tree, with its numbers as they are written. */
  static JsonNode parse(String text) throws JsonProcessingException {
    return JSON.readTree(text);
  }

  static String write(JsonNode node) {
    try {
      return JSON.writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts can always be written as JSON", e);
    }
  }

  /** All but the one that is swept. */
  private static void options(ObjectNode asked, Sweep sweep) {
    CompareOptions options = sweep.points().get(0).options();
    ArrayNode backends = asked.putArray("backends");
    options.backends().forEach(backends::add);
    asked.put("replicas", options.replicas());
    asked.put("layout", options.conditions().layout().name().toLowerCase(Locale.ROOT));
    asked.put("durability", options.conditions().durability().name().toLowerCase(Locale.ROOT));
    asked.put("consistency", options.conditions().reads());
    asked.put("warmupSeconds", rounded(options.warmup().toNanos() / 1e9));
    asked.put("durationSeconds", rounded(options.duration().toNanos() / 1e9));
    asked.put("clients", options.clients());
    asked.put("ratePerSecond", options.ratePerSecond());
    asked.put("payloadBytes", options.payloadBytes());
    asked.put("readPercent", options.readPercent());
    asked.put("keys", options.keys());
    asked.put("fault", options.fault().word());
    asked.put("repeat", options.repeat());
    asked.put("seed", options.seed());
    URI url = options.store().url();
    asked.put("s3", url == null ? "embedded" : url.toString());
    asked.put("s3Latency", options.store().latency().name().toLowerCase(Locale.ROOT));
    ObjectNode settings = asked.putObject("settings");
    options.settings().forEach(settings::put);
    switch (sweep.option()) {
      case "clients", "replicas" -> asked.remove(sweep.option());
      case "payload" -> asked.remove("payloadBytes");
      case "linger" -> settings.remove(Sweep.LINGER_KEY);
      default -> {
        // Nothing is swept.
      }
    }
  }

  private static void figures(ArrayNode all) {
    for (Figure figure : Figure.ALL) {
      ObjectNode described = all.addObject();
      described.put("key", figure.key());
      described.put("title", figure.title());
      described.put("unit", figure.unit());
      described.put("better", figure.better().name().toLowerCase(Locale.ROOT));
      described.put("meaning", figure.meaning());
      described.put("decides", figure.decides());
      described.put("noise", BigDecimal.valueOf(figure.noise().share()));
    }
  }

  private static void run(ObjectNode node, Run run) {
    Measured measured = run.measured();
    node.put("point", run.point());
    node.put("contender", measured.contender());
    node.put("durability", measured.durability());
    node.put("settings", measured.settings());
    node.put("fault", measured.fault());
    node.put("measuredSeconds", rounded(measured.measuredNanos() / 1e9));
    node.put("answered", measured.answered());
    ObjectNode figures = node.putObject("figures");
    for (Figure figure : Figure.ALL) {
      double value = figure.value().applyAsDouble(run);
      if (!Double.isNaN(value)) {
        figures.put(figure.key(), rounded(value));
      }
    }
    curve(node.putArray("latencyCurve"), measured.latencies());
    timeline(node.putObject("timeline"), measured.timeline());
    WarmUp.growthPercent(measured.timeline())
        .ifPresent(growth -> node.put("growthPercent", rounded(growth)));
    ObjectNode counts = node.putObject("counts");
    measured.counts().forEach(counts::put);
    history(node.putObject("history"), measured.verdict());
  }

  /** The same for all runs of a contender at a point. */
  private static void everySetting(ObjectNode row, List<Run> runs) {
    SortedMap<String, String> all =
        runs.get(row.get("runs").get(0).intValue()).measured().everySetting();
    if (!all.isEmpty()) {
      ObjectNode settings = row.putObject("everySetting");
      all.forEach(settings::put);
    }
  }

  /** Up to the percentile behind which there is not one call left, and the longest. */
  private static void curve(ArrayNode curve, Histogram latencies) {
    long calls = latencies.getTotalCount();
    List<Double> percentiles = new ArrayList<>();
    for (double percentile : PERCENTILES) {
      if (calls * (100 - percentile) / 100 >= 1) {
        percentiles.add(percentile);
      }
    }
    for (double percentile : percentiles) {
      ArrayNode point = curve.addArray();
      point.add(BigDecimal.valueOf(percentile));
      point.add(rounded(latencies.getValueAtPercentile(percentile) / 1e6));
    }
    if (calls > 0) {
      curve.addArray().add(100).add(rounded(latencies.getMaxValue() / 1e6));
    }
  }

  private static void timeline(ObjectNode node, Timeline timeline) {
    node.put("intervalMillis", rounded(timeline.intervalNanos() / 1e6));
    if (timeline.faultNanos() >= 0) {
      node.put("faultMillis", rounded(timeline.faultNanos() / 1e6));
    }
    ArrayNode answers = node.putArray("answers");
    timeline.answers().forEach(answers::add);
  }

  private static void history(ObjectNode history, HistoryVerdict verdict) {
    history.put("checked", verdict.checked());
    history.put("linearizable", verdict.linearizable());
    history.put("lost", verdict.lost());
    history.put("duplicates", verdict.duplicates());
    history.put("statesAgree", verdict.statesAgree());
    history.put("good", verdict.good());
    ArrayNode problems = history.putArray("problems");
    verdict.problems().forEach(problems::add);
  }

  private static BigDecimal rounded(double value) {
    return Figure.rounded(value);
  }
}
