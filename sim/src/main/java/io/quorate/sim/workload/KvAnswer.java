// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.core.log.Bytes;

/**
 * What a command or a query gave.
 *
 * @param ok whether a compare-and-set found what it expected; true otherwise
 * @param value of the key: before a put, after an addition, as found by the others; 0 if absent
 * @param index last command that the answering state included
 */
record KvAnswer(boolean ok, long value, long index) {
  byte[] encode() {
    byte[] bytes = new byte[17];
    bytes[0] = (byte) (ok ? 1 : 0);
    Bytes.putLong(bytes, 1, value);
    Bytes.putLong(bytes, 9, index);
    return bytes;
  }

  static KvAnswer decode(byte[] bytes) {
    return new KvAnswer(bytes[0] == 1, Bytes.getLong(bytes, 1), Bytes.getLong(bytes, 9));
  }
}
