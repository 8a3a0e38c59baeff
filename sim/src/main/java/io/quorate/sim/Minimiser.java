// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.sim.fault.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing run smaller while it fails in the same way: shorter, fewer families of faults,
 * fewer faults, fewer clients, a calmer network. What is left tells the story.
 */
public final class Minimiser {
  private final Simulation simulation;
  private final int runsMax;
  private final Duration timeMax;
  private long startedNanos;
  private int runs;

  /**
   * A minimiser that runs the simulation at most so often.
   *
   * @param simulation the one that failed
   */
  public Minimiser(Simulation simulation, int runsMax) {
    this(simulation, runsMax, Duration.ofDays(1));
  }

  /**
   * A minimiser that runs the simulation at most so often, and begins no run after so much time.
   *
   * @param simulation the one that failed
   */
  public Minimiser(Simulation simulation, int runsMax, Duration timeMax) {
    this.simulation = simulation;
    this.runsMax = runsMax;
    this.timeMax = timeMax;
  }

  /** The smallest run found that fails as {@code failed} did, with its whole trace. */
  public SimResult minimise(SimResult failed) {
    String kind = kind(failed);
    if (kind == null) {
      throw new IllegalArgumentException("a run that passed cannot be made smaller");
    }
    startedNanos = System.nanoTime();
    SimPlan best = shorter(failed, kind);
    best = withoutFamilies(best, kind);
    best = withoutFaults(best, kind);
    for (int clients = 1; clients < best.workload().clients(); clients++) {
      SimPlan fewer = withClients(best, clients);
      if (fails(fewer, kind)) {
        best = fewer;
      }
    }
    best = better(best, best.withCalmNetwork(), kind);
    best = withoutFaults(best, kind);
    return simulation.capture().run(best);
  }

  /** Runs made so far. */
  public int runs() {
    return runs;
  }

  /** Ends at the failure; a failure that shows only after the faults may need fewer of them. */
  private SimPlan shorter(SimResult failed, String kind) {
    SimPlan best = failed.plan();
    if (failed.failedAtNanos() < best.timeNanos()) {
      return better(best, best.until(failed.failedAtNanos() + 1_000_000), kind);
    }
    SimPlan half = best.until(best.timeNanos() / 2);
    while (half.timeNanos() > 1_000_000 && fails(half, kind)) {
      best = half;
      half = best.until(best.timeNanos() / 2);
    }
    return best;
  }

  private static SimPlan withClients(SimPlan plan, int clients) {
    List<Fault> rest = new ArrayList<>(plan.faults());
    rest.removeIf(fault -> isBeyond(fault.place(), clients) || isBeyond(fault.other(), clients));
    return plan.withWorkload(plan.workload().withClients(clients)).withFaults(rest);
  }

  private static boolean isBeyond(String place, int clients) {
    return place.matches("c[0-9]+") && Integer.parseInt(place.substring(1)) > clients;
  }

  private SimPlan withoutFamilies(SimPlan plan, String kind) {
    SimPlan best = plan;
    Set<String> families = new LinkedHashSet<>();
    plan.faults().forEach(fault -> families.add(fault.kind().family()));
    for (String family : families) {
      List<Fault> rest = new ArrayList<>(best.faults());
      rest.removeIf(fault -> fault.kind().family().equals(family));
      best = better(best, best.withFaults(rest), kind);
    }
    return best;
  }

  /** Delta debugging over the list of faults. */
  private SimPlan withoutFaults(SimPlan plan, String kind) {
    SimPlan best = plan;
    int chunk = Math.max(1, best.faults().size() / 2);
    while (chunk >= 1 && !isOver()) {
      boolean smaller = false;
      for (int from = 0; from < best.faults().size() && !isOver(); ) {
        List<Fault> rest = new ArrayList<>(best.faults());
        rest.subList(from, Math.min(rest.size(), from + chunk)).clear();
        SimPlan candidate = best.withFaults(rest);
        if (fails(candidate, kind)) {
          best = candidate;
          smaller = true;
        } else {
          from += chunk;
        }
      }
      if (!smaller || chunk > best.faults().size()) {
        chunk /= 2;
      }
    }
    return best;
  }

  private SimPlan better(SimPlan best, SimPlan candidate, String kind) {
    return fails(candidate, kind) ? candidate : best;
  }

  private boolean fails(SimPlan candidate, String kind) {
    if (isOver()) {
      return false;
    }
    runs++;
    return kind.equals(kind(simulation.run(candidate)));
  }

  private boolean isOver() {
    return runs >= runsMax || System.nanoTime() - startedNanos >= timeMax.toNanos();
  }

  /** What kind of failure it is: its text without numbers and names. */
  private static @Nullable String kind(SimResult result) {
    String failure = result.failure();
    if (failure == null) {
      return null;
    }
    String text = failure.replaceAll("[nck]?[0-9]+", "#");
    return text.substring(0, Math.min(50, text.length()));
  }
}
