// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.raft.world.RaftWorlds;
import io.quorate.s3.world.S3Worlds;
import io.quorate.sim.AnnotatedTrace;
import io.quorate.sim.Minimiser;
import io.quorate.sim.SimPlan;
import io.quorate.sim.SimResult;
import io.quorate.sim.SimScript;
import io.quorate.sim.Simulation;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.fault.Times;
import io.quorate.sim.trace.SideBySide;
import io.quorate.sim.trace.TraceLine;
import io.quorate.vsr.world.VsrWorlds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
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
      "Ends with 1 if anything does not hold or a check finds no verdict. The first seed that fails"
          + " is made smaller and written down: a scenario to run again, with its annotated trace.",
      "A scenario holds seed, time, base, network, nodes, clients, each on a line, and one fault a"
          + " line, such as: at 2s crash leader for 500ms"
    })
final class SimCommand implements Callable<Integer> {
  private static final Duration DEFAULT_TIME = Duration.ofSeconds(60);
  private static final String ALL = "all";
  private static final int JOBS_MAX = 1024;
  private static final int SMALLER_RUNS_MAX = 10_000;

  private final Map<String, SimBackend> backends;

  @Spec private CommandSpec spec;

  @Option(
      names = "--backend",
      paramLabel = "<name>",
      defaultValue = "raft",
      description =
          "Protocol, or all: each under the same workload and the same faults; default"
              + " ${DEFAULT-VALUE}.")
  private String backend;

  @Option(
      names = "--seed",
      paramLabel = "<n|a..b>",
      converter = SeedRange.Converter.class,
      description = "One world, or one for each seed of a range; default 1.")
  private @Nullable SeedRange givenSeeds;

  @Option(
      names = "--time",
      paramLabel = "<time>",
      converter = TimeConverter.class,
      description = "Virtual time under faults; default 60s.")
  private @Nullable Duration givenTime;

  @Option(
      names = "--faults",
      paramLabel = "<names>",
      description =
          "swarm (some families, drawn by the seed), none, or families such as crash,partition;"
              + " default swarm.")
  private @Nullable String givenFaults;

  @Option(
      names = "--scenario",
      paramLabel = "<file>",
      description = "A world of one's own instead of a drawn one; --seed and --time replace its.")
  private @Nullable Path scenario;

  @Option(
      names = "--minimise",
      paramLabel = "<time|none>",
      defaultValue = "30s",
      converter = TimeBox.class,
      description =
          "How long to make the first failing run smaller; default ${DEFAULT-VALUE}. The result"
              + " goes to the file of --trace, else to quorate-sim-<backend>-seed-<n>.txt.")
  private Duration minimise;

  @Option(
      names = "--trace",
      paramLabel = "<file>",
      description =
          "Write every event of a single run, with --backend all what the runs come to side by"
              + " side; or, of the first that fails, the smaller one (with --minimise none: every"
              + " event).")
  private @Nullable Path trace;

  @Option(
      names = "--audit",
      description =
          "Apply every command twice, on the state and on a copy of it, and compare; slower.")
  private boolean audit;

  @Option(
      names = "--jobs",
      paramLabel = "<n>",
      description = "Worlds at a time; default: one for each processor.")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(names = "--keep-going", description = "Go on with the next seed after a failure.")
  private boolean keepGoing;

  @Option(names = "--json", description = "One JSON object a seed.")
  private boolean json;

  /** With all backends that can be simulated. */
  SimCommand() {
    this(Map.of("raft", RaftWorlds.swarm(), "s3", S3Worlds.swarm(), "vsr", VsrWorlds.swarm()));
  }

  /** With these backends, by name. */
  SimCommand(Map<String, SimBackend> backends) {
    this.backends = new TreeMap<>(backends);
  }

  /** What is run for one seed. */
  private record Task(Simulation simulation, SimPlan plan) {
    SimResult run() {
      return simulation.run(plan);
    }
  }

