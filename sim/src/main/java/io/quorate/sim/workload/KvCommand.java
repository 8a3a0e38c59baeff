// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.core.log.Bytes;

/**
 * A command for {@link SimKv}.
 *
 * @param id of the operation, unique in the run, the same in every retry; names its client, too
 * @param once whether it was submitted in a session, so that it must take effect at most once
 * @param a value to put, value expected by a compare-and-set, or amount to add
 * @param b value to set by a compare-and-set
 * @param padding bytes of ballast, for sizes
 */
record KvCommand(Op op, long id, boolean once, int key, long a, long b, int padding) {
  private static final int HEAD_BYTES = 40;

  /** What it does. */
  enum Op {
    PUT,
    GET,
    CAS,
    ADD,
    FAIL
  }

  byte[] encode() {
    byte[] bytes = new byte[HEAD_BYTES + padding];
    bytes[0] = (byte) op.ordinal();
    bytes[1] = (byte) (once ? 1 : 0);
    Bytes.putInt(bytes, 4, key);
    Bytes.putLong(bytes, 8, id);
    Bytes.putLong(bytes, 16, a);
    Bytes.putLong(bytes, 24, b);
    Bytes.putInt(bytes, 32, padding);
    return bytes;
  }

  static KvCommand decode(byte[] bytes) {
    return new KvCommand(
        Op.values()[bytes[0]],
        Bytes.getLong(bytes, 8),
        bytes[1] == 1,
        Bytes.getInt(bytes, 4),
        Bytes.getLong(bytes, 16),
        Bytes.getLong(bytes, 24),
        Bytes.getInt(bytes, 32));
  }
}
