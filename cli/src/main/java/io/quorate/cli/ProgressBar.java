// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** How far something came, on one line that is written anew; a line every few seconds in a log. */
final class ProgressBar {
  private static final int WIDTH = 30;
  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final long LOG_NANOS = 5_000_000_000L;

  private final PrintWriter err;
  private final boolean terminal;
  private final long total;
  private final long first;
  private final long started = System.nanoTime();
  private long shown = started;

  ProgressBar(PrintWriter err, boolean terminal, long total, long first) {
    this.err = err;
    this.terminal = terminal;
    this.total = total;
    this.first = first;
  }

  /** Shows the progress if it is time to. */
  void update(long done) {
    long now = System.nanoTime();
    if (now - shown >= (terminal ? TERMINAL_NANOS : LOG_NANOS)) {
      shown = now;
      show(done, now);
    }
  }

  /** Shows the last state and leaves the line. */
  void end(long done) {
    if (terminal) {
      show(done, System.nanoTime());
      err.println();
      err.flush();
    }
  }

  double seconds() {
    return (System.nanoTime() - started) / 1e9;
  }

  private void show(long done, long now) {
    double share = total == 0 ? 1 : (double) done / total;
    double seconds = Math.max(1e-3, (now - started) / 1e9);
    int full = (int) (share * WIDTH);
    String line =
        String.format(
            Locale.ROOT,
            "[%s%s] %3.0f%% %s of %s, %s/s",
            "#".repeat(full),
            "-".repeat(WIDTH - full),
            share * 100,
            Words.count(done),
            Words.count(total),
            Words.count(Math.round((done - first) / seconds)));
    err.print(terminal ? "\r" + line + " " : line + System.lineSeparator());
    err.flush();
  }
}