  /** What a failing run was made to. */
  private record Smaller(Path file, String reproduce, String difference, int runs) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    SeedRange seeds = givenSeeds == null ? new SeedRange(1, 1) : givenSeeds;
    List<Simulation> simulations = chosen();
    if (audit) {
      simulations = simulations.stream().map(Simulation::audit).toList();
    }
    String script = scenario == null ? null : read(scenario);
    task(simulations.get(0), script, seeds.first());
    return runAll(simulations, script, seeds) ? 0 : 1;
  }

  private void checkOptions() {
    if (jobs < 1 || jobs > JOBS_MAX) {
      throw CommandFailure.wrongUse("--jobs: must be from 1 to " + JOBS_MAX + ", was " + jobs);
    }
    if (givenTime != null && givenTime.isZero()) {
      throw CommandFailure.wrongUse("--time: must be more than 0");
    }
    if (scenario != null && givenFaults != null) {
      throw CommandFailure.wrongUse("--faults: a scenario brings its own; leave one of them out");
    }
    Path file = trace;
    if (file != null) {
      Path folder = file.toAbsolutePath().getParent();
      if (Files.isDirectory(file) || (Files.exists(file) && !Files.isWritable(file))) {
        throw CommandFailure.wrongUse("--trace: " + file + " is no file that can be written");
      }
      if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
        throw CommandFailure.wrongUse("--trace: there is no folder to write " + file + " to");
      }
    }
  }

  private List<Simulation> chosen() {
    if (backend.equals(ALL)) {
      return backends.values().stream().map(each -> Simulation.of(each).alike()).toList();
    }
    SimBackend found = backends.get(backend);
    if (found == null) {
      throw CommandFailure.wrongUse(
          "--backend: \""
              + backend
              + "\" cannot be simulated; there are: "
              + String.join(", ", backends.keySet())
              + ", "
              + ALL);
    }
    return List.of(Simulation.of(found));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw CommandFailure.wrongUse(
          "the scenario " + file + (Files.exists(file) ? " cannot be read" : " does not exist"));
    }
  }

  private Task task(Simulation simulation, @Nullable String script, long seed) {
    if (script == null) {
      Simulation one =
          simulation
              .seed(seed)
              .time(Objects.requireNonNullElse(givenTime, DEFAULT_TIME))
              .faults(Objects.requireNonNullElse(givenFaults, "swarm"));
      try {
        return new Task(one, one.plan());
      } catch (IllegalArgumentException e) {
        throw CommandFailure.wrongUse("--faults: " + e.getMessage());
      }
    }
    OptionalLong ownSeed = givenSeeds == null ? OptionalLong.empty() : OptionalLong.of(seed);
    OptionalLong ownTime =
        givenTime == null ? OptionalLong.empty() : OptionalLong.of(givenTime.toNanos());
    try {
      SimPlan plan = SimScript.parse(script, ownSeed, ownTime);
      String command =
          replay(simulation, Objects.requireNonNull(scenario))
              + (ownSeed.isEmpty() ? "" : " --seed " + seed)
              + (ownTime.isEmpty() ? "" : " --time " + Times.text(ownTime.getAsLong()));
      return new Task(simulation.reproducedBy(command), plan);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.wrongUse(scenario + ", " + e.getMessage());
    }
  }

  /** The command that runs a scenario from a file. */
  private String replay(Simulation simulation, Path file) {
    String name = file.toString();
    return "./quorate sim --backend "
        + simulation.backend()
        + " --scenario "
        + (name.matches("[\\w./:+,@=-]+") ? name : "'" + name.replace("'", "'\\''") + "'")
        + (audit ? " --audit" : "");
  }

  /** Runs all seeds, several at a time, and reports in their order; returns whether all held. */
  private boolean runAll(List<Simulation> simulations, @Nullable String script, SeedRange seeds)
      throws IOException, InterruptedException {
    long started = System.nanoTime();
    long passed = 0;
    long failed = 0;
    boolean single = seeds.count() == 1;
    Path file = trace;
    boolean capture = single && file != null;
    List<SimResult> captured = new ArrayList<>();
    long worlds = seeds.count() * simulations.size();
    ExecutorService pool = Executors.newFixedThreadPool((int) Math.min(jobs, worlds));
    try {
      ArrayDeque<Task> tasks = new ArrayDeque<>();
      ArrayDeque<Future<SimResult>> running = new ArrayDeque<>();
      long next = 0;
      while (next < worlds || !running.isEmpty()) {
        while (next < worlds && running.size() < 2L * jobs) {
          Simulation each = simulations.get((int) (next % simulations.size()));
          long seed = seeds.first() + next / simulations.size();
          Task task = task(capture ? each.capture() : each, script, seed);
          tasks.add(task);
          running.add(pool.submit(task::run));
          next++;
        }
        Task task = tasks.remove();
        SimResult result = running.remove().get();
        if (result.passed()) {
          passed++;
          print(task, result, null);
          if (capture) {
            captured.add(result);
          }
        } else {
          failed++;
          if (!keepGoing) {
            pool.shutdownNow();
          }
          explain(task, result, failed == 1);
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
    if (capture && captured.size() == simulations.size()) {
      write(Objects.requireNonNull(file), captured(simulations, captured));
    }
    if (!json && worlds > 1) {
      String time = Times.text(task(simulations.get(0), script, seeds.first()).plan().timeNanos());
      say(
          String.format(
              "%s worlds of %s held, %s failed, in %.1f s",
              Words.count(passed),
              time.replaceAll("([0-9])([a-z])", "$1 $2"),
              Words.count(failed),
              (System.nanoTime() - started) / 1e9));
    }
    return failed == 0;
  }

  /** Reports a run that failed; the first one is made smaller and written down. */
  private void explain(Task task, SimResult result, boolean first) throws IOException {
    if (!json) {
      print(task, result, null);
    }
    Smaller smaller = null;
    Path file = trace;
    if (first && !minimise.isZero()) {
      smaller = makeSmaller(task, result);
    } else if (first && file != null) {
      write(file, lines(task.simulation().capture().run(task.plan())));
    }
    if (json) {
      print(task, result, smaller);
    } else if (smaller != null) {
      say("  smaller: " + smaller.difference() + " (" + smaller.runs() + " runs)");
      say("  " + smaller.reproduce());
      say("  its annotated trace is in " + smaller.file());
    }
  }

  private @Nullable Smaller makeSmaller(Task task, SimResult failed) {
    Path given = trace;
    Path file =
        given != null
            ? given
            : Path.of(
                "quorate-sim-%s-seed-%d.txt"
                    .formatted(task.simulation().backend(), failed.plan().seed()));
    Minimiser minimiser = new Minimiser(task.simulation(), SMALLER_RUNS_MAX, minimise);
    SimResult smaller = minimiser.minimise(failed);
    try {
      write(file, AnnotatedTrace.of(failed, smaller, replay(task.simulation(), file)));
    } catch (IOException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          "quorate: the smaller run cannot be written to "
              + file
              + ": name another file"
              + " with --trace");
      err.flush();
      return null;
    }
    String difference = AnnotatedTrace.difference(failed.plan(), smaller.plan());
    return new Smaller(file, replay(task.simulation(), file), difference, minimiser.runs());
  }

  private void print(Task task, SimResult result, @Nullable Smaller smaller) {
    String name = task.simulation().backend();
    if (json) {
      say(json(name, result, smaller).toString());
    } else {
      String report = result.report().stripTrailing();
      say(backend.equals(ALL) ? String.format("%-5s %s", name, report) : report);
    }
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }

  private static ObjectNode json(String name, SimResult result, @Nullable Smaller smaller) {
    SimResult.Counts counts = result.counts();
    ObjectNode object = Json.object();
    object.put("backend", name);
    object.put("seed", result.plan().seed());
    object.put("passed", result.passed());
    object.put("verdict", result.verdict());
    String failure = result.failure();
    if (failure != null) {
      object.put("failure", failure);
      object.put("failed_at_nanos", result.failedAtNanos());
      object.put("reproduce", result.reproduce());
    }
    if (smaller != null) {
      object.put("smaller_reproduce", smaller.reproduce());
      object.put("smaller_trace", smaller.file().toString());
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

  /** The trace of one run; of several, what they come to side by side. */
  private static String captured(List<Simulation> simulations, List<SimResult> results) {
    if (results.size() == 1) {
      return lines(results.get(0));
    }
    SideBySide together = new SideBySide();
    for (int i = 0; i < results.size(); i++) {
      together.add(simulations.get(i).backend(), results.get(i).trace());
    }
    return together.draw();
  }

  private static String lines(SimResult result) {
    List<TraceLine> lines = result.trace();
    return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  /** Reads a time, or {@code none} as 0. */
  static final class TimeBox implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
      return value.equals("none") ? Duration.ZERO : new TimeConverter().convert(value);
    }
  }
}
