// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.raft.backend.RaftBackend;
import io.quorate.raft.backend.RaftVariations;
import io.quorate.s3.backend.S3Backend;
import io.quorate.s3.backend.S3Variations;
import io.quorate.sim.SimResult;
import io.quorate.sim.Simulation;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.oracle.Traits;
import io.quorate.sim.trace.TraceLine;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate sim}: whole groups in a simulated world, one world a seed. */
@Command(
    name = "sim",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs groups of replicas in a simulated world with faults and checks every history.",
      "",
      "The code is that which runs in production; network, disks, clocks and machines are"
          + " simulated. The same seed gives the same run, event by event."
    },
    footer = {
      "",
      "Ends with 1 if anything does not hold, with one line that runs the same again.",
      "A scenario has one fault a line, such as: at 2s crash leader for 500ms"
    })
final class SimCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--backend",
      paramLabel = "<name>",
      defaultValue = "raft",
      description = "Protocol; default ${DEFAULT-VALUE}.")
  private String backend;

  @Option(
      names = "--seed",
      paramLabel = "<n|a..b>",
      defaultValue = "1",
      converter = SeedRange.Converter.class,
      description = "One world, or one for each seed of a range; default ${DEFAULT-VALUE}.")
  private SeedRange seeds;

  @Option(
      names = "--time",
      paramLabel = "<time>",
      defaultValue = "60s",
      converter = TimeConverter.class,
      description = "Virtual time under faults; default ${DEFAULT-VALUE}.")
  private Duration time;

  @Option(
      names = "--faults",
      paramLabel = "<names>",
      defaultValue = "swarm",
      description =
          "swarm (some families, drawn by the seed), none, or families such as crash,partition;"
              + " default ${DEFAULT-VALUE}.")
  private String faults;

  @Option(
      names = "--scenario",
      paramLabel = "<file>",
      description = "Faults of one's own instead of drawn ones.")
  private @Nullable Path scenario;

  @Option(
      names = "--trace",
      paramLabel = "<file>",
      description = "Write every event of the run; of a range, of the first that fails.")
  private @Nullable Path trace;

  @Option(
      names = "--jobs",
      paramLabel = "<n>",
      description = "Worlds at a time; default: one for each processor.")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(names = "--keep-going", description = "Go on with the next seed after a failure.")
  private boolean keepGoing;

  @Option(names = "--json", description = "One JSON object a seed.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Simulation simulation = Simulation.of(chosen()).time(time).faults(faults);
    List<Fault> schedule = scenario == null ? null : read(scenario);
    try {
      simulation.seed(seeds.first()).plan();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.wrongUse("--faults: " + e.getMessage());
    }
    boolean single = seeds.count() == 1;
    Path file = trace;
    if (single && file != null) {
      SimResult result = run(simulation.seed(seeds.first()).capture(), schedule);
      write(result, file);
      print(result);
      return result.passed() ? 0 : 1;
    }
    SimResult failed = runAll(simulation, schedule);
    if (failed != null && file != null) {
      write(run(simulation.seed(failed.plan().seed()).capture(), schedule), file);
    }
    return failed == null ? 0 : 1;
  }

  private SimBackend chosen() {
    return switch (backend) {
      case "raft" -> SimBackend.of("raft", random -> new RaftBackend(RaftVariations.draw(random)));
      case "s3" ->
          new SimBackend(
              "s3",
              random -> new S3Backend(S3Variations.draw(random)),
              Traits.SHARED_STORE,
              List::of);
      default ->
          throw CommandFailure.wrongUse(
              "--backend: \"" + backend + "\" cannot be simulated; there are: raft, s3");
    };
  }

  private static List<Fault> read(Path file) {
    List<Fault> faults = new ArrayList<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw CommandFailure.wrongUse(
          "the scenario " + file + (Files.exists(file) ? " cannot be read" : " does not exist"));
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          faults.add(Fault.parse(line));
        } catch (IllegalArgumentException e) {
          throw CommandFailure.wrongUse(file + ", line " + (i + 1) + ": " + e.getMessage());
        }
      }
    }
    return faults;
  }

  /** Runs all seeds, several at a time, and reports in their order; returns the first failure. */
  private @Nullable SimResult runAll(Simulation simulation, @Nullable List<Fault> schedule)
      throws InterruptedException {
    long started = System.nanoTime();
    SimResult firstFailure = null;
    long passed = 0;
    long failed = 0;
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, jobs));
    try {
      ArrayDeque<Future<SimResult>> running = new ArrayDeque<>();
      long next = seeds.first();
      long left = seeds.count();
      while (left > 0 || !running.isEmpty()) {
        while (left > 0 && running.size() < 2 * Math.max(1, jobs)) {
          Simulation one = simulation.seed(next++);
          running.add(pool.submit(() -> run(one, schedule)));
          left--;
        }
        SimResult result = running.remove().get();
        print(result);
        passed += result.passed() ? 1 : 0;
        failed += result.passed() ? 0 : 1;
        if (!result.passed() && firstFailure == null) {
          firstFailure = result;
          if (!keepGoing) {
            break;
          }
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a simulated world failed to run", e.getCause());
    } finally {
      pool.shutdownNow();
    }
    summary(passed, failed, (System.nanoTime() - started) / 1e9);
    return firstFailure;
  }

  private static SimResult run(Simulation simulation, @Nullable List<Fault> schedule) {
    return schedule == null ? simulation.run() : simulation.run(schedule);
  }

  private void summary(long passed, long failed, double seconds) {
    if (!json && seeds.count() > 1) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          String.format(
              "%s worlds of %d s held, %s failed, in %.1f s",
              Words.count(passed), time.toSeconds(), Words.count(failed), seconds));
      out.flush();
    }
  }

  private void print(SimResult result) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? json(result) : text(result));
    out.flush();
  }

  private String text(SimResult result) {
    Path script = scenario;
    return script == null || result.passed()
        ? result.report().stripTrailing()
        : result.report().stripTrailing() + "\n  (with --scenario " + script + ")";
  }

  private static ObjectNode json(SimResult result) {
    SimResult.Counts counts = result.counts();
    ObjectNode object = Json.object();
    object.put("seed", result.plan().seed());
    object.put("passed", result.passed());
    String failure = result.failure();
    if (failure != null) {
      object.put("failure", failure);
      object.put("failed_at_nanos", result.failedAtNanos());
      object.put("reproduce", result.reproduce());
    }
    object.put("trace_hash", result.hashText());
    object.put("events", counts.events());
    object.put("messages", counts.messages());
    object.put("lost", counts.lost());
    object.put("faults", counts.faults());
    object.put("operations", counts.operations());
    object.put("completed", counts.completed());
    object.put("commands", counts.commands());
    object.put("elections", counts.elections());
    return object;
  }

  private static void write(SimResult result, Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (TraceLine line : result.trace()) {
        out.write(line.toString());
        out.newLine();
      }
    }
  }
}
