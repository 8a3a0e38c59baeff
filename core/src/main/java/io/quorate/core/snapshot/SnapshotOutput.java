// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.snapshot;

import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes a snapshot as one stream. Numbers are little-endian.
 *
 * <pre>
 * offset  bytes
 *      0      8  "QUORSNAP"
 *      8      4  format version (1)
 *     12      4  length h of what follows up to the checksum
 *     16      4    version of the state machine
 *     20      8    slot
 *     28      8    epoch
 *     36     16    H(slot)
 *     52      8    index of the last command
 *     60      8    earliest consensus time of the next entry
 *     68           three times: 4 bytes of length, and that: group, name of the state machine
 *                  (both UTF-8), body of the last configuration entry
 *   16+h      4  CRC32C of all bytes before
 *
 * then the sections, sessions and state, each:
 *      0      4  number of the section
 *      4         blocks:
 *      0      4    length of the block, 1 to 65536
 *      4      4    CRC32C of this section's content up to and including this block
 *      8           content
 *                end of the section:
 *      0      4    0
 *      4      4    CRC32C of this section's content
 *      8      8    length of this section's content
 *
 * then    4      0: the snapshot is complete
 * </pre>
 *
 * <p>The content of the sessions section is a sequence of records, each with 4 bytes of length
 * before it: the header of the table, then its sessions, ascending by id.
 *
 * <p>For one thread; buffers blocks itself, and does not close the stream below.
 */
public final class SnapshotOutput {
  static final byte[] MAGIC = "QUORSNAP".getBytes(StandardCharsets.US_ASCII);
  static final int FORMAT = 1;
  static final int BLOCK_BYTES_MAX = 65_536;

  private final OutputStream out;
  private @Nullable Section open;
  private int sections;

  /** Writes the header. */
  public SnapshotOutput(OutputStream out, SnapshotHeader header) throws IOException {
    this.out = out;
    out.write(encode(header));
  }

  /** Begins the next section; the stream must be closed before the next call. */
  public OutputStream section(SnapshotSection section) throws IOException {
    Check.that(open == null, "section %s begins within another", section.number());
    Check.that(section.number() == sections + 1, "section %s is not next", section.number());
    byte[] number = new byte[4];
    Bytes.putInt(number, 0, section.number());
    out.write(number);
    sections++;
    Section begun = new Section();
    open = begun;
    return begun;
  }

  /** Marks the snapshot as complete and flushes the stream below. */
  public void finish() throws IOException {
    Check.that(open == null, "section %s is still open", sections);
    Check.that(
        sections == SnapshotSection.values().length, "the snapshot has %s sections", sections);
    byte[] end = new byte[4];
    Bytes.putInt(end, 0, SnapshotSection.END);
    out.write(end);
    out.flush();
  }

  private static byte[] encode(SnapshotHeader header) {
    byte[] group = header.group().value().getBytes(StandardCharsets.UTF_8);
    byte[] name = header.stateMachine().getBytes(StandardCharsets.UTF_8);
    byte[] configuration = header.configuration();
    int length = 52 + 3 * 4 + group.length + name.length + configuration.length;
    byte[] bytes = new byte[16 + length + 4];
    System.arraycopy(MAGIC, 0, bytes, 0, MAGIC.length);
    Bytes.putInt(bytes, 8, FORMAT);
    Bytes.putInt(bytes, 12, length);
    Bytes.putInt(bytes, 16, header.version());
    Bytes.putLong(bytes, 20, header.slot());
    Bytes.putLong(bytes, 28, header.epoch());
    header.hash().write(bytes, 36);
    Bytes.putLong(bytes, 52, header.lastIndex());
    Bytes.putLong(bytes, 60, header.timeFloorNanos());
    int at = putBytes(bytes, 68, group);
    at = putBytes(bytes, at, name);
    at = putBytes(bytes, at, configuration);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, at);
    Bytes.putInt(bytes, at, (int) crc.getValue());
    return bytes;
  }

  private static int putBytes(byte[] bytes, int at, byte[] part) {
    Bytes.putInt(bytes, at, part.length);
    System.arraycopy(part, 0, bytes, at + 4, part.length);
    return at + 4 + part.length;
  }

  /** One section; gathers blocks. */
  private final class Section extends OutputStream {
    private final byte[] block = new byte[8 + BLOCK_BYTES_MAX];
    private final CRC32C crc = new CRC32C();
    private int filled;
    private long total;
    private boolean closed;

    @Override
    public void write(int b) throws IOException {
      ensureOpen();
      block[8 + filled++] = (byte) b;
      if (filled == BLOCK_BYTES_MAX) {
        writeBlock();
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ensureOpen();
      int from = offset;
      int left = length;
      while (left > 0) {
        int part = Math.min(left, BLOCK_BYTES_MAX - filled);
        System.arraycopy(bytes, from, block, 8 + filled, part);
        filled += part;
        from += part;
        left -= part;
        if (filled == BLOCK_BYTES_MAX) {
          writeBlock();
        }
      }
    }

    /** Ends the section; the stream below stays open. */
    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      if (filled > 0) {
        writeBlock();
      }
      byte[] end = new byte[16];
      Bytes.putInt(end, 4, (int) crc.getValue());
      Bytes.putLong(end, 8, total);
      out.write(end);
      closed = true;
      open = null;
    }

    private void writeBlock() throws IOException {
      crc.update(block, 8, filled);
      Bytes.putInt(block, 0, filled);
      Bytes.putInt(block, 4, (int) crc.getValue());
      out.write(block, 0, 8 + filled);
      total += filled;
      filled = 0;
    }

    private void ensureOpen() throws IOException {
      if (closed) {
        throw new IOException("this section of the snapshot was closed");
      }
    }
  }
}
