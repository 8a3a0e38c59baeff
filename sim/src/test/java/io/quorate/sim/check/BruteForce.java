// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.ArrayList;
import java.util.List;

/** Tries every order of every subset, as the definition says; for histories of one key. */
final class BruteForce {
  private BruteForce() {}

  static <S> boolean isLinearizable(History history, Model<S> model) {
    List<Operation> left = new ArrayList<>();
    for (Operation operation : history.operations()) {
      if (operation.outcome() != Outcome.FAIL) {
        left.add(operation);
      }
    }
    return extend(model.initial(), left, model);
  }

  private static <S> boolean extend(S state, List<Operation> left, Model<S> model) {
    if (left.stream().allMatch(operation -> operation.outcome() == Outcome.INFO)) {
      return true;
    }
    for (Operation operation : left) {
      boolean mayBeNext = left.stream().noneMatch(other -> other.endedAt() < operation.calledAt());
      if (mayBeNext) {
        S next = model.step(state, operation.call(), operation.answer());
        List<Operation> rest = new ArrayList<>(left);
        rest.remove(operation);
        if (next != null && extend(next, rest, model)) {
          return true;
        }
      }
    }
    return false;
  }
}
