// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations on one key and the order of their calls and ends.
 *
 * @param operations those that may have taken effect, in the order of their calls
 * @param events twice the place in {@code operations}, plus one for an end
 */
record KeyHistory(List<Operation> operations, int[] events) {

  /** A search over a part of the history. */
  record Prepared<S>(
      WglSearch search, Transitions<S> steps, int[] places, @Nullable Periods periods) {

    /** The operations that the search knows by these numbers. */
    List<Operation> operations(KeyHistory history, int[] numbers) {
      return Arrays.stream(numbers).mapToObj(n -> history.operations().get(places[n])).toList();
    }
  }

  /**
   * Prepares a search.
   *
   * @param eventCount how many events are known; what ends later is indeterminate
   * @param leftOut places of operations to leave out
   */
  <S> Prepared<S> prepare(Model<S> model, int eventCount, BitSet leftOut) {
    BitSet ended = new BitSet(operations.size());
    for (int i = 0; i < eventCount; i++) {
      if ((events[i] & 1) == 1) {
        ended.set(events[i] >> 1);
      }
    }
    int[] numbers = new int[operations.size()];
    int[] places = new int[operations.size()];
    int[] kept = new int[eventCount];
    int keptCount = 0;
    int size = 0;
    for (int i = 0; i < eventCount; i++) {
      int place = events[i] >> 1;
      boolean uselessRead = !ended.get(place) && model.isRead(operations.get(place).call(), null);
      if (uselessRead || leftOut.get(place)) {
        continue;
      }
      if ((events[i] & 1) == 0) {
        numbers[place] = size;
        places[size] = place;
        size++;
      }
      kept[keptCount] = numbers[place] << 1 | events[i] & 1;
      keptCount++;
    }
    Transitions<S> steps = new Transitions<>(model);
    int[] symbols = new int[size];
    @Nullable Answer[] answers = new @Nullable Answer[size];
    List<Operation> asked = new ArrayList<>(size);
    for (int number = 0; number < size; number++) {
      Operation operation = operations.get(places[number]);
      asked.add(operation);
      answers[number] = ended.get(places[number]) ? operation.answer() : null;
      symbols[number] = steps.symbol(operation.call(), answers[number]);
    }
    Periods periods = Periods.of(model, asked, answers);
    int[] ranks = ranks(model, Arrays.copyOf(places, size), answers, periods);
    WglSearch search = new WglSearch(steps, symbols, ranks, Arrays.copyOf(kept, keptCount));
    return new Prepared<>(search, steps, places, periods);
  }

  /**
   * Whether the log itself is an order that explains all answers, going by the indexes that clients
   * were told: proof enough, and found without a search.
   */
  <S> boolean isExplainedByIndexes(Model<S> model) {
    List<Operation> order = new ArrayList<>(operations.size());
    for (Operation operation : operations) {
      boolean ended = operation.outcome() == Outcome.OK;
      boolean read = model.isRead(operation.call(), null);
      if (ended && !read && operation.index() == 0) {
        return false;
      }
      // A read at index 0 saw the state before all commands.
      if (ended || (!read && operation.index() > 0)) {
        order.add(operation);
      }
    }
    // A read comes after the command at its index; reads of one state by their calls.
    order.sort(
        Comparator.comparingLong(Operation::index)
            .thenComparing(operation -> model.isRead(operation.call(), null))
            .thenComparingLong(Operation::calledAt));
    S state = model.initial();
    long lastCall = -1;
    for (Operation operation : order) {
      S next = model.step(state, operation.call(), operation.answer());
      if (next == null || operation.endedAt() < lastCall) {
        return false;
      }
      state = next;
      lastCall = Math.max(lastCall, operation.calledAt());
    }
    return true;
  }

  /** By log index where all commands were told one, else by period; what is open comes last. */
  private int[] ranks(
      Model<?> model, int[] places, @Nullable Answer[] answers, @Nullable Periods periods) {
    boolean commandsIndexed = true;
    boolean readsIndexed = false;
    for (int number = 0; number < places.length; number++) {
      Operation operation = operations.get(places[number]);
      if (model.isRead(operation.call(), null)) {
        readsIndexed |= operation.index() > 0;
      } else {
        commandsIndexed &= answers[number] == null || operation.index() > 0;
      }
    }
    long[] hints = new long[places.length];
    long[] ends = new long[places.length];
    for (int number = 0; number < places.length; number++) {
      Operation operation = operations.get(places[number]);
      boolean ended = answers[number] != null;
      ends[number] = ended ? operation.endedAt() : Long.MAX_VALUE;
      if (periods != null && periods.isWriter(number, operation)) {
        ends[number] = -1;
      }
      if (!commandsIndexed) {
        hints[number] = periods == null ? ends[number] : periods.hint(number, ends[number]);
      } else if (model.isRead(operation.call(), null)) {
        hints[number] = readsIndexed ? 2 * operation.index() + 1 : Long.MAX_VALUE;
      } else {
        long index = operation.index();
        if (index == 0 && periods != null) {
          index = periods.leastIndex(number);
        }
        hints[number] = index > 0 && index < Long.MAX_VALUE ? 2 * index : Long.MAX_VALUE;
      }
    }
    int[] order = sortedBy(hints, ends);
    int[] ranks = new int[places.length];
    for (int rank = 0; rank < order.length; rank++) {
      ranks[order[rank]] = rank;
    }
    return ranks;
  }

  /** Numbers in ascending order of their hints, then of their ends. */
  private static int[] sortedBy(long[] hints, long[] ends) {
    Integer[] boxed = new Integer[hints.length];
    Arrays.setAll(boxed, i -> i);
    Arrays.sort(
        boxed,
        (a, b) ->
            hints[a] != hints[b]
                ? Long.compare(hints[a], hints[b])
                : Long.compare(ends[a], ends[b]));
    return Arrays.stream(boxed).mapToInt(Integer::intValue).toArray();
  }
}
