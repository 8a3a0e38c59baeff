// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The periods during which a key had one value, where each value is written by one operation only
 * (after Gibbons and Korach). All who wrote or saw a value touch its period, and periods do not
 * overlap: if somebody of A ended before somebody of B called, A comes before B. Two periods that
 * must each come before the other show at once that no order exists; otherwise the order of the
 * periods is a good one to try.
 */
final class Periods {
  /**
   * Two periods, each of which must come before the other.
   *
   * @param reasons why one must come before the other, then why it must not
   * @param window the operations that show it, and who wrote the values
   */
  record Conflict(String value, String otherValue, String reasons, List<Operation> window) {
    String text() {
      return "value " + value + " must come before " + otherValue + ", because " + reasons;
    }
  }

  private static final class Period {
    private final String value;
    private @Nullable Operation writer;
    private @Nullable Operation firstEnded;
    private @Nullable Operation lastCalled;
    private boolean initial;
    private long leastIndex = Long.MAX_VALUE;

    Period(String value) {
      this.value = value;
    }

    void add(Operation operation, long endedAt) {
      if (endedAt < endedAt()) {
        firstEnded = operation;
      }
      if (operation.index() > 0) {
        leastIndex = Math.min(leastIndex, operation.index());
      }
      if (operation.calledAt() > calledAt()) {
        lastCalled = operation;
      }
    }

    long endedAt() {
      return initial ? -1 : firstEnded == null ? Long.MAX_VALUE : firstEnded.endedAt();
    }

    long calledAt() {
      return lastCalled == null ? -1 : lastCalled.calledAt();
    }

    boolean isForward() {
      return endedAt() < calledAt();
    }
  }

  private final Map<Integer, Period> periodOf = new HashMap<>();
  private final List<Period> periods = new ArrayList<>();
  private @Nullable Conflict conflict;
  private @Nullable Operation unwritten;
  private long @Nullable [] forwardStarts;
  private long[] forwardEnds = {};

  private Periods() {}

  /**
   * Finds the periods of a key.
   *
   * @param answers what each operation was told, by its place; null where it is indeterminate
   * @return null if the values of this key cannot be told apart
   */
  static @Nullable Periods of(
      Model<?> model, List<Operation> operations, @Nullable Answer[] answers) {
    Periods periods = new Periods();
    Map<String, Integer> writers = new HashMap<>();
    @Nullable Touch[] touches = new @Nullable Touch[answers.length];
    String initial = model.initialValue();
    if (initial == null) {
      return null;
    }
    writers.merge(initial, 1, Integer::sum);
    for (int place = 0; place < answers.length; place++) {
      Touch touch = model.touch(operations.get(place).call(), answers[place]);
      touches[place] = touch;
      if (touch == null) {
        return null;
      }
      if (touch.leaves() != null) {
        writers.merge(touch.leaves(), 1, Integer::sum);
      }
    }
    periods.collect(operations, answers, touches, writers, initial);
    periods.order();
    return periods;
  }

  /** An operation that saw a value which nobody can have written. */
  @Nullable Operation unwritten() {
    return unwritten;
  }

  /** Two periods that contradict each other. */
  @Nullable Conflict conflict() {
    return conflict;
  }

  /** The least log index that a member of the operation's period was told; far away if none was. */
  long leastIndex(int place) {
    Period period = periodOf.get(place);
    return period == null ? Long.MAX_VALUE : period.leastIndex;
  }

  /** Whether an operation wrote the value of its period. */
  boolean isWriter(int place, Operation operation) {
    Period period = periodOf.get(place);
    return period != null && operation.equals(period.writer);
  }

  /** Where in the order of events an operation seems to belong. */
  long hint(int place, long endedAt) {
    Period period = periodOf.get(place);
    return period == null ? endedAt : position(period);
  }

