// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.bench.compare.CompareOptions;
import io.quorate.bench.compare.Comparison;
import io.quorate.bench.compare.Sweep;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The progress of a comparison: one line that is written over, or a line a phase in a log file. */
final class CompareProgress implements Comparison.Progress {
  /** What a run takes beside its load: start, recovery, check, stop. As seen on two cores. */
  private static final long OVERHEAD_SECONDS = 5;

  private final PrintWriter err;
  private final boolean terminal;
  private final Sweep sweep;
  private final long begun = System.nanoTime();
  private String point = "";
  private int run;
  private boolean measured;
  private boolean struck;

  CompareProgress(PrintWriter err, boolean terminal, Sweep sweep) {
    this.err = err;
    this.terminal = terminal;
    this.sweep = sweep;
  }

  /** Says what is going to happen, and how long it will take. */
  void announce() {
    CompareOptions first = sweep.points().get(0).options();
    err.printf(
        Locale.ROOT,
        "Comparing %s: each is started as a group of real replicas and gets the same load through"
            + " the public client,%n%s after %s of warm-up. %sThen its whole history is checked.%n",
        String.join(", ", first.backends()),
        seconds(first.duration().toSeconds()),
        seconds(first.warmup().toSeconds()),
        first.fault() == CompareOptions.Fault.NONE
            ? ""
            : "Half-way its leader is made to fail without warning. ");
    err.printf(
        Locale.ROOT,
        "%d %s, about %s in all.%n%n",
        sweep.runs(),
        sweep.runs() == 1 ? "run" : "runs",
        seconds(plannedSeconds()));
    err.flush();
  }

  private long plannedSeconds() {
    CompareOptions first = sweep.points().get(0).options();
    long each = first.warmup().plus(first.duration()).toSeconds() + OVERHEAD_SECONDS;
    return each * sweep.runs();
  }

  private static String seconds(long seconds) {
    return seconds < 120 ? seconds + " s" : Math.round(seconds / 60.0) + " min";
  }

  @Override
  public void point(String option, String value) {
    point = option.isEmpty() ? "" : " at " + option + " " + value;
  }

  @Override
  public void run(String contender, int round, int of) {
    run++;
    struck = false;
    long passed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    // By what the runs took so far, once there are any.
    long left =
        run == 1 ? plannedSeconds() : passed * (sweep.runs() - run + 1) / Math.max(1, run - 1);
    clear();
    err.printf(
        Locale.ROOT,
        "Run %d of %d: %s%s%s; about %s left%n",
        run,
        sweep.runs(),
        contender,
        point,
        of > 1 ? ", round " + round + " of " + of : "",
        seconds(left));
    err.flush();
  }

  @Override
  public void phase(String contender, String what) {
    struck |= measured;
    measured = false;
    clear();
    err.println("  " + contender + ": " + what);
    err.flush();
  }

  @Override
  public void second(String contender, String phase, long remainingSeconds, long calls) {
    boolean warming = phase.equals("warm-up");
    measured = !warming;
    boolean fault = sweep.points().get(0).options().fault() != CompareOptions.Fault.NONE;
    String next =
        warming
            ? "measuring"
            : fault && !struck ? "the leader is made to fail" : "the history is checked";
    String line =
        String.format(
            Locale.ROOT,
            "  %s: %s, %,d commands/s; in %d s %s",
            contender,
            phase,
            calls,
            remainingSeconds,
            next);
    if (terminal) {
      clear();
      err.print(line);
    } else {
      err.println(line);
    }
    err.flush();
  }

  private void clear() {
    if (terminal) {
      err.print("\r\033[K");
    }
  }
}
