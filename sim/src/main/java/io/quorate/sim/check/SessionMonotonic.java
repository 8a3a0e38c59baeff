// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import io.quorate.api.ReadConsistency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client never sees an index go back: what it was told before it called bounds what it is told
 * then, and a command comes strictly after it. A local read keeps to the index that it asked for.
 *
 * <p>With {@link Tokens#ALWAYS}, holds for clients that pass the index of their last answer to
 * local reads, and that make no bounded reads.
 */
public final class SessionMonotonic {
  private static final String PROPERTY = "session order";

  /** What clients pass to local reads. */
  public enum Tokens {
    /** The highest index that they were told, always; so reads that go back are wrong. */
    ALWAYS,

    /**
     * What each of them likes: a local read is held to the index that it asked for, a bounded read
     * to none. What either saw still binds the commands and linearizable reads behind it.
     */
    AS_PASSED,

    /**
     * As before, but what bounded and local reads saw binds nobody: for groups in which a follower
     * may know more than its leader.
     */
    UNBINDING
  }

  private SessionMonotonic() {}

  /** Checks all operations that were told an index, with {@link Tokens#ALWAYS}. */
  public static Verdict check(History history) {
    return check(history, Tokens.ALWAYS);
  }

  /** Checks all operations that were told an index. */
  public static Verdict check(History history, Tokens tokens) {
    Map<Integer, Operation> newest = new HashMap<>();
    @Nullable Operation[] floors = new @Nullable Operation[history.size()];
    int checked = 0;
    for (int at = 0; at < history.eventCount(); at++) {
      int id = history.event(at) >> 1;
      Operation operation = history.operation(id);
      Operation known = newest.get(operation.client());
      if ((history.event(at) & 1) == 0) {
        floors[id] = known;
      } else if (operation.outcome() == Outcome.OK && operation.index() > 0) {
        checked++;
        boolean free = tokens != Tokens.ALWAYS && operation.mayBeStale();
        Operation floor = free ? null : floors[id];
        boolean isCommand = operation.consistency() == null;
        if (floor != null && operation.index() < floor.index() + (isCommand ? 1 : 0)) {
          return violated(operation, floor);
        }
        if (operation.consistency() instanceof ReadConsistency.Local local
            && operation.index() < local.minIndex()) {
          String text = operation + " saw index " + operation.index() + ", below " + local;
          return new Verdict.Violated(PROPERTY, List.of(operation), PROPERTY + ": " + text);
        }
        boolean binds = tokens != Tokens.UNBINDING || !operation.mayBeStale();
        if (binds && (known == null || operation.index() > known.index())) {
          newest.put(operation.client(), operation);
        }
      }
    }
    return new Verdict.Passed(PROPERTY, checked, 0, 0);
  }

  private static Verdict violated(Operation operation, Operation floor) {
    List<Operation> window = List.of(floor, operation);
    String text =
        PROPERTY
            + ": "
            + operation
            + " was told index "
            + operation.index()
            + ", after "
            + floor
            + " had been told "
            + floor.index()
            + "\n\n"
            + Picture.table(window, Long.MAX_VALUE, List.of(operation));
    return new Verdict.Violated(PROPERTY, window, text);
  }
}
