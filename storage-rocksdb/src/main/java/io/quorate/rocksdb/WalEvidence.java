// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * What RocksDB's write-ahead logs themselves tell about what must be in them.
 *
 * <p>A group is written only after the one before it was synced. So the beginning of a record,
 * found sound anywhere, proves that everything before it had been synced, also what RocksDB cannot
 * read any more and silently drops. This catches a log that is damaged in its middle even when a
 * power loss has taken back the marker; a torn end proves nothing, for nothing begins behind it.
 *
 * <p>Knows just enough of the files: blocks of 32 KiB; in them pieces with a masked CRC32C, a
 * length, a type, and the number of the log (in files that are overwritten, what remains of a
 * former log has another one); a batch begins with its sequence number. A layout that it does not
 * know yields no evidence, never a wrong one.
 */
final class WalEvidence {
  private static final int BLOCK_BYTES = 32 * 1024;
  private static final int HEADER_BYTES = 7;
  private static final int RECYCLABLE_HEADER_BYTES = 11;
  private static final int FULL = 1;
  private static final int FIRST = 2;
  private static final int RECYCLABLE_FULL = 5;
  private static final int RECYCLABLE_FIRST = 6;
  private static final int RECYCLABLE_LAST = 8;
  private static final int BATCH_HEADER_BYTES = 12;
  private static final int CRC_MASK = 0xa282ead8;

  private final long logNumber;
  private final byte[] block = new byte[BLOCK_BYTES];
  private long lastBegun;

  private WalEvidence(long logNumber) {
    this.logNumber = logNumber;
  }

  /**
   * The highest sequence number with which a batch begins in any log of a database that is not
   * open; everything below it had been synced. 0 if there is no such batch.
   */
  static long lastBegun(Path database) throws IOException {
    if (!Files.isDirectory(database)) {
      return 0;
    }
    long last = 0;
    List<Path> logs;
    try (Stream<Path> files = Files.list(database)) {
      logs = files.filter(file -> numberOf(file) >= 0).toList();
    }
    for (Path log : logs) {
      WalEvidence evidence = new WalEvidence(numberOf(log));
      evidence.scan(log);
      last = Math.max(last, evidence.lastBegun);
    }
    return last;
  }

  private static long numberOf(Path file) {
    String name = String.valueOf(file.getFileName());
    if (!name.matches("[0-9]{1,18}\\.log")) {
      return -1;
    }
    return Long.parseLong(name.substring(0, name.length() - ".log".length()));
  }

  private void scan(Path log) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      int filled;
      while ((filled = fill(file)) > 0) {
        scanBlock(filled);
      }
    }
  }

  private int fill(RandomAccessFile file) throws IOException {
    int filled = 0;
    int read;
    while (filled < BLOCK_BYTES && (read = file.read(block, filled, BLOCK_BYTES - filled)) > 0) {
      filled += read;
    }
    return filled;
  }

  /** Every block begins with a piece; behind a damaged one, its length may still be right. */
  private void scanBlock(int filled) {
    int at = 0;
    while (at + HEADER_BYTES <= filled) {
      int length = (block[at + 4] & 0xff) | (block[at + 5] & 0xff) << 8;
      int type = block[at + 6];
      boolean recyclable = type >= RECYCLABLE_FULL && type <= RECYCLABLE_LAST;
      int header = recyclable ? RECYCLABLE_HEADER_BYTES : HEADER_BYTES;
      if (type == 0 || at + header + length > filled) {
        return;
      }
      if (isSound(at, header, length, recyclable) && begins(type)) {
        note(at + header, length);
      }
      at += header + length;
    }
  }

  private static boolean begins(int type) {
    return type == FULL || type == FIRST || type == RECYCLABLE_FULL || type == RECYCLABLE_FIRST;
  }

  private void note(int at, int length) {
    if (length >= BATCH_HEADER_BYTES) {
      lastBegun = Math.max(lastBegun, Bytes.getLong(block, at));
    }
  }

  private boolean isSound(int at, int header, int length, boolean recyclable) {
    if (recyclable && Bytes.getInt(block, at + HEADER_BYTES) != (int) logNumber) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(block, at + 6, header - 6 + length);
    int value = (int) crc.getValue();
    return Bytes.getInt(block, at) == (value >>> 15 | value << 17) + CRC_MASK;
  }
}
