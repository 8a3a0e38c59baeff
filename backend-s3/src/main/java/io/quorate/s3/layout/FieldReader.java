// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Reads what {@link FieldWriter} wrote, from behind the envelope. */
final class FieldReader {
  private final String key;
  private final byte[] bytes;
  private int at = Envelope.BYTES;

  FieldReader(String key, byte[] object) {
    this.key = key;
    this.bytes = object;
  }

  int integer() throws CorruptObject {
    return Bytes.getInt(bytes, advance(Integer.BYTES));
  }

  long number() throws CorruptObject {
    return Bytes.getLong(bytes, advance(Long.BYTES));
  }

  UUID uuid() throws CorruptObject {
    long high = number();
    return new UUID(high, number());
  }

  ChainHash hash() throws CorruptObject {
    return ChainHash.read(bytes, advance(ChainHash.BYTES));
  }

  String text() throws CorruptObject {
    return new String(blob(), StandardCharsets.UTF_8);
  }

  byte[] blob() throws CorruptObject {
    int length = integer();
    int from = advance(length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  /** Whether an optional field follows. */
  boolean present() throws CorruptObject {
    int present = integer();
    if (present != 0 && present != 1) {
      throw new CorruptObject(key, "it says " + present + " where there should be 0 or 1");
    }
    return present == 1;
  }

  /** How many of something follow, each of {@code bytesEach} or more. */
  int count(int bytesEach) throws CorruptObject {
    int count = integer();
    if (count < 0 || (long) count * bytesEach > bytes.length - at) {
      throw new CorruptObject(key, "it claims " + count + " items, more than it has bytes for");
    }
    return count;
  }

  /** Refuses bytes that no field of this format explains. */
  void end() throws CorruptObject {
    if (at != bytes.length) {
      throw new CorruptObject(key, "it has " + (bytes.length - at) + " bytes too many");
    }
  }

  private int advance(int length) throws CorruptObject {
    if (length < 0 || length > bytes.length - at) {
      throw new CorruptObject(key, "it ends in the middle of a field");
    }
    int from = at;
    at += length;
    return from;
  }
}
