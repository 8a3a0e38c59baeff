// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares what clients were told with what the log did: each command took effect at most once; one
 * that was acknowledged did, at the index that its client was told; one that was surely refused did
 * not.
 */
public final class ExactlyOnce {
  private static final String PROPERTY = "exactly once";

  private ExactlyOnce() {}

  /**
   * Checks all commands of sessions.
   *
   * @param effects of all commands applied, on one replica that has applied everything
   */
  public static Verdict check(History history, List<Effect> effects) {
    Map<Integer, Long> indexOf = new HashMap<>();
    for (Effect effect : effects) {
      Long earlier = indexOf.putIfAbsent(effect.operation(), effect.index());
      if (earlier != null) {
        Operation operation = history.operation(effect.operation());
        return violated(operation, "took effect twice, at " + earlier + " and " + effect.index());
      }
    }
    int commands = 0;
    for (int id = 0; id < history.size(); id++) {
      Operation operation = history.operation(id);
      Long index = indexOf.get(id);
      if (operation.consistency() != null) {
        if (index != null) {
          return violated(operation, "is a read, but was applied at index " + index);
        }
        continue;
      }
      commands++;
      if (operation.outcome() == Outcome.OK && index == null) {
        return violated(operation, "was acknowledged, but never took effect");
      }
      if (operation.outcome() == Outcome.FAIL && index != null) {
        return violated(operation, "was surely refused, but took effect at index " + index);
      }
      if (index != null && operation.index() != 0 && operation.index() != index) {
        return violated(
            operation, "was told index " + operation.index() + ", but took effect at " + index);
      }
    }
    return new Verdict.Passed(PROPERTY, commands, 0, effects.size());
  }

  private static Verdict violated(Operation operation, String what) {
    return new Verdict.Violated(
        PROPERTY, List.of(operation), PROPERTY + ": " + operation + " " + what);
  }
}
