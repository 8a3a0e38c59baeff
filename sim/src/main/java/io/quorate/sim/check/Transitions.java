// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model as a table over small numbers: each distinct state and each distinct (call, answer) gets
 * one, and a step that was asked once is not asked of the model again.
 */
final class Transitions<S> {
  /** There is no such step. */
  static final int IMPOSSIBLE = -1;

  private static final long EMPTY = -1;

  private record Symbol(Call call, @Nullable Answer answer) {}

  private final Model<S> model;
  private final List<S> states = new ArrayList<>();
  private final Map<S, Integer> stateNumbers = new HashMap<>();
  private final List<Symbol> symbols = new ArrayList<>();
  private final Map<Symbol, Integer> symbolNumbers = new HashMap<>();
  private final BitSet reads = new BitSet();
  private long[] keys = new long[128];
  private int[] targets = new int[128];
  private int size;

  Transitions(Model<S> model) {
    this.model = model;
    Arrays.fill(keys, EMPTY);
    number(model.initial());
  }

  /** The number of a call and its answer; null stands for an unknown one. */
  int symbol(Call call, @Nullable Answer answer) {
    Symbol symbol = new Symbol(call, answer);
    Integer known = symbolNumbers.get(symbol);
    if (known != null) {
      return known;
    }
    reads.set(symbols.size(), model.isRead(call, answer));
    symbols.add(symbol);
    symbolNumbers.put(symbol, symbols.size() - 1);
    return symbols.size() - 1;
  }

  /** Whether the symbol never changes a state. */
  boolean isRead(int symbol) {
    return reads.get(symbol);
  }

  /** How many symbols there are. */
  int symbolCount() {
    return symbols.size();
  }

  /** The state that follows, or {@link #IMPOSSIBLE}. State 0 is the initial one. */
  int next(int state, int symbol) {
    long key = (long) state << 32 | symbol;
    int at = place(key);
    while (keys[at] != EMPTY) {
      if (keys[at] == key) {
        return targets[at];
      }
      at = at + 1 & keys.length - 1;
    }
    Symbol asked = symbols.get(symbol);
    S next = model.step(states.get(state), asked.call(), asked.answer());
    int target = next == null ? IMPOSSIBLE : number(next);
    keys[at] = key;
    targets[at] = target;
    size++;
    if (size * 2 > keys.length) {
      grow();
    }
    return target;
  }

  /** A state, for people. */
  String describe(int state) {
    return model.describe(states.get(state));
  }

  private int number(S state) {
    Integer known = stateNumbers.get(state);
    if (known != null) {
      return known;
    }
    states.add(state);
    stateNumbers.put(state, states.size() - 1);
    return states.size() - 1;
  }

  private int place(long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    return (int) (mixed ^ mixed >>> 32) & keys.length - 1;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldTargets = targets;
    keys = new long[oldKeys.length * 2];
    targets = new int[oldKeys.length * 2];
    Arrays.fill(keys, EMPTY);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int at = place(oldKeys[i]);
        while (keys[at] != EMPTY) {
          at = at + 1 & keys.length - 1;
        }
        keys[at] = oldKeys[i];
        targets[at] = oldTargets[i];
      }
    }
  }
}
