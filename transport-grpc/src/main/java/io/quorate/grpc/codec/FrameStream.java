// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A frame on its way out: byte arrays by reference, written into the connection's buffer one after
 * the other, which is the only time they are copied.
 */
final class FrameStream extends InputStream implements KnownLength, Drainable {
  private final byte[][] parts;
  private final int lastPartBytes;
  private int part;
  private int at;
  private int left;

  /**
   * Reads the parts in turn.
   *
   * @param lastPartBytes how much of the last part belongs to the frame
   */
  FrameStream(byte[][] parts, int lastPartBytes) {
    this.parts = parts;
    this.lastPartBytes = lastPartBytes;
    int total = lastPartBytes;
    for (int i = 0; i < parts.length - 1; i++) {
      total = Math.addExact(total, parts[i].length);
    }
    left = total;
  }

  private int endOfPart() {
    return part == parts.length - 1 ? lastPartBytes : parts[part].length;
  }

  @Override
  public int available() {
    return left;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    int drained = left;
    while (left > 0) {
      int bytes = endOfPart() - at;
      target.write(parts[part], at, bytes);
      left -= bytes;
      at = 0;
      part++;
    }
    return drained;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (left == 0) {
      return -1;
    }
    int read = 0;
    while (read < length && left > 0) {
      int bytes = Math.min(length - read, endOfPart() - at);
      System.arraycopy(parts[part], at, target, offset + read, bytes);
      read += bytes;
      left -= bytes;
      at += bytes;
      if (at == endOfPart() && left > 0) {
        part++;
        at = 0;
      }
    }
    return read;
  }
}
