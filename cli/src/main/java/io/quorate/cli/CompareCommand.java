// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.bench.compare.CompareOptions;
import io.quorate.bench.compare.CompareOptions.Fault;
import io.quorate.bench.compare.CompareOptions.ObjectStoreOptions;
import io.quorate.bench.compare.Conditions;
import io.quorate.bench.compare.Conditions.Durability;
import io.quorate.bench.compare.Conditions.Layout;
import io.quorate.bench.compare.Contenders;
import io.quorate.bench.compare.Prices;
import io.quorate.bench.compare.Run;
import io.quorate.bench.compare.Sweep;
import io.quorate.bench.report.Outcome;
import io.quorate.node.config.DataSize;
import io.quorate.node.config.Quantities;
import io.quorate.s3.endpoint.Latency;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
      "Each contender is a group of real replicas: gRPC on loopback, a log on disk with fsync; S3"
          + " through the AWS SDK against an embedded endpoint that fsyncs. The leader is stopped"
          + " without warning in the middle, and the whole history is checked: a fast wrong run is"
          + " a failed run (exit code 1)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--backends",
      split = ",",
      defaultValue = "raft,vsr,s3",
      description = "Contenders (default: ${DEFAULT-VALUE}).")
  private List<String> backends;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description =
          "Other libraries to set beside them: ratis (Apache Ratis), jraft (SOFAJRaft), aeron"
              + " (Aeron Cluster, made to sync), each with its own durable defaults.")
  private List<String> peers = new ArrayList<>();

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
      description = "Calls outstanding, at most (default: ${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--rate",
      paramLabel = "N/s",
      converter = RateConverter.class,
      description =
          "Calls made a second, whatever the answers; latencies count from the time at which a"
              + " call was due (default: as many as are answered).")
  private int rate;

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
      description =
          "kill-leader; for 5 s pause-leader (with --layout process), stall-disk (the leader's, of"
              + " raft and vsr), partition-leader or s3-503;"
              + " or none (default: ${DEFAULT-VALUE}).")
  private String fault;

  @Option(
      names = "--layout",
      defaultValue = "local",
      description =
          "local: all replicas in this process; process: each in its own, killed by SIGKILL"
              + " (default: ${DEFAULT-VALUE}).")
  private String layout;

  @Option(
      names = "--consistency",
      defaultValue = "linearizable",
      paramLabel = "MODE",
      description =
          "Of reads: linearizable, lease, bounded:MILLIS or local (default: ${DEFAULT-VALUE}).")
  private String consistency;

  @Option(
      names = "--durability",
      defaultValue = "fsync",
      description =
          "fsync: acknowledged commands survive the loss of power; os: only the death of processes"
              + " (default: ${DEFAULT-VALUE}).")
  private String durability;

  @Option(
      names = "--s3",
      defaultValue = "embedded",
      paramLabel = "URL",
      description =
          "Object store: embedded (default), or the URL of an S3 endpoint, with credentials where"
              + " the AWS SDK looks for them.")
  private String s3;

  @Option(
      names = "--s3-bucket",
      defaultValue = "compare",
      paramLabel = "NAME",
      description = "Bucket at that URL; keys go below a prefix of their own (default: compare).")
  private String s3Bucket;

  @Option(
      names = "--s3-latency",
      defaultValue = "none",
      paramLabel = "PROFILE",
      description =
          "Latency of the embedded object store: none, or as published for S3 standard or express"
              + " (default: none).")
  private String s3Latency;

  @Option(
      names = "--price",
      paramLabel = "FILE",
      description =
          "Prices of requests as JSON (default: the list prices of S3 Standard that ship with this"
              + " program, of Express with --s3-latency express).")
  private @Nullable Path price;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Configuration of the replicas, such as quorate.s3.linger=5ms; a backend ignores the"
              + " section of another.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--sweep",
      paramLabel = "OPTION=VALUES",
      description =
          "Runs the whole comparison at each of several values: clients=1,16,64,256,1024,"
              + " replicas=1,3,5, payload=64B,256B,4KiB, or linger=0ms,5ms,20ms (of the S3"
              + " backend).")
  private @Nullable String sweep;

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description =
          "An earlier results.json made with the same options: shows what changed and what is"
              + " noise. Throughput, latency p50 or p99, or the gap worse by more than noise ends"
              + " this with exit code 1.")
  private @Nullable Path against;

  @Option(
      names = "--repeat",
      defaultValue = "1",
      description =
          "Runs of each contender, in turns; figures are then medians with ranges (default:"
              + " ${DEFAULT-VALUE}).")
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
      description =
          "Folder for report.html, results.json and latency histograms (default:"
              + " ${DEFAULT-VALUE}).")
  private Path report;

  @Option(names = "--json", description = "Print the results as JSON instead of the table.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, IOException {
    Sweep sweep = sweep();
    sweep.points().forEach(point -> Contenders.check(point.options()));
    Path earlier = against;
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    CompareProgress progress = new CompareProgress(err, Terminal.shows(), sweep);
    progress.announce();
    List<Run> runs = sweep.run(progress);
    Outcome outcome = Outcome.of(sweep, runs, earlier, Instant.now());
    outcome.write(report, runs);
    out.print(json ? outcome.json() : outcome.table());
    out.flush();
    runs.stream()
        .map(Run::measured)
        .filter(result -> !result.settings().isEmpty())
        .map(result -> result.contender() + ": " + result.settings())
        .distinct()
        .forEach(err::println);
    outcome.problems().forEach(err::println);
    err.println("report: " + report.resolve("report.html") + " (data: results.json beside it)");
    err.flush();
    return outcome.exitCode();
  }

  private Sweep sweep() {
    CompareOptions base = options();
    String wanted = sweep;
    try {
      Sweep all =
          wanted == null
              ? Sweep.none(base)
              : Sweep.parse(wanted, base, text -> Quantities.size(text).bytes());
      if (against != null) {
        Outcome.check(all, against);
      }
      return all;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private CompareOptions options() {
    refuseUnknown("backend", backends, Contenders.BACKENDS);
    refuseUnknown("peer", peers, Contenders.PEERS);
    try {
      return new CompareOptions(
          Stream.concat(backends.stream(), peers.stream()).toList(),
          replicas,
          warmup,
          duration,
          clients,
          rate,
          payload.toIntBytes(),
          percent(),
          1024,
          fault(),
          repeat,
          seed,
          report,
          store(),
          new TreeMap<>(settings),
          new Conditions(
              choice("--layout", layout, Layout.values()),
              choice("--durability", durability, Durability.values()),
              consistency));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void refuseUnknown(String what, List<String> names, List<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(),
            "unknown " + what + " \"" + name + "\"; there are: " + String.join(", ", known));
      }
    }
  }

  private ObjectStoreOptions store() {
    Latency latency = null;
    for (Latency each : Latency.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(s3Latency)) {
        latency = each;
      }
    }
    if (latency == null) {
      throw new IllegalArgumentException(
          "--s3-latency must be none, standard or express, was \"" + s3Latency + "\"");
    }
    boolean embedded = s3.equals("embedded");
    if (!embedded && latency != Latency.NONE) {
      throw new IllegalArgumentException(
          "--s3-latency goes with the embedded object store only; " + s3 + " has its own");
    }
    Path file = price;
    Prices prices =
        file != null
            ? Prices.read(file)
            : Prices.shipped(latency == Latency.EXPRESS ? "express" : "standard");
    return new ObjectStoreOptions(embedded ? null : uri(), s3Bucket, latency, prices);
  }

  private URI uri() {
    if (!s3.startsWith("http://") && !s3.startsWith("https://")) {
      throw new IllegalArgumentException(
          "--s3 must be embedded or a URL such as https://s3.eu-central-1.amazonaws.com, was \""
              + s3
              + "\"");
    }
    return URI.create(s3);
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

  private static <E extends Enum<E>> E choice(String option, String text, E[] values) {
    List<String> words =
        Arrays.stream(values).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
    int index = words.indexOf(text);
    if (index < 0) {
      throw new IllegalArgumentException(
          option + " must be " + String.join(" or ", words) + ", was \"" + text + "\"");
    }
    return values[index];
  }

  private Fault fault() {
    for (Fault each : Fault.values()) {
      if (each.word().equals(fault)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "--fault must be "
            + String.join(", ", Arrays.stream(Fault.values()).map(Fault::word).toList())
            + ", was \""
            + fault
            + "\"");
  }
}
