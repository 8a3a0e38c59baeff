// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.clock;

import io.quorate.core.check.Check;
import java.util.List;

/** Bounds of a number, both included. */
record Interval(long low, long high) {
  Interval {
    Check.that(low <= high, "interval %s..%s", low, high);
  }

  boolean has(long value) {
    return value >= low && value <= high;
  }

  /** What most of the sources agree on (Marzullo 1984), and how many do. */
  record Agreement(Interval interval, int sources) {}

  /**
   * The part that lies in as many of the intervals as possible; the lowest such part if there are
   * several.
   *
   * @param sources at least one
   */
  static Agreement agreement(List<Interval> sources) {
    Interval best = sources.get(0);
    int most = 0;
    for (Interval candidate : sources) {
      // Where most overlap, the overlap begins where one of them begins.
      int count = 0;
      long high = Long.MAX_VALUE;
      for (Interval other : sources) {
        if (other.has(candidate.low)) {
          count++;
          high = Math.min(high, other.high);
        }
      }
      if (count > most || (count == most && candidate.low < best.low)) {
        most = count;
        best = new Interval(candidate.low, high);
      }
    }
    return new Agreement(best, most);
  }
}
