// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import io.quorate.sim.check.KeyHistory.Prepared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history could have come from one copy that does one thing at a time, each
 * between its call and its end. Keys are decided one by one, which is enough (linearizability is
 * local). Reads that may be stale take no part; see {@link StaleReads}.
 */
public final class Linearizability {
  private static final String PROPERTY = "linearizability";
  private static final int SHRINK_OPERATIONS_MAX = 2000;
  private static final int SHRINK_RUNS_MAX = 400;

  private Linearizability() {}

  /**
   * How long to search; whatever is reached first ends the search undecided.
   *
   * @param stepsPerKey the same on every machine: simulations set only this one
   * @param time for the whole history
   */
  public record Limits(long stepsPerKey, Duration time) {
    /** Four million steps per key, ten minutes. */
    public static final Limits DEFAULT = new Limits(4_000_000, Duration.ofMinutes(10));
  }

  /** Checks with {@link Limits#DEFAULT}. */
  public static Verdict check(History history, Model<?> model) {
    return check(history, model, Limits.DEFAULT);
  }

  /**
   * Checks all keys and stops at the first that fails.
   *
   * @return {@link Verdict.Violated} with a picture of the smallest failing window if one key
   *     fails; else {@link Verdict.Undecided} if a limit was reached on some key
   */
  public static Verdict check(History history, Model<?> model, Limits limits) {
    return check(history, model, limits, true);
  }

  /** The same, on request without a quick look at indexes and at the periods of values. */
  static Verdict check(History history, Model<?> model, Limits limits, boolean quickLook) {
    long deadlineNanos = System.nanoTime() + limits.time().toNanos();
    List<KeyHistory> keys = byKey(history);
    List<String> undecided = new ArrayList<>();
    int operations = 0;
    long steps = 0;
    for (KeyHistory key : keys) {
      if (quickLook && key.isExplainedByIndexes(model)) {
        operations += key.operations().size();
        steps += key.operations().size();
        continue;
      }
      Prepared<?> prepared = key.prepare(model, key.events().length, new BitSet());
      Verdict.Violated seen = quickLook ? contradiction(key, prepared.periods()) : null;
      if (seen != null) {
        return seen;
      }
      switch (prepared.search().run(limits.stepsPerKey(), deadlineNanos)) {
        case ORDER -> operations += key.operations().size();
        case NO_ORDER -> {
          return violated(key, model, limits.stepsPerKey());
        }
        case NOTHING_WITHIN_LIMITS -> undecided.add(keyOf(key));
      }
      steps += prepared.search().stepsDone();
    }
    if (!undecided.isEmpty()) {
      String text =
          PROPERTY
              + ": no answer within "
              + limits
              + " for "
              + undecided.size()
              + " keys of "
              + keys.size()
              + ": "
              + undecided.subList(0, Math.min(10, undecided.size()));
      return new Verdict.Undecided(PROPERTY, text);
    }
    return new Verdict.Passed(PROPERTY, operations, keys.size(), steps);
  }

  private static Verdict.@Nullable Violated contradiction(
      KeyHistory key, @Nullable Periods periods) {
    if (periods == null) {
      return null;
    }
    Operation unwritten = periods.unwritten();
    Periods.Conflict conflict = periods.conflict();
    String begin = "not linearizable: key " + keyOf(key) + ", ";
    if (unwritten != null) {
      String text = begin + "nobody can have written what " + unwritten + " saw";
      return new Verdict.Violated(PROPERTY, List.of(unwritten), text);
    }
    if (conflict != null) {
      String picture = Picture.table(conflict.window(), Long.MAX_VALUE, List.of());
      String text = begin + conflict.text() + "\n\n" + picture;
      return new Verdict.Violated(PROPERTY, conflict.window(), text);
    }
    return null;
  }

  private static String keyOf(KeyHistory key) {
    return key.operations().getFirst().call().key();
  }

  private static List<KeyHistory> byKey(History history) {
    int size = history.size();
    Map<String, Integer> numbers = new LinkedHashMap<>();
    List<List<Operation>> operations = new ArrayList<>();
    int[] keyOf = new int[size];
    int[] placeOf = new int[size];
    for (int id = 0; id < size; id++) {
      Operation operation = history.operation(id);
      keyOf[id] = -1;
      if (operation.outcome() != Outcome.FAIL && !operation.mayBeStale()) {
        int number = numbers.computeIfAbsent(operation.call().key(), key -> numbers.size());
        if (number == operations.size()) {
          operations.add(new ArrayList<>());
        }
        keyOf[id] = number;
        placeOf[id] = operations.get(number).size();
        operations.get(number).add(operation);
      }
    }
    int[][] events = new int[operations.size()][];
    int[] counts = new int[operations.size()];
    for (int number = 0; number < events.length; number++) {
      events[number] = new int[2 * operations.get(number).size()];
    }
    for (int at = 0; at < history.eventCount(); at++) {
      int id = history.event(at) >> 1;
      boolean isEnd = (history.event(at) & 1) == 1;
      if (id >= size || keyOf[id] < 0) {
        continue;
      }
      int number = keyOf[id];
      if (!isEnd || operations.get(number).get(placeOf[id]).outcome() == Outcome.OK) {
        events[number][counts[number]] = placeOf[id] << 1 | (isEnd ? 1 : 0);
        counts[number]++;
      }
    }
    List<KeyHistory> keys = new ArrayList<>();
    for (int number = 0; number < events.length; number++) {
      keys.add(
          new KeyHistory(operations.get(number), Arrays.copyOf(events[number], counts[number])));
    }
    return keys;
  }

  /** Shrinks a failing key to its shortest failing beginning, then leaves out what it can. */
  private static <S> Verdict violated(KeyHistory key, Model<S> model, long stepsMax) {
    BitSet leftOut = new BitSet();
    int fits = 0;
    int fails = key.events().length;
    while (fits + 1 < fails) {
      int middle = (fits + fails) >>> 1;
      if (fails(key, model, middle, leftOut, stepsMax)) {
        fails = middle;
      } else {
        fits = middle;
      }
    }
    // Reads can go without making the rest wrong; a write cannot, it may explain something.
    if (key.operations().size() <= SHRINK_OPERATIONS_MAX) {
      int runs = 0;
      for (int place = 0; place < key.operations().size() && runs < SHRINK_RUNS_MAX; place++) {
        Operation operation = key.operations().get(place);
        if (model.isRead(operation.call(), operation.answer())) {
          runs++;
          leftOut.set(place);
          leftOut.set(place, fails(key, model, fails, leftOut, stepsMax));
        }
      }
    }
    Prepared<S> last = key.prepare(model, fails, leftOut);
    last.search().run(stepsMax, Long.MAX_VALUE / 2 + System.nanoTime());
    WglSearch.Progress best = last.search().best();
    Picture picture =
        new Picture(
            keyOf(key),
            last.operations(key, best.placedLast()),
            last.operations(key, best.waiting()),
            best.placedCount(),
            last.steps().describe(best.state()),
            key.operations().get(key.events()[fails - 1] >> 1));
    return new Verdict.Violated(PROPERTY, picture.window(), picture.draw());
  }

  private static boolean fails(
      KeyHistory key, Model<?> model, int eventCount, BitSet leftOut, long stepsMax) {
    return key.prepare(model, eventCount, leftOut)
            .search()
            .run(stepsMax, Long.MAX_VALUE / 2 + System.nanoTime())
        == WglSearch.Found.NO_ORDER;
  }
}
