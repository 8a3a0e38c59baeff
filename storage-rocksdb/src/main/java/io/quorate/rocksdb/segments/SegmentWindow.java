// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.log.Bytes;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A segment read from front to back through one buffer. What the disk cannot read stands there as
 * zeros: it is damaged like any other wrong byte. Not safe for several threads.
 */
final class SegmentWindow {
  private static final int BYTES = 256 << 10;
  private static final int SECTOR_BYTES = 4096;

  private final Segment segment;
  private final byte[] buffer = new byte[BYTES];
  private long begin;
  private long end;

  SegmentWindow(Segment segment) {
    this.segment = segment;
  }

  long size() {
    return segment.size();
  }

  Path path() {
    return segment.path();
  }

  long getLong(long position) throws IOException {
    return Bytes.getLong(buffer, within(position, 8));
  }

  int getInt(long position) throws IOException {
    return Bytes.getInt(buffer, within(position, 4));
  }

  byte[] bytes(long position, int length) throws IOException {
    if (length > BYTES) {
      byte[] bytes = new byte[length];
      read(position, bytes);
      return bytes;
    }
    int at = within(position, length);
    return Arrays.copyOfRange(buffer, at, at + length);
  }

  private int within(long position, int length) throws IOException {
    if (position < begin || position + length > end) {
      read(position, buffer);
      begin = position;
      end = position + BYTES;
    }
    return (int) (position - begin);
  }

  /** Fills an array; with zeros beyond the end of the file. */
  private void read(long position, byte[] into) throws IOException {
    Arrays.fill(into, (byte) 0);
    try {
      segment.read(position, into);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      Arrays.fill(into, (byte) 0);
      readSectors(position, into);
    }
  }

  private void readSectors(long position, byte[] into) throws IOException {
    int at = 0;
    while (at < into.length) {
      int length =
          Math.min(into.length - at, (int) (SECTOR_BYTES - (position + at) % SECTOR_BYTES));
      byte[] sector = new byte[length];
      try {
        segment.read(position + at, sector);
        System.arraycopy(sector, 0, into, at, length);
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        // This one stays zero.
      }
      at += length;
    }
  }
}
