// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.bench.compare.CompareOptions;
import io.quorate.bench.compare.CompareOptions.Fault;
import io.quorate.bench.compare.Comparison;
import io.quorate.bench.compare.ComparisonReport;
import io.quorate.bench.compare.ComparisonTable;
import io.quorate.bench.compare.Measured;
import io.quorate.node.config.DataSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the same load and the same fault on every backend and prints one table. */
@Command(
    name = "compare",
    description = {
      "Runs the same load and the same fault on every backend and prints one table.",
      "",
      "Each contender is a group of real replicas: gRPC on loopback, RocksDB with fsync. The leader"
          + " is stopped without warning in the middle, and the whole history is checked: a fast"
          + " wrong run is a failed run (exit code 1)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--backends",
      split = ",",
      defaultValue = "raft",
      description = "Contenders (default: ${DEFAULT-VALUE}).")
  private List<String> backends;

  @Option(
      names = "--replicas",
      defaultValue = "3",
      description = "Size of each group (default: ${DEFAULT-VALUE}).")
  private int replicas;

  @Option(
      names = "--warmup",
      defaultValue = "3s",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Load before anything is measured (default: ${DEFAULT-VALUE}).")
  private Duration warmup;

  @Option(
      names = "--duration",
      defaultValue = "10s",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "Load that is measured; the fault falls into its middle (default: 10s).")
  private Duration duration;

  @Option(
      names = "--clients",
      defaultValue = "64",
      description = "Calls outstanding (default: ${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--payload",
      defaultValue = "256B",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description = "Size of a command (default: ${DEFAULT-VALUE}).")
  private DataSize payload;

  @Option(
      names = "--reads",
      defaultValue = "0%",
      paramLabel = "PERCENT",
      description = "Share of linearizable reads (default: ${DEFAULT-VALUE}).")
  private String reads;

  @Option(
      names = "--fault",
      defaultValue = "kill-leader",
      description = "kill-leader or none (default: ${DEFAULT-VALUE}).")
  private String fault;

  @Option(
      names = "--repeat",
      defaultValue = "1",
      description = "Runs of each contender, in turns (default: ${DEFAULT-VALUE}).")
  private int repeat;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of keys and mix (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--report",
      defaultValue = "report",
      paramLabel = "DIR",
      description = "Folder for results.json and latency histograms (default: ${DEFAULT-VALUE}).")
  private Path report;

  @Option(names = "--json", description = "Print the results as JSON instead of the table.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, IOException {
    CompareOptions options = options();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<Measured> results =
        new Comparison(options, new CompareProgress(err, Terminal.shows())).run();
    ComparisonReport.write(options, results);
    out.print(json ? ComparisonReport.json(options, results) : ComparisonTable.render(results));
    out.flush();
    for (Measured result : results) {
      for (String problem : result.verdict().problems()) {
        err.println(result.contender() + ": " + problem);
      }
    }
    err.println("results and histograms: " + report);
    err.flush();
    return results.stream().allMatch(result -> result.verdict().good()) ? 0 : 1;
  }

  private CompareOptions options() {
    for (String backend : backends) {
      if (!backend.equals("raft")) {
        throw new ParameterException(
            spec.commandLine(), "unknown backend \"" + backend + "\"; there is: raft");
      }
    }
    try {
      return new CompareOptions(
          backends,
          replicas,
          warmup,
          duration,
          clients,
          payload.toIntBytes(),
          percent(),
          1024,
          fault(),
          repeat,
          seed,
          report);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private int percent() {
    String number = reads.endsWith("%") ? reads.substring(0, reads.length() - 1) : reads;
    try {
      return Integer.parseInt(number.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--reads must be a share such as 30%, was \"" + reads + "\"", e);
    }
  }

  private Fault fault() {
    for (Fault each : Fault.values()) {
      if (each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(fault)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "--fault must be kill-leader or none, was \"" + fault + "\"");
  }
}
