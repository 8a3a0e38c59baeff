// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.Arrays;

/** The calls of one client, in order, in plain arrays: millions of them are kept. Confined. */
final class CallLog {
  /** How a call ended. */
  enum End {
    OPEN,
    ANSWERED,
    NOT_APPLIED,
    INDETERMINATE
  }

  private static final End[] ENDS = End.values();

  private int size;
  private int[] keys = new int[256];
  private boolean[] reads = new boolean[256];
  private long[] begun = new long[256];
  private long[] ended = new long[256];
  private long[] values = new long[256];
  private byte[] ends = new byte[256];

  void begin(int key, boolean read, long nanos) {
    if (size == keys.length) {
      int larger = size * 2;
      keys = Arrays.copyOf(keys, larger);
      reads = Arrays.copyOf(reads, larger);
      begun = Arrays.copyOf(begun, larger);
      ended = Arrays.copyOf(ended, larger);
      values = Arrays.copyOf(values, larger);
      ends = Arrays.copyOf(ends, larger);
    }
    keys[size] = key;
    reads[size] = read;
    begun[size] = nanos;
    ended[size] = Long.MAX_VALUE;
    size++;
  }

  void end(long nanos, long value) {
    ended[size - 1] = nanos;
    values[size - 1] = value;
    ends[size - 1] = (byte) End.ANSWERED.ordinal();
  }

  void fail(long nanos, boolean surelyNotApplied) {
    ended[size - 1] = nanos;
    ends[size - 1] = (byte) (surelyNotApplied ? End.NOT_APPLIED : End.INDETERMINATE).ordinal();
  }

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
