// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Writes the fields of a body one after the other: fixed widths, little-endian. */
final class FieldWriter {
  private byte[] bytes = new byte[512];
  private int size;

  FieldWriter number(int value) {
    int at = grow(Integer.BYTES);
    Bytes.putInt(bytes, at, value);
    return this;
  }

  FieldWriter number(long value) {
    int at = grow(Long.BYTES);
    Bytes.putLong(bytes, at, value);
    return this;
  }

  FieldWriter uuid(UUID value) {
    return number(value.getMostSignificantBits()).number(value.getLeastSignificantBits());
  }

  FieldWriter hash(ChainHash value) {
    int at = grow(ChainHash.BYTES);
    value.write(bytes, at);
    return this;
  }

  FieldWriter text(String value) {
    return blob(value.getBytes(StandardCharsets.UTF_8));
  }

  FieldWriter blob(byte[] value) {
    number(value.length);
    int at = grow(value.length);
    System.arraycopy(value, 0, bytes, at, value.length);
    return this;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** Makes room and gives the offset at which it begins. */
  private int grow(int by) {
    int at = size;
    size += by;
    if (size > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size, 2 * bytes.length));
    }
    return at;
  }
}
