// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.Arrays;

/**
 * The search for an order of the operations of one key: that of Wing and Gong, with Lowe's memory
 * of visited configurations. Depth first, over a linked list of calls and ends from which placed
 * operations are lifted out.
 *
 * <p>What keeps it from exploding, each by an argument of exchange:
 *
 * <ul>
 *   <li>A read that fits may be placed at once: whatever order exists, it can be moved to the
 *       front. No alternative is tried. (A write that happens to leave this state as it is may not:
 *       where it is moved from, it would be missed.)
 *   <li>An indeterminate operation is placed only if it changes the state, and only right before
 *       one that would go differently without it; otherwise it can be left out, and stays
 *       available.
 *   <li>Of two alike, the one that must be placed earlier goes first.
 *   <li>Candidates are tried in the order of their log indexes if clients were told those, else of
 *       their ends: a hint, never a proof.
 * </ul>
 */
final class WglSearch {
  /** What a search found. */
  enum Found {
    ORDER,
    NO_ORDER,
    NOTHING_WITHIN_LIMITS
  }

  /**
   * How far the search came.
   *
   * @param placedCount operations that were placed in an order
   * @param state the state behind that order
   * @param placedLast the last of them
   * @param waiting the first of the others, in the order of their calls
   */
  record Progress(int placedCount, int state, int[] placedLast, int[] waiting) {}

  private static final int PLACED_SHOWN_MAX = 8;
  private static final int WAITING_SHOWN_MAX = 64;
  private static final int HEAD = 0;
  private static final int NONE = -1;

  private final Transitions<?> steps;
  private final int count;
  private final int[] symbol;
  private final int[] rank;
  private final int[] callNode;
  private final int[] endNode;
  private final int[] sameBefore;

  /** Node → operation, twice, plus one for an end. Node 0 is the head, the last one the tail. */
  private final int[] nodeEvent;

  private final int[] next;
  private final int[] prev;
  private final boolean[] placed;
  private final SeenSet seen = new SeenSet();

  private final int[] stackOperation;
  private final int[] stackState;
  private final boolean[] stackForced;
  private final int[] stackPriority;
  private int depth;

  private int state;
  private long hashFirst;
  private long hashSecond;
  private int determinateLeft;
  private long stepsDone;
  private int chosenPriority;

  private Progress best = new Progress(0, 0, new int[0], new int[0]);
  private int bestDeterminateLeft = Integer.MAX_VALUE;

  /**
   * A search over operations 0 to {@code symbol.length - 1}.
   *
   * @param symbol call and answer of each operation, as the table numbers them
   * @param rank the order in which candidates are tried, all different
   * @param events calls and ends in order: twice the operation, plus one for an end. Operations
   *     without an end are indeterminate
   */
  WglSearch(Transitions<?> steps, int[] symbol, int[] rank, int[] events) {
    this.steps = steps;
    this.count = symbol.length;
    this.symbol = symbol;
    this.rank = rank;
    callNode = new int[count];
    endNode = new int[count];
    sameBefore = new int[count];
    placed = new boolean[count];
    stackOperation = new int[count];
    stackState = new int[count];
    stackForced = new boolean[count];
    stackPriority = new int[count];
    int nodes = events.length + 2;
    nodeEvent = new int[nodes];
    next = new int[nodes];
    prev = new int[nodes];
    Arrays.fill(endNode, NONE);
    for (int node = 0; node < nodes; node++) {
      next[node] = node + 1;
      prev[node] = node - 1;
    }
    // The tail acts as the end of an operation that is never placed.
    nodeEvent[nodes - 1] = 1;
    for (int i = 0; i < events.length; i++) {
      nodeEvent[i + 1] = events[i];
      int operation = events[i] >> 1;
      if ((events[i] & 1) == 0) {
        callNode[operation] = i + 1;
      } else {
        endNode[operation] = i + 1;
        determinateLeft++;
      }
    }
    linkAlike(events);
  }

  /** Of operations that are alike, each knows the one that ends (or, if open, is called) before. */
  private void linkAlike(int[] events) {
    Arrays.fill(sameBefore, NONE);
    int[] lastEnded = new int[steps.symbolCount()];
    int[] lastOpen = new int[steps.symbolCount()];
    Arrays.fill(lastEnded, NONE);
    Arrays.fill(lastOpen, NONE);
    for (int event : events) {
      int operation = event >> 1;
      boolean open = endNode[operation] == NONE;
      if ((event & 1) == 0 && open) {
        sameBefore[operation] = lastOpen[symbol[operation]];
        lastOpen[symbol[operation]] = operation;
      } else if ((event & 1) == 1) {
        sameBefore[operation] = lastEnded[symbol[operation]];
        lastEnded[symbol[operation]] = operation;
      }
    }
  }

  /** Searches until an order is found, none can exist, or a limit is reached. */
  Found run(long stepsMax, long deadlineNanos) {
    int after = NONE;
    while (determinateLeft > 0) {
      stepsDone++;
      if (stepsDone > stepsMax || (stepsDone & 0x3FFF) == 0 && isOver(deadlineNanos)) {
        return Found.NOTHING_WITHIN_LIMITS;
      }
      if (after == NONE) {
        placeReads();
        if (determinateLeft == 0) {
          break;
        }
      }
      int candidate = candidate(after);
      if (candidate != NONE) {
        place(candidate, steps.next(state, symbol[candidate]), false);
        after = NONE;
      } else {
        noteProgress();
        if (!backtrack()) {
          return Found.NO_ORDER;
        }
        after = stackPriority[depth];
      }
    }
    noteProgress();
    return Found.ORDER;
  }

  /** Steps that the search took. */
  long stepsDone() {
    return stepsDone;
  }

