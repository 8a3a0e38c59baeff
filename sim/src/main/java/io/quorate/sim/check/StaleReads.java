// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import io.quorate.api.ReadConsistency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks reads of every freshness, and answers of commands, against the log. An answer must be what
 * the log gives at the index that came with it, so each read sees a prefix of the log; and the
 * prefix must be long enough:
 *
 * <ul>
 *   <li>linearizable and lease: all that any client was told before the call
 *   <li>bounded: all that any client was told a bound before the call
 *   <li>local: the index that was asked for
 * </ul>
 */
public final class StaleReads {
  private static final String PROPERTY = "freshness of reads";

  private StaleReads() {}

  /**
   * Checks all operations that were told an index.
   *
   * @param effects of all commands applied, with those of indeterminate operations
   * @param slackNanos by how much clocks may differ that measure a bound
   */
  public static <S> Verdict check(
      History history, Model<S> model, List<Effect> effects, long slackNanos) {
    return check(history, model, effects, slackNanos, true);
  }

  /**
   * Checks all operations that were told an index.
   *
   * @param shownIsKnown whether what a bounded or local read has shown counts as told; otherwise
   *     only what was acknowledged, or shown by a linearizable or lease read
   */
  public static <S> Verdict check(
      History history,
      Model<S> model,
      List<Effect> effects,
      long slackNanos,
      boolean shownIsKnown) {
    Map<String, TreeMap<Long, S>> states = new HashMap<>();
    List<Effect> inOrder = new ArrayList<>(effects);
    inOrder.sort(Comparator.comparingLong(Effect::index));
    for (Effect effect : inOrder) {
      Operation operation = history.operation(effect.operation());
      TreeMap<Long, S> ofKey = states.computeIfAbsent(operation.call().key(), k -> new TreeMap<>());
      S before = at(ofKey, effect.index(), model);
      S after = model.step(before, operation.call(), operation.answer());
      if (after == null) {
        String text = " was answered, but the log gives another answer in state ";
        return violated(operation, text + model.describe(before));
      }
      ofKey.put(effect.index(), after);
    }
    Told told = new Told(history, shownIsKnown);
    int checked = 0;
    for (int id = 0; id < history.size(); id++) {
      Operation operation = history.operation(id);
      ReadConsistency consistency = operation.consistency();
      if (consistency == null || operation.outcome() != Outcome.OK) {
        continue;
      }
      checked++;
      S state = at(states.get(operation.call().key()), operation.index() + 1, model);
      if (model.step(state, operation.call(), operation.answer()) == null) {
        String text = " saw what the log does not give at index " + operation.index() + ": ";
        return violated(operation, text + model.describe(state));
      }
      long least = least(operation, consistency, told, slackNanos);
      if (operation.index() < least) {
        String text = " saw index " + operation.index() + ", but must see " + least + " at least";
        return violated(operation, text);
      }
    }
    return new Verdict.Passed(PROPERTY, checked, states.size(), 0);
  }

  /** The state that the commands below an index leave. */
  private static <S> S at(@Nullable TreeMap<Long, S> states, long index, Model<S> model) {
    Map.Entry<Long, S> entry = states == null ? null : states.lowerEntry(index);
    return entry == null ? model.initial() : entry.getValue();
  }

  private static long least(
      Operation read, ReadConsistency consistency, Told told, long slackNanos) {
    return switch (consistency) {
      case ReadConsistency.Linearizable linearizable -> told.beforeEvent(read.calledAt());
      case ReadConsistency.Lease lease -> told.beforeEvent(read.calledAt());
      case ReadConsistency.Bounded bounded ->
          told.beforeNanos(read.calledNanos() - bounded.maxStaleness().toNanos() - slackNanos);
      case ReadConsistency.Local local -> local.minIndex();
    };
  }

  private static Verdict violated(Operation operation, String what) {
    return new Verdict.Violated(PROPERTY, List.of(operation), PROPERTY + ": " + operation + what);
  }

  /** The highest index that any client had been told at an instant. */
  private static final class Told {
    private final long[] events;
    private final long[] nanos;
    private final long[] highest;
    private int size;

    Told(History history, boolean shownIsKnown) {
      events = new long[history.size()];
      nanos = new long[history.size()];
      highest = new long[history.size()];
      for (int at = 0; at < history.eventCount(); at++) {
        if ((history.event(at) & 1) == 1) {
          Operation operation = history.operation(history.event(at) >> 1);
          boolean counts = shownIsKnown || !isShownOnly(operation);
          if (operation.outcome() == Outcome.OK && operation.index() > 0 && counts) {
            events[size] = at;
            nanos[size] = operation.endedNanos();
            highest[size] = Math.max(operation.index(), size == 0 ? 0 : highest[size - 1]);
            size++;
          }
        }
      }
    }

    private static boolean isShownOnly(Operation operation) {
      return operation.consistency() instanceof ReadConsistency.Bounded
          || operation.consistency() instanceof ReadConsistency.Local;
    }

    long beforeEvent(long event) {
      return before(events, event);
    }

    long beforeNanos(long instant) {
      return before(nanos, instant);
    }

    private long before(long[] ascending, long bound) {
      int at = Arrays.binarySearch(ascending, 0, size, bound);
      int first = at < 0 ? -at - 1 : at;
      while (first > 0 && ascending[first - 1] == bound) {
        first--;
      }
      return first == 0 ? 0 : highest[first - 1];
    }
  }
}
