// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

/**
 * Configurations that a search has visited, each by 128 bits: a set of operations as the exclusive
 * or of one random number per operation and half, mixed with the state. Two of a billion
 * configurations coincide with a probability below 1e-20.
 */
final class SeenSet {
  private long[] slots = new long[128];
  private int size;

  /** Adds a configuration; false if it was there. */
  boolean add(long first, long second) {
    // Two zeros mark an empty slot.
    long a = first == 0 && second == 0 ? 1 : first;
    int mask = slots.length / 2 - 1;
    int at = (int) (a ^ a >>> 32) & mask;
    while (slots[2 * at] != 0 || slots[2 * at + 1] != 0) {
      if (slots[2 * at] == a && slots[2 * at + 1] == second) {
        return false;
      }
      at = at + 1 & mask;
    }
    slots[2 * at] = a;
    slots[2 * at + 1] = second;
    size++;
    if (size * 5L > slots.length * 3L / 2) {
      grow();
    }
    return true;
  }

  int size() {
    return size;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    int mask = slots.length / 2 - 1;
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0 || old[i + 1] != 0) {
        int at = (int) (old[i] ^ old[i] >>> 32) & mask;
        while (slots[2 * at] != 0 || slots[2 * at + 1] != 0) {
          at = at + 1 & mask;
        }
        slots[2 * at] = old[i];
        slots[2 * at + 1] = old[i + 1];
      }
    }
  }
}
