// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Appends fields to a growing array: zigzag varints, and UTF-8 with its length in front. */
final class WireWriter {
  private byte[] bytes = new byte[64];
  private int length;

  WireWriter kind(int kind) {
    room(1);
    bytes[length++] = (byte) kind;
    return this;
  }

  WireWriter flag(boolean flag) {
    return kind(flag ? 1 : 0);
  }

  WireWriter number(long value) {
    room(10);
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  WireWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    number(utf8.length);
    room(utf8.length);
    System.arraycopy(utf8, 0, bytes, length, utf8.length);
    length += utf8.length;
    return this;
  }

  WireWriter optionalText(Optional<String> text) {
    flag(text.isPresent());
    return text.isPresent() ? text(text.get()) : this;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void room(int needed) {
    if (length + needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + needed, bytes.length * 2));
    }
  }
}
