// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Asks the final state for every acknowledged command; for state machines that remember them. */
public final class NoLostWrites {
  private static final String PROPERTY = "no acknowledged write is lost";
  private static final int SHOWN_MAX = 20;

  private NoLostWrites() {}

  /**
   * Checks all commands.
   *
   * @param present whether the final state holds the command of an operation, by its id
   */
  public static Verdict check(History history, IntPredicate present) {
    List<Operation> lost = new ArrayList<>();
    int count = 0;
    int acknowledged = 0;
    for (int id = 0; id < history.size(); id++) {
      Operation operation = history.operation(id);
      if (operation.consistency() == null && operation.outcome() == Outcome.OK) {
        acknowledged++;
        if (!present.test(id)) {
          count++;
          if (lost.size() < SHOWN_MAX) {
            lost.add(operation);
          }
        }
      }
    }
    if (count > 0) {
      String text = PROPERTY + ": " + count + " of " + acknowledged + " are, such as " + lost;
      return new Verdict.Violated(PROPERTY, lost, text);
    }
    return new Verdict.Passed(PROPERTY, acknowledged, 0, 0);
  }
}
