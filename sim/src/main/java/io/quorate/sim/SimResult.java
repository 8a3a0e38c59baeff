// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.sim.trace.TraceLine;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param plan what was run
 * @param failure what does not hold; null if all held
 * @param failedAtNanos virtual time of the failure, or of the end
 * @param reproduce one line for the shell that runs the same again
 * @param hash over all events: equal for equal runs
 * @param undecided whether all that failed is that a check found no verdict within its limits
 * @param trace all lines if they were captured, else the newest
 */
public record SimResult(
    SimPlan plan,
    @Nullable String failure,
    long failedAtNanos,
    String reproduce,
    long hash,
    boolean undecided,
    Counts counts,
    SortedMap<String, Long> coverage,
    List<TraceLine> trace) {

  /**
   * What was done.
   *
   * @param events of the event queue
   * @param messages sent between replicas
   * @param lost of them
   * @param faults injected
   * @param operations called by clients
   * @param completed of them, with a result
   * @param commands applied by the state machine, each counted once
   * @param elections won
   */
  public record Counts(
      long events,
      long messages,
      long lost,
      long faults,
      long operations,
      long completed,
      long commands,
      long elections) {}

  /** Whether all held. */
  public boolean passed() {
    return failure == null;
  }

  /** One word: {@code passed}, {@code failed} or {@code undecided}. Only the first is good. */
  public String verdict() {
    return passed() ? "passed" : undecided ? "undecided" : "failed";
  }

  /** Hash as people compare it. */
  public String hashText() {
    return String.format("%016x", hash);
  }

  /** One line for a passed run, a report for a failed one. */
  public String report() {
    if (failure == null) {
      return String.format(
          "seed %d: ok, %d events, %d messages (%d lost), %d faults, %d operations (%d completed),"
              + " %d elections, trace %s",
          plan.seed(),
          counts.events(),
          counts.messages(),
          counts.lost(),
          counts.faults(),
          counts.operations(),
          counts.completed(),
          counts.elections(),
          hashText());
    }
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(plan.seed()).append(undecided ? ": UNDECIDED at " : ": FAILED at ");
    text.append(TraceLine.time(failedAtNanos).trim()).append(" s: ").append(failure).append('\n');
    text.append("  ").append(reproduce).append('\n');
    int shown = Math.min(trace.size(), 40);
    for (TraceLine line : trace.subList(trace.size() - shown, trace.size())) {
      text.append("  ").append(line).append('\n');
    }
    return text.toString();
  }
}