  /** The order with the fewest determinate operations left out. */
  Progress best() {
    return best;
  }

  private static boolean isOver(long deadlineNanos) {
    return System.nanoTime() - deadlineNanos > 0;
  }

  /** Places every read that may be next and fits. */
  private void placeReads() {
    int node = next[HEAD];
    while ((nodeEvent[node] & 1) == 0) {
      int operation = nodeEvent[node] >> 1;
      node = next[node];
      if (steps.isRead(symbol[operation]) && steps.next(state, symbol[operation]) == state) {
        if (node == endNode[operation]) {
          node = next[node];
        }
        place(operation, state, true);
      }
    }
  }

  /**
   * The candidate of the lowest priority above {@code after}, not visited before; or none. First
   * come those that let the most urgent operation follow which cannot go on by itself.
   */
  private int candidate(int after) {
    int above = after;
    int spare = lastPlacedIsOpen() ? stackState[depth - 1] : NONE;
    int urgent = stuckOperation();
    while (true) {
      int best = NONE;
      int bestPriority = Integer.MAX_VALUE;
      int node = next[HEAD];
      while ((nodeEvent[node] & 1) == 0) {
        int operation = nodeEvent[node] >> 1;
        int priority = priority(operation, urgent);
        if (priority > above && priority < bestPriority && isUseful(operation, spare)) {
          best = operation;
          bestPriority = priority;
        }
        node = next[node];
      }
      if (best == NONE || addConfiguration(best)) {
        chosenPriority = bestPriority;
        return best;
      }
      above = bestPriority;
    }
  }

  /** The determinate operation of the lowest rank, if it may be next but does not fit. */
  private int stuckOperation() {
    int urgent = NONE;
    int node = next[HEAD];
    while ((nodeEvent[node] & 1) == 0) {
      int operation = nodeEvent[node] >> 1;
      if (endNode[operation] != NONE && (urgent == NONE || rank[operation] < rank[urgent])) {
        urgent = operation;
      }
      node = next[node];
    }
    boolean fits = urgent != NONE && steps.next(state, symbol[urgent]) != Transitions.IMPOSSIBLE;
    return fits ? NONE : urgent;
  }

  private int priority(int operation, int urgent) {
    if (urgent != NONE) {
      int after = steps.next(state, symbol[operation]);
      if (after != Transitions.IMPOSSIBLE
          && steps.next(after, symbol[urgent]) != Transitions.IMPOSSIBLE) {
        return rank[operation];
      }
    }
    return count + rank[operation];
  }

  private boolean isUseful(int operation, int stateWithoutOpen) {
    int after = steps.next(state, symbol[operation]);
    if (after == Transitions.IMPOSSIBLE) {
      return false;
    }
    boolean open = endNode[operation] == NONE;
    if (open && after == state) {
      return false;
    }
    int alike = sameBefore[operation];
    if (alike != NONE && !placed[alike] && callNode[alike] < callNode[operation]) {
      return false;
    }
    return stateWithoutOpen == NONE || steps.next(stateWithoutOpen, symbol[operation]) != after;
  }

  private boolean addConfiguration(int operation) {
    int after = steps.next(state, symbol[operation]);
    // Behind an indeterminate operation the continuation depends on the state before it, too.
    long context = endNode[operation] == NONE ? state + 1L : 0;
    long stateMix = mix(after * 0x1_0000_0001L + 0x5851F42D4C957F2DL * context + 1);
    return seen.add(
        hashFirst ^ mix(2L * operation + 1) ^ stateMix,
        hashSecond ^ mix(~(2L * operation + 1)) ^ mix(~stateMix));
  }

  private boolean lastPlacedIsOpen() {
    return depth > 0 && endNode[stackOperation[depth - 1]] == NONE;
  }

  private void place(int operation, int after, boolean forced) {
    stackOperation[depth] = operation;
    stackState[depth] = state;
    stackForced[depth] = forced;
    stackPriority[depth] = chosenPriority;
    depth++;
    placed[operation] = true;
    toggleHash(operation);
    state = after;
    unlink(callNode[operation]);
    if (endNode[operation] != NONE) {
      unlink(endNode[operation]);
      determinateLeft--;
    }
  }

  /** Takes back up to the last operation that had alternatives; false if there is none. */
  private boolean backtrack() {
    while (depth > 0) {
      depth--;
      int operation = stackOperation[depth];
      placed[operation] = false;
      toggleHash(operation);
      state = stackState[depth];
      if (endNode[operation] != NONE) {
        relink(endNode[operation]);
        determinateLeft++;
      }
      relink(callNode[operation]);
      if (!stackForced[depth]) {
        return true;
      }
    }
    return false;
  }

  private void noteProgress() {
    if (determinateLeft < bestDeterminateLeft) {
      bestDeterminateLeft = determinateLeft;
      int[] last = Arrays.copyOfRange(stackOperation, Math.max(0, depth - PLACED_SHOWN_MAX), depth);
      int[] waiting = new int[WAITING_SHOWN_MAX];
      int found = 0;
      for (int node = next[HEAD]; node < next.length - 1 && found < waiting.length; ) {
        if ((nodeEvent[node] & 1) == 0) {
          waiting[found] = nodeEvent[node] >> 1;
          found++;
        }
        node = next[node];
      }
      best = new Progress(depth, state, last, Arrays.copyOf(waiting, found));
    }
  }

  private void toggleHash(int operation) {
    hashFirst ^= mix(2L * operation + 1);
    hashSecond ^= mix(~(2L * operation + 1));
  }

  private void unlink(int node) {
    next[prev[node]] = next[node];
    prev[next[node]] = prev[node];
  }

  private void relink(int node) {
    next[prev[node]] = node;
    prev[next[node]] = node;
  }

  private static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
