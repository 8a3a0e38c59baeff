// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

import java.time.Duration;

/**
 * How hard to try.
 *
 * @param writers that race for one key
 * @param rounds of each race at most
 * @param raceTime for the rounds of one race; the first rounds are run in any case
 * @param attemptTimeout of one request
 * @param timeMax of the whole probe, about; what was not shown by then stays unknown
 */
public record ProbeOptions(
    int writers, int rounds, Duration raceTime, Duration attemptTimeout, Duration timeMax) {

  /** At each start of a node: about two seconds. */
  public static final ProbeOptions QUICK =
      new ProbeOptions(
          16, 60, Duration.ofMillis(600), Duration.ofSeconds(5), Duration.ofSeconds(30));

  /** By hand, before a store is relied upon. */
  public static final ProbeOptions THOROUGH =
      new ProbeOptions(
          32, 200, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofMinutes(2));

  /** Checks the numbers. */
  public ProbeOptions {
    if (writers < 2 || rounds < 1) {
      throw new IllegalArgumentException("a race has at least two writers and one round");
    }
  }
}
