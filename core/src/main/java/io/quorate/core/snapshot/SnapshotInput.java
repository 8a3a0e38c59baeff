// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.snapshot;

import io.quorate.api.GroupId;
import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link SnapshotOutput} wrote, and hands out no byte that it has not checked. For one
 * thread; does not close the stream below.
 */
public final class SnapshotInput {
  private static final int HEADER_BYTES_MAX = 64 << 20;

  private final InputStream in;
  private final SnapshotHeader header;
  private @Nullable Section open;
  private int sections;

  /**
   * Reads and checks the header.
   *
   * @throws CorruptSnapshot if the bytes are damaged
   * @throws SnapshotMismatch if the format is of a newer release
   */
  public SnapshotInput(InputStream in) throws IOException {
    this.in = in;
    byte[] start = exactly(16);
    if (!Arrays.equals(start, 0, 8, SnapshotOutput.MAGIC, 0, 8)) {
      throw new CorruptSnapshot("the stream does not begin as a snapshot does");
    }
    int format = Bytes.getInt(start, 8);
    if (format > SnapshotOutput.FORMAT) {
      throw new SnapshotMismatch(
          "snapshot has format "
              + format
              + ", this release reads "
              + SnapshotOutput.FORMAT
              + ": start a release that reads format "
              + format);
    }
    int length = Bytes.getInt(start, 12);
    if (format < 1 || length < 64 || length > HEADER_BYTES_MAX) {
      throw new CorruptSnapshot("snapshot of format " + format + " with header of " + length);
    }
    byte[] rest = exactly(length + 4);
    CRC32C crc = new CRC32C();
    crc.update(start);
    crc.update(rest, 0, length);
    if ((int) crc.getValue() != Bytes.getInt(rest, length)) {
      throw new CorruptSnapshot("checksum of the snapshot header does not match");
    }
    header = decode(rest, length);
  }

  /** What the snapshot says of itself. */
  public SnapshotHeader header() {
    return header;
  }

  /** Begins the next section; the stream must be closed before the next call. */
  public InputStream section(SnapshotSection section) throws IOException {
    Check.that(open == null, "section %s begins within another", section.number());
    Check.that(section.number() == sections + 1, "section %s is not next", section.number());
    int number = Bytes.getInt(exactly(4), 0);
    if (number != section.number()) {
      throw new CorruptSnapshot(
          "snapshot has section " + number + " where section " + section.number() + " should be");
    }
    sections++;
    Section begun = new Section();
    open = begun;
    return begun;
  }

  /** Makes sure that the snapshot is complete and that nothing follows. */
  public void finish() throws IOException {
    Check.that(open == null, "section %s is still open", sections);
    int number = Bytes.getInt(exactly(4), 0);
    if (number != SnapshotSection.END) {
      throw new CorruptSnapshot("snapshot has section " + number + " where its end should be");
    }
    if (in.read() != -1) {
      throw new CorruptSnapshot("bytes follow the end of the snapshot");
    }
  }

  private byte[] exactly(int length) throws IOException {
    // Reads as it goes, so that a damaged length cannot make us allocate what is not there.
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new CorruptSnapshot("the snapshot is cut off");
    }
    return bytes;
  }

  private static SnapshotHeader decode(byte[] bytes, int length) throws CorruptSnapshot {
    byte[] group = part(bytes, 52, length);
    int nameAt = 52 + 4 + group.length;
    byte[] name = part(bytes, nameAt, length);
    int configurationAt = nameAt + 4 + name.length;
    byte[] configuration = part(bytes, configurationAt, length);
    if (configurationAt + 4 + configuration.length != length) {
      throw new CorruptSnapshot("bytes follow the snapshot header");
    }
    try {
      return new SnapshotHeader(
          GroupId.of(new String(group, StandardCharsets.UTF_8)),
          new String(name, StandardCharsets.UTF_8),
          Bytes.getInt(bytes, 0),
          Bytes.getLong(bytes, 4),
          Bytes.getLong(bytes, 12),
          ChainHash.read(bytes, 20),
          Bytes.getLong(bytes, 36),
          Bytes.getLong(bytes, 44),
          configuration);
    } catch (IllegalArgumentException e) {
      throw new CorruptSnapshot("snapshot header: " + e.getMessage());
    }
  }

  private static byte[] part(byte[] bytes, int at, int end) throws CorruptSnapshot {
    if (at + 4 > end) {
      throw new CorruptSnapshot("the snapshot header is cut off");
    }
    int length = Bytes.getInt(bytes, at);
    if (length < 0 || length > end - at - 4) {
      throw new CorruptSnapshot("the snapshot header is cut off");
    }
    return Arrays.copyOfRange(bytes, at + 4, at + 4 + length);
  }

  /** One section; checks each block before it gives any of it. */
  private final class Section extends InputStream {
    private final CRC32C crc = new CRC32C();
    private byte[] block = {};
    private int next;
    private long total;
    private boolean ended;

    @Override
    public int read() throws IOException {
      return fill() ? block[next++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int part = Math.min(length, block.length - next);
      System.arraycopy(block, next, bytes, offset, part);
      next += part;
      return part;
    }

    @Override
    public int available() {
      return block.length - next;
    }

    /** Reads on to the end of the section, checking it; the stream below stays open. */
    @Override
    public void close() throws IOException {
      while (!ended) {
        next = block.length;
        fill();
      }
      next = block.length;
      open = null;
    }

    private boolean fill() throws IOException {
      if (next < block.length) {
        return true;
      }
      if (ended) {
        return false;
      }
      byte[] start = exactly(8);
      int length = Bytes.getInt(start, 0);
      if (length < 0 || length > SnapshotOutput.BLOCK_BYTES_MAX) {
        throw new CorruptSnapshot("block of " + length + " bytes in section " + sections);
      }
      block = exactly(length);
      next = 0;
      crc.update(block);
      if ((int) crc.getValue() != Bytes.getInt(start, 4)) {
        throw new CorruptSnapshot(
            "checksum does not match in section " + sections + " behind byte " + total);
      }
      total += length;
      if (length == 0) {
        ended = true;
        if (Bytes.getLong(exactly(8), 0) != total) {
          throw new CorruptSnapshot("length of section " + sections + " does not match");
        }
      }
      return !ended;
    }
  }
}
