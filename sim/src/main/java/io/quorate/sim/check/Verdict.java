// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.List;

/** What a check of a history found. Only {@link Passed} is good. */
public sealed interface Verdict {

  /** Whether the property was shown to hold. */
  default boolean passed() {
    return this instanceof Passed;
  }

  /** The finding in full, for people. */
  String text();

  /**
   * The property holds.
   *
   * @param operations how many took part
   * @param keys how many keys they were spread over
   * @param steps what the search took
   */
  record Passed(String property, int operations, int keys, long steps) implements Verdict {
    @Override
    public String text() {
      return property + ": holds for " + operations + " operations on " + keys + " keys";
    }
  }

  /**
   * The property does not hold.
   *
   * @param window the operations that show it
   * @param text what is wrong, with a picture where there is one
   */
  record Violated(String property, List<Operation> window, String text) implements Verdict {}

  /** Nobody knows within the limits: a failure of the run, never a pass. */
  record Undecided(String property, String text) implements Verdict {}
}
