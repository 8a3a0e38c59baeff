// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.bench.compare.Comparison;
import java.io.PrintWriter;
import java.util.Locale;

/** The progress of a comparison: one line that is written over, or a line a phase in a log file. */
final class CompareProgress implements Comparison.Progress {
  private final PrintWriter err;
  private final boolean terminal;

  CompareProgress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public void phase(String contender, String what) {
    clear();
    err.println(contender + ": " + what);
    err.flush();
  }

  @Override
  public void second(String contender, String phase, long remainingSeconds, long calls) {
    String left = remainingSeconds > 0 ? ", " + remainingSeconds + " s left" : "";
    String line =
        String.format(Locale.ROOT, "%s: %s%s, %,d commands/s", contender, phase, left, calls);
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
