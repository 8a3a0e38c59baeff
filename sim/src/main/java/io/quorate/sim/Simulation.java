// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.core.apply.DeterminismAudit;
import io.quorate.sim.Swarm.Ground;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.fault.Times;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a group of replicas in a simulated world: one thread, virtual time, every choice from one
 * seed. The same seed on the same code gives the same run, event by event.
 *
 * <pre>{@code
 * SimResult result = Simulation.of(backend).seed(42).time(Duration.ofSeconds(20)).run();
 * }</pre>
 *
 * <p>Immutable; every method gives another simulation.
 */
public final class Simulation {
  private final SimBackend backend;
  private final Ground ground;
  private final long seed;
  private final Duration time;
  private final String faults;
  private final Extras extras;

  /**
   * What most runs leave as it is.
   *
   * @param capture whether to keep every line of the trace
   * @param audit whether to apply every command twice
   * @param command line for the shell that runs the same; null: the one that names the seed
   * @param nodes size of the group; 0: as the seed draws it
   */
  private record Extras(boolean capture, boolean audit, @Nullable String command, int nodes) {}

  private Simulation(
      SimBackend backend, Ground ground, long seed, Duration time, String faults, Extras extras) {
    this.backend = backend;
    this.ground = ground;
    this.seed = seed;
    this.time = time;
    this.faults = faults;
    this.extras = extras;
  }

  /** Seed 1, twenty seconds, swarm faults. */
  public static Simulation of(SimBackend backend) {
    Extras none = new Extras(false, false, null, 0);
    return new Simulation(
        backend, Ground.of(backend.traits()), 1, Duration.ofSeconds(20), "swarm", none);
  }

  /**
   * The same, with plans that are drawn for every kind of protocol: equal seeds give the same
   * group, workload and faults, whatever the backend.
   */
  public Simulation alike() {
    return new Simulation(backend, Ground.ALL, seed, time, faults, extras);
  }

  /** The same with another seed. */
  public Simulation seed(long other) {
    return new Simulation(backend, ground, other, time, faults, extras);
  }

  /** The same with another virtual time under faults. */
  public Simulation time(Duration other) {
    return new Simulation(backend, ground, seed, other, faults, extras);
  }

  /**
   * The same with other faults: {@code swarm}, {@code none}, or families such as {@code
   * crash,partition}.
   */
  public Simulation faults(String names) {
    return new Simulation(backend, ground, seed, time, names, extras);
  }

  /** The same, keeping every line of the trace. */
  public Simulation capture() {
    return with(new Extras(true, extras.audit, extras.command, extras.nodes));
  }

  /**
   * The same, applying every command twice, on the state and on a copy of it made through a
   * snapshot, which must come to the same; see {@link DeterminismAudit}. The trace stays as it is.
   */
  public Simulation audit() {
    return with(new Extras(extras.capture, true, extras.command, extras.nodes));
  }

  /** The same, for plans that another command makes than the one that names the seed. */
  public Simulation reproducedBy(String command) {
    return with(new Extras(extras.capture, extras.audit, command, extras.nodes));
  }

  /** The same with a group of this size, whatever the seed draws. No command runs the same. */
  public Simulation nodes(int number) {
    String command = "a test that asks for " + number + " replicas and seed " + seed;
    return with(new Extras(extras.capture, extras.audit, command, number));
  }

  private Simulation with(Extras other) {
    return new Simulation(backend, ground, seed, time, faults, other);
  }

  /** Name of the backend. */
  public String backend() {
    return backend.name();
  }

  /** What will be run. */
  public SimPlan plan() {
    return Swarm.draw(seed, time.toNanos(), faults, ground, extras.nodes);
  }

  /** Runs it. */
  public SimResult run() {
    return run(plan());
  }

  /** Runs a plan that was made from this simulation's, such as a smaller one. */
  public SimResult run(SimPlan plan) {
    return new SimRun(backend, plan, extras.capture, extras.audit, reproduce()).run();
  }

  /** Runs with a schedule of one's own instead of a drawn one. */
  public SimResult run(List<Fault> schedule) {
    return run(plan().withFaults(schedule));
  }

  /** One line for the shell that runs the same again. */
  public String reproduce() {
    if (extras.command != null) {
      return extras.command;
    }
    return "./quorate sim --backend "
        + (ground == Ground.ALL ? "all" : backend.name())
        + " --seed "
        + seed
        + " --time "
        + Times.text(time.toNanos())
        + " --faults "
        + faults
        + (extras.audit ? " --audit" : "");
  }
}
