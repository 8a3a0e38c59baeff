// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.store;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import java.util.Comparator;
import java.util.TreeMap;

/**
 * What is due later. Nothing is ever taken off: an action asks first whether it is still wanted.
 */
public final class Agenda {

  /** Something to do at its time. */
  public interface Action {
    /** Does it, or finds that it is not wanted any more. */
    void run(Now now, Effects out);
  }

  private record Due(long atNanos, long order) {}

  private final TreeMap<Due, Action> actions =
      new TreeMap<>(Comparator.comparingLong(Due::atNanos).thenComparingLong(Due::order));
  private long orders;

  /** Notes an action. */
  public void at(long atNanos, Action action) {
    actions.put(new Due(atNanos, orders++), action);
  }

  /** Does what is due; what is noted meanwhile waits for the next tick. */
  public void run(Now now, Effects out) {
    long before = orders;
    while (!actions.isEmpty()) {
      Due first = actions.firstKey();
      if (first.atNanos > now.monotonicNanos() || first.order >= before) {
        return;
      }
      Action action = actions.remove(first);
      if (action != null) {
        action.run(now, out);
      }
    }
  }

  /** When the next action is due; {@link Long#MAX_VALUE} when there is none. */
  public long deadlineNanos() {
    return actions.isEmpty() ? Long.MAX_VALUE : actions.firstKey().atNanos;
  }
}
