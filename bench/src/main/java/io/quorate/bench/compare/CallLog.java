// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.Arrays;

/**
 * The calls of one client: how many writes there were and how they ended, and the calls themselves,
 * in order, in plain arrays. Of these no more than a given number is kept, since a run may last for
 * hours: where they become more, those on the upper half of the keys are let go, so that all calls
 * on the lower ones are there, always. Confined.
 */
final class CallLog {
  /** How a call ended. */
  enum End {
    OPEN,
    ANSWERED,
    NOT_APPLIED,
    INDETERMINATE
  }

  private static final End[] ENDS = End.values();

  private final int callsMax;
  private int keysKept;
  private long writesPossible;
  private long writesAcknowledged;
  private boolean lastIsRead;
  private boolean lastIsKept;
  private int size;
  private int[] keys = new int[256];
  private boolean[] reads = new boolean[256];
  private long[] begun = new long[256];
  private long[] ended = new long[256];
  private long[] values = new long[256];
  private byte[] ends = new byte[256];

  /**
   * An empty log.
   *
   * @param keys how many keys there are
   * @param callsMax how many calls are kept, unless a single key has more
   */
  CallLog(int keys, int callsMax) {
    this.keysKept = keys;
    this.callsMax = callsMax;
  }

  void begin(int key, boolean read, long nanos) {
    writesPossible += read ? 0 : 1;
    lastIsRead = read;
    lastIsKept = key < keysKept;
    if (!lastIsKept) {
      return;
    }
    if (size == keys.length) {
      grow();
    }
    keys[size] = key;
    reads[size] = read;
    begun[size] = nanos;
    ended[size] = Long.MAX_VALUE;
    values[size] = 0;
    ends[size] = (byte) End.OPEN.ordinal();
    size++;
  }

  void end(long nanos, long value) {
    writesAcknowledged += lastIsRead ? 0 : 1;
    if (lastIsKept) {
      values[size - 1] = value;
    }
    ended(nanos, End.ANSWERED);
  }

  void fail(long nanos, boolean surelyNotApplied) {
    writesPossible -= surelyNotApplied && !lastIsRead ? 1 : 0;
    ended(nanos, surelyNotApplied ? End.NOT_APPLIED : End.INDETERMINATE);
  }

  private void ended(long nanos, End how) {
    if (lastIsKept) {
      ended[size - 1] = nanos;
      ends[size - 1] = (byte) how.ordinal();
      while (size > callsMax && keysKept > 1) {
        keepLowerHalf();
      }
    }
  }

  private void keepLowerHalf() {
    keysKept = (keysKept + 1) / 2;
    int kept = 0;
    for (int call = 0; call < size; call++) {
      if (keys[call] < keysKept) {
        keys[kept] = keys[call];
        reads[kept] = reads[call];
        begun[kept] = begun[call];
        ended[kept] = ended[call];
        values[kept] = values[call];
        ends[kept] = ends[call];
        kept++;
      }
    }
    size = kept;
  }

  private void grow() {
    int larger = size * 2;
    keys = Arrays.copyOf(keys, larger);
    reads = Arrays.copyOf(reads, larger);
    begun = Arrays.copyOf(begun, larger);
    ended = Arrays.copyOf(ended, larger);
    values = Arrays.copyOf(values, larger);
    ends = Arrays.copyOf(ends, larger);
  }

  /** Writes that can have taken effect: all but those that were surely not applied. */
  long writesPossible() {
    return writesPossible;
  }

  /** Writes that were answered. */
  long writesAcknowledged() {
    return writesAcknowledged;
  }

  /** Every call on a key below this one is kept. */
  int keysKept() {
    return keysKept;
  }

  /** Calls that are kept; the methods below number them from 0. */
  int size() {
    return size;
  }

  int key(int call) {
    return keys[call];
  }

  boolean isRead(int call) {
    return reads[call];
  }

  long begunNanos(int call) {
    return begun[call];
  }

  long endedNanos(int call) {
    return ended[call];
  }

  /** The counter's value that the answer told. */
  long value(int call) {
    return values[call];
  }

  End how(int call) {
    return ENDS[ends[call]];
  }
}
