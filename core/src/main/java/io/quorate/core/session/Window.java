// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.core.check.Check;
import java.util.Arrays;

/**
 * What a session remembers of its executed commands until the client acknowledges them: a ring over
 * sequence numbers, without an object for each.
 *
 * <p>Invariants: everything kept lies in {@code acknowledgedBelow..highest}; {@code highest −
 * acknowledgedBelow < capacity}; {@code keptBytes} is the sum of the charges of what is kept.
 */
final class Window {
  /** What is known of one sequence number. */
  enum Kept {
    /** Not executed, as far as the window goes. */
    NOTHING(0),
    /** Executed, the result is here. */
    RESULT(1),
    /** The state machine threw; its text is here. */
    FAILURE(2),
    /** Executed; the result was too much to keep. */
    FACT(3);

    private final int number;

    Kept(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /**
   * What a failure counts against the bound of kept bytes. Not its length: texts of exceptions may
   * differ from one JVM to the next, and the bound decides what all replicas must agree on.
   */
  static final int FAILURE_CHARGE_BYTES = 512;

  private static final int CAPACITY_MIN = 4;
  private static final byte[] NONE = {};

  private Kept[] kept;
  private long[] indexes;
  private long[] epochs;
  private byte[][] results;
  private long acknowledgedBelow;
  private long highest;
  private long keptBytes;

  /**
   * A window without entries.
   *
   * @param highest highest sequence number that was ever executed
   */
  Window(long acknowledgedBelow, long highest) {
    this(acknowledgedBelow, highest, CAPACITY_MIN);
  }

  private Window(long acknowledgedBelow, long highest, int capacity) {
    this.acknowledgedBelow = acknowledgedBelow;
    this.highest = highest;
    kept = new Kept[capacity];
    Arrays.fill(kept, Kept.NOTHING);
    indexes = new long[capacity];
    epochs = new long[capacity];
    results = new byte[capacity][];
    Arrays.fill(results, NONE);
  }

  /** A window of its own with the same content, no larger than that needs. */
  Window copy() {
    Window copy = new Window(acknowledgedBelow, highest, capacityFor(highest));
    for (long sequence = acknowledgedBelow; sequence <= highest; sequence++) {
      copy.move(sequence, this);
    }
    copy.keptBytes = keptBytes;
    return copy;
  }

  long acknowledgedBelow() {
    return acknowledgedBelow;
  }

  long highest() {
    return highest;
  }

  Kept kept(long sequence) {
    return sequence < acknowledgedBelow || sequence > highest ? Kept.NOTHING : kept[at(sequence)];
  }

  long index(long sequence) {
    return indexes[at(sequence)];
  }

  long epoch(long sequence) {
    return epochs[at(sequence)];
  }

  byte[] result(long sequence) {
    return results[at(sequence)];
  }

  /** Forgets everything below {@code below}. */
  void acknowledge(long below) {
    long end = Math.min(below, highest + 1);
    for (long sequence = acknowledgedBelow; sequence < end; sequence++) {
      int at = at(sequence);
      keptBytes -= charge(kept[at], results[at]);
      kept[at] = Kept.NOTHING;
      results[at] = NONE;
    }
    acknowledgedBelow = Math.max(acknowledgedBelow, below);
  }

  /** Remembers an execution, or the bare fact if more would exceed the bound. */
  void put(long sequence, Kept what, long index, long epoch, byte[] result, long keptBytesMax) {
    Check.that(sequence >= acknowledgedBelow, "sequence %s is below the window", sequence);
    if (sequence - acknowledgedBelow >= kept.length) {
      grow(sequence);
    }
    highest = Math.max(highest, sequence);
    int at = at(sequence);
    Check.that(kept[at] == Kept.NOTHING, "sequence %s was executed twice", sequence);
    indexes[at] = index;
    epochs[at] = epoch;
    int charge = charge(what, result);
    if (keptBytes + charge <= keptBytesMax) {
      kept[at] = what;
      results[at] = result;
      keptBytes += charge;
    } else {
      kept[at] = Kept.FACT;
    }
  }

  private static int charge(Kept what, byte[] result) {
    return switch (what) {
      case NOTHING, FACT -> 0;
      case RESULT -> result.length;
      case FAILURE -> FAILURE_CHARGE_BYTES;
    };
  }

  private int at(long sequence) {
    return (int) (sequence & (kept.length - 1));
  }

  private int capacityFor(long sequence) {
    long needed = Math.max(CAPACITY_MIN, sequence - acknowledgedBelow + 1);
    Check.that(needed <= 1 << 30, "window of %s sequence numbers", needed);
    int floor = Integer.highestOneBit((int) needed);
    return floor == needed ? floor : floor << 1;
  }

  private void grow(long sequence) {
    Window larger = new Window(acknowledgedBelow, highest, capacityFor(sequence));
    for (long old = acknowledgedBelow; old <= highest; old++) {
      larger.move(old, this);
    }
    kept = larger.kept;
    indexes = larger.indexes;
    epochs = larger.epochs;
    results = larger.results;
  }

  private void move(long sequence, Window from) {
    int source = from.at(sequence);
    int target = at(sequence);
    kept[target] = from.kept[source];
    indexes[target] = from.indexes[source];
    epochs[target] = from.epochs[source];
    results[target] = from.results[source];
  }
}
