// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.fault.Times;
import java.time.Duration;
import java.util.List;

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
  private final long seed;
  private final Duration time;
  private final String faults;
  private final boolean capture;

  private Simulation(SimBackend backend, long seed, Duration time, String faults, boolean capture) {
    this.backend = backend;
    this.seed = seed;
    this.time = time;
    this.faults = faults;
    this.capture = capture;
  }

  /** Seed 1, twenty seconds, swarm faults. */
  public static Simulation of(SimBackend backend) {
    return new Simulation(backend, 1, Duration.ofSeconds(20), "swarm", false);
  }

  /** The same with another seed. */
  public Simulation seed(long other) {
    return new Simulation(backend, other, time, faults, capture);
  }

  /** The same with another virtual time under faults. */
  public Simulation time(Duration other) {
    return new Simulation(backend, seed, other, faults, capture);
  }

  /**
   * The same with other faults: {@code swarm}, {@code none}, or families such as {@code
   * crash,partition}.
   */
  public Simulation faults(String names) {
    return new Simulation(backend, seed, time, names, capture);
  }

  /** The same, keeping every line of the trace. */
  public Simulation capture() {
    return new Simulation(backend, seed, time, faults, true);
  }

  /** What will be run. */
  public SimPlan plan() {
    return Swarm.draw(seed, time.toNanos(), faults, backend.traits().sharedStore());
  }

  /** Runs it. */
  public SimResult run() {
    return run(plan());
  }

  /** Runs a plan that was made from this simulation's, such as a smaller one. */
  public SimResult run(SimPlan plan) {
    return new SimRun(backend, plan, capture, reproduce()).run();
  }

  /** Runs with a schedule of one's own instead of a drawn one. */
  public SimResult run(List<Fault> schedule) {
    return run(plan().withFaults(schedule));
  }

  /** One line for the shell that runs the same again. */
  public String reproduce() {
    return "./quorate sim --backend "
        + backend.name()
        + " --seed "
        + seed
        + " --time "
        + Times.text(time.toNanos())
        + " --faults "
        + faults;
  }
}
