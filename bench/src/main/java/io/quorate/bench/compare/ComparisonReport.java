// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The results as data: {@code results.json}, whose fields {@code docs/performance.md} explains, and
 * the raw latency histogram of each run as {@code <contender>-<run>.hgrm}.
 */
public final class ComparisonReport {
  /** Raised when a field changes its meaning or goes. */
  private static final int FORMAT = 1;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ComparisonReport() {}

  /** Renders options, machine and results. */
  public static String json(CompareOptions options, List<Measured> results) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    ObjectNode asked = root.putObject("options");
    asked.put("replicas", options.replicas());
    asked.put("layout", word(options.conditions().layout()));
    asked.put("durability", word(options.conditions().durability()));
    asked.put("consistency", options.conditions().reads());
    asked.put("warmupSeconds", options.warmup().toNanos() / 1e9);
    asked.put("durationSeconds", options.duration().toNanos() / 1e9);
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
    ObjectNode machine = root.putObject("machine");
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    ArrayNode runs = root.putArray("runs");
    for (Measured result : results) {
      run(runs.addObject(), result);
    }
    root.put("good", results.stream().allMatch(each -> each.verdict().good()));
    try {
      return JSON.writeValueAsString(root) + "\n";
    } catch (IOException e) {
      throw new IllegalStateException("numbers and texts can always be written as JSON", e);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void run(ObjectNode run, Measured result) {
    run.put("contender", result.contender());
    run.put("durability", result.durability());
    run.put("measuredSeconds", result.measuredNanos() / 1e9);
    run.put("answered", result.answered());
    run.put("perSecond", result.perSecond());
    ObjectNode latency = run.putObject("latencyMillis");
    latency.put("p50", result.millisAt(50));
    latency.put("p99", result.millisAt(99));
    latency.put("p99.9", result.millisAt(99.9));
    latency.put("max", result.maxMillis());
    run.put("fault", result.fault());
    run.put("longestGapMillis", result.gapNanos() / 1e6);
    run.put("indeterminate", result.indeterminate());
    run.put("refused", result.refused());
    run.put("perSecondBeforeFault", result.perSecondBeforeFault());
    if (result.usesObjectStore()) {
      ObjectNode store = run.putObject("objectStore");
      store.put("requestsPerThousand", result.objectRequestsPerThousand());
      store.put("putsPerBatch", result.putsPerBatch());
      store.put("dollarsPerMillion", result.dollarsPerMillion());
      store.put("prices", result.prices().name() + ", " + result.prices().date());
    }
    run.put("cpuSecondsPerMillion", result.cpuSecondsPerMillion());
    result.diskBytesPerCommand().ifPresent(bytes -> run.put("diskBytesPerCommand", bytes));
    result
        .allocatedBytesPerCommand()
        .ifPresent(bytes -> run.put("allocatedBytesPerCommand", bytes));
    result.costs().othersShare().ifPresent(share -> run.put("cpuShareOfOthers", share));
    run.put("settings", result.settings());
    ObjectNode counts = run.putObject("counts");
    result.counts().forEach(counts::put);
    ObjectNode history = run.putObject("history");
    history.put("checked", result.verdict().checked());
    history.put("linearizable", result.verdict().linearizable());
    history.put("lost", result.verdict().lost());
    history.put("duplicates", result.verdict().duplicates());
    history.put("statesAgree", result.verdict().statesAgree());
    history.put("good", result.verdict().good());
    ArrayNode problems = history.putArray("problems");
    result.verdict().problems().forEach(problems::add);
  }

  /** Writes {@code results.json} and the histograms into the report folder. */
  public static void write(CompareOptions options, List<Measured> results) throws IOException {
    Path folder = options.report();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("results.json"), json(options, results));
    for (int i = 0; i < results.size(); i++) {
      Measured result = results.get(i);
      Path file = folder.resolve(result.contender() + "-" + (i + 1) + ".hgrm");
      try (PrintStream out =
          new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
        Histogram latencies = result.latencies();
        latencies.outputPercentileDistribution(out, 1e6);
      }
    }
  }
}
