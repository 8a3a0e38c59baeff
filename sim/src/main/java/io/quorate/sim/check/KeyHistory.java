// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The operations on one key and the order of their calls and ends.
 *
 * @param operations those that may have taken effect, in the order of their calls
 * @param events twice the place in {@code operations}, plus one for an end
 */
record KeyHistory(List<Operation> operations, int[] events) {

  /** A search over a part of the history. */
  record Prepared<S>(WglSearch search, Transitions<S> steps, int[] places) {

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
      boolean uselessRead =
          !ended.get(place) && model.isRead(operations.get(place).call(), null);
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
    for (int number = 0; number < size; number++) {
      Operation operation = operations.get(places[number]);
      boolean known = ended.get(places[number]);
      symbols[number] = steps.symbol(operation.call(), known ? operation.answer() : null);
    }
    int[] ranks = ranks(model, Arrays.copyOf(places, size), ended);
    return new Prepared<>(
        new WglSearch(steps, symbols, ranks, Arrays.copyOf(kept, keptCount)), steps, places);
  }

  /** By log index where all who ended were told one, else by end; what is open comes last. */
  private int[] ranks(Model<?> model, int[] places, BitSet ended) {
    boolean indexed = true;
    for (int place : places) {
      indexed &= !ended.get(place) || operations.get(place).index() > 0;
    }
    long[] hints = new long[places.length];
    for (int number = 0; number < places.length; number++) {
      Operation operation = operations.get(places[number]);
      if (!ended.get(places[number])) {
        hints[number] = Long.MAX_VALUE;
      } else if (indexed) {
        hints[number] = 2 * operation.index() + (model.isRead(operation.call(), operation.answer()) ? 1 : 0);
      } else {
        hints[number] = operation.endedAt();
      }
    }
    int[] order = sortedBy(hints);
    int[] ranks = new int[places.length];
    for (int rank = 0; rank < order.length; rank++) {
      ranks[order[rank]] = rank;
    }
    return ranks;
  }

  /** Numbers in ascending order of their hints; equal ones stay in order. */
  private static int[] sortedBy(long[] hints) {
    Integer[] boxed = new Integer[hints.length];
    Arrays.setAll(boxed, i -> i);
    Arrays.sort(boxed, (a, b) -> Long.compare(hints[a], hints[b]));
    return Arrays.stream(boxed).mapToInt(Integer::intValue).toArray();
  }
}
