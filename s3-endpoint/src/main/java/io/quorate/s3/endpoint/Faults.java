// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * What goes wrong, and how often: shares of requests between 0 and 1. None of it breaks a promise
 * of S3; all of it has been seen there.
 *
 * @param seed of the dice
 * @param throttled 503 SlowDown; not executed
 * @param conflicts 409 to a conditional write; not executed
 * @param errors 500; executed or not
 * @param lost executed, and the connection is cut before the answer
 * @param late a write is executed up to {@code lateMillisMax} after its connection was cut
 * @param lateMillisMax how late at most
 * @param slowLists lists that take a second more
 */
public record Faults(
    long seed,
    double throttled,
    double conflicts,
    double errors,
    double lost,
    double late,
    int lateMillisMax,
    double slowLists) {

  /** Nothing goes wrong. */
  public static final Faults NONE = new Faults(1, 0, 0, 0, 0, 0, 1000, 0);

  private static final List<String> NAMES =
      List.of(
          "seed", "throttled", "conflicts", "errors", "lost", "late", "late-max-ms", "slow-lists");

  /** Checks the shares. */
  public Faults {
    double sum = throttled + conflicts + errors + lost + late;
    for (double share : new double[] {throttled, conflicts, errors, lost, late, slowLists, sum}) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "shares of faults are between 0 and 1, and so is their sum");
      }
    }
    if (lateMillisMax < 1) {
      throw new IllegalArgumentException("late-max-ms is at least 1");
    }
  }

  /**
   * Reads {@code errors=0.01,lost=0.01,seed=7}.
   *
   * @throws IllegalArgumentException with a sentence about what is wrong
   */
  public static Faults parse(String text) {
    TreeMap<String, Double> values = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",")) {
      String[] pair = part.trim().split("=", 2);
      String name = pair[0].trim().toLowerCase(Locale.ROOT);
      try {
        if (!NAMES.contains(name) || pair.length < 2) {
          throw new NumberFormatException();
        }
        values.put(name, Double.parseDouble(pair[1].trim()));
      } catch (NumberFormatException e) {
        wrong.add(part.trim());
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "not a fault: %s; write name=share of %s"
              .formatted(String.join(", ", wrong), String.join(", ", NAMES)));
    }
    return new Faults(
        values.getOrDefault("seed", 1.0).longValue(),
        values.getOrDefault("throttled", 0.0),
        values.getOrDefault("conflicts", 0.0),
        values.getOrDefault("errors", 0.0),
        values.getOrDefault("lost", 0.0),
        values.getOrDefault("late", 0.0),
        values.getOrDefault("late-max-ms", 1000.0).intValue(),
        values.getOrDefault("slow-lists", 0.0));
  }
}