  private void collect(
      List<Operation> operations,
      @Nullable Answer[] answers,
      @Nullable Touch[] touches,
      Map<String, Integer> writers,
      String initialValue) {
    Map<String, Period> byValue = new HashMap<>();
    if (writers.getOrDefault(initialValue, 0) == 1) {
      Period initial = new Period(initialValue);
      initial.initial = true;
      byValue.put(initialValue, initial);
      periods.add(initial);
    }
    for (int place = 0; place < touches.length; place++) {
      Touch touch = touches[place];
      if (touch == null || touch.leaves() == null) {
        continue;
      }
      Operation operation = operations.get(place);
      Period period = new Period(touch.leaves());
      period.writer = operation;
      boolean unique = writers.getOrDefault(touch.leaves(), 0) == 1;
      if (unique) {
        byValue.put(touch.leaves(), period);
      }
      if (unique || answers[place] != null) {
        period.add(operation, answers[place] == null ? Long.MAX_VALUE : operation.endedAt());
        periods.add(period);
        periodOf.put(place, period);
      }
    }
    for (int place = 0; place < touches.length; place++) {
      Touch touch = touches[place];
      if (touch == null || touch.sees() == null) {
        continue;
      }
      Operation operation = operations.get(place);
      Period period = byValue.get(touch.sees());
      if (period != null) {
        period.add(operation, operation.endedAt());
        periodOf.putIfAbsent(place, period);
      } else if (!writers.containsKey(touch.sees())) {
        unwritten = operation;
      }
    }
  }

  /** Forward periods must be disjoint, and none may hold a backward one. */
  private void order() {
    List<Period> forward = new ArrayList<>();
    for (Period period : periods) {
      if (period.isForward()) {
        forward.add(period);
      }
    }
    forward.sort(Comparator.comparingLong(Period::endedAt));
    for (int i = 1; i < forward.size() && conflict == null; i++) {
      conflict = conflict(forward.get(i - 1), forward.get(i));
    }
    long[] starts = forward.stream().mapToLong(Period::endedAt).toArray();
    forwardStarts = starts;
    forwardEnds = forward.stream().mapToLong(Period::calledAt).toArray();
    for (int i = 0; i < periods.size() && conflict == null; i++) {
      Period period = periods.get(i);
      if (!period.isForward()) {
        int at = lastStartingBefore(starts, period.calledAt());
        conflict = at < 0 ? null : conflict(forward.get(at), period);
      }
    }
  }

  private static int lastStartingBefore(long[] starts, long position) {
    int found = Arrays.binarySearch(starts, position);
    return found >= 0 ? found - 1 : -found - 2;
  }

  private static @Nullable Conflict conflict(Period one, Period two) {
    Operation a = one.firstEnded;
    Operation b = two.lastCalled;
    Operation c = two.firstEnded;
    Operation d = one.lastCalled;
    boolean contradicts = one.endedAt() < two.calledAt() && two.endedAt() < one.calledAt();
    if (!contradicts || b == null || c == null || d == null) {
      return null;
    }
    String before =
        a == null ? "it was there at first" : a + " had ended before " + b + " was called";
    String after = "; and after it, because " + c + " had ended before " + d + " was called";
    List<Operation> window =
        Stream.of(one.writer, two.writer, a, b, c, d)
            .filter(Objects::nonNull)
            .distinct()
            .sorted(Comparator.comparingInt(Operation::id))
            .toList();
    return new Conflict(plain(one.value), plain(two.value), before + after, window);
  }

  private static String plain(String value) {
    return value.startsWith("=") ? value.substring(1) : value;
  }

  /** A point within the period that lies outside of all forward periods but its own. */
  private long position(Period period) {
    long[] starts = forwardStarts;
    long end = period.endedAt();
    if (starts == null || period.isForward()) {
      return end;
    }
    int at = lastStartingBefore(starts, end);
    boolean inside = at >= 0 && end < forwardEnds[at];
    return inside ? starts[at] - 1 : end;
  }
}
