// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.log.Bytes;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.LogRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands at both ends of a group, so that one bad sector does not hide it: where its parts
 * are, and all that is small in it. A group in a segment:
 *
 * <pre>
 * block      this, padded to 8 bytes
 * frames     of the entries, one after the other; each has its own checksums
 * mended     what is put back: frames, then copies of headers
 * copies     of the entries' headers, each with its own checksum; apart from the frames
 * block      again, with another magic number, at a multiple of 8 bytes
 * </pre>
 *
 * <p>A block, little-endian:
 *
 * <pre>
 * offset  bytes
 *      0      8  "QRTGRP1h" before the bodies, "QRTGRP1t" behind them
 *      8      4  format
 *     12      4  length of the block with its checksum, without padding
 *     16      8  incarnation of the segment: what a file held before it was recycled has another
 *     24      8  number of the group; each group has one more than the one before it
 *     32      4  offset of the group in the segment
 *     36      4  length of the group, with both blocks
 *     40      8  slots from here on are truncated, before all else; 0 if none
 *     48      8  the log begins behind this slot; 0 if that does not change
 *     56      8  slot of the first entry
 *     64      4  number of entries
 *     68      4  length of the copy of each header
 *     72      4  number of parts that are put back
 *     76      4  number of records
 *     80      4  CRC32C of frames, mended and copies
 *     84      4  0
 *     88         lengths of the frames, 4 bytes each
 *                what is put back: slot (8), 0 for a frame or 1 for a header (4), length (4)
 *                records: number (4), length (4), bytes
 *                CRC32C of the block, 4 bytes
 * </pre>
 *
 * <p>The first group of a segment has all records and says where the log begins, so that no earlier
 * segment is needed for that.
 */
final class GroupBlock {
  static final int FORMAT = 1;

  /** Groups and blocks begin at multiples of it. */
  static final int ALIGNMENT = 8;

  /** What the operating system writes at least. */
  static final int PAGE_BYTES = 4096;

  static final long MAGIC_BEFORE = 0x6831_5052_4754_5251L;
  static final long MAGIC_BEHIND = 0x7431_5052_4754_5251L;

  private static final int TABLE_AT = 88;
  private static final int CRC_BYTES = 4;

  /** Something that is put back; its bytes are in the group. */
  record Mended(long slot, boolean header, int bytes) {}

  final long incarnation;
  final long number;
  final int offset;
  final int groupBytes;
  final int blockBytes;
  final long truncateFrom;
  final long beginsBehind;
  final long firstSlot;
  final int[] frameBytes;
  final int copyBytes;
  final List<Mended> mended;
  final Map<LogRecord, byte[]> records;
  final int bodyCrc;

  GroupBlock(
      long incarnation,
      long number,
      int offset,
      SegmentGroup group,
      Map<LogRecord, byte[]> records) {
    this.incarnation = incarnation;
    this.number = number;
    this.offset = offset;
    this.truncateFrom = group.truncateFrom();
    this.beginsBehind = group.beginsBehind();
    this.firstSlot = group.firstSlot();
    this.frameBytes = group.frameBytes();
    this.copyBytes = group.copyBytes();
    this.mended = group.mended();
    this.records = records;
    this.bodyCrc = group.bodyCrc();
    this.blockBytes = blockBytes(frameBytes.length, mended.size(), records);
    this.groupBytes = groupBytes(blockBytes, group.bodyBytes());
  }

  private GroupBlock(byte[] block) {
    this.blockBytes = block.length;
    this.incarnation = Bytes.getLong(block, 16);
    this.number = Bytes.getLong(block, 24);
    this.offset = Bytes.getInt(block, 32);
    this.groupBytes = Bytes.getInt(block, 36);
    this.truncateFrom = Bytes.getLong(block, 40);
    this.beginsBehind = Bytes.getLong(block, 48);
    this.firstSlot = Bytes.getLong(block, 56);
    this.frameBytes = new int[Bytes.getInt(block, 64)];
    this.copyBytes = Bytes.getInt(block, 68);
    int mendedCount = Bytes.getInt(block, 72);
    int recordCount = Bytes.getInt(block, 76);
    this.bodyCrc = Bytes.getInt(block, 80);
    int at = TABLE_AT;
    for (int i = 0; i < frameBytes.length; i++, at += 4) {
      frameBytes[i] = Bytes.getInt(block, at);
    }
    this.mended = new ArrayList<>();
    for (int i = 0; i < mendedCount; i++, at += 16) {
      boolean header = Bytes.getInt(block, at + 8) == 1;
      mended.add(new Mended(Bytes.getLong(block, at), header, Bytes.getInt(block, at + 12)));
    }
    this.records = new EnumMap<>(LogRecord.class);
    for (int i = 0; i < recordCount; i++) {
      @Nullable LogRecord record = LogRecord.ofNumber(Bytes.getInt(block, at));
      byte[] value = new byte[Bytes.getInt(block, at + 4)];
      System.arraycopy(block, at + 8, value, 0, value.length);
      at += 8 + value.length;
      if (record != null) {
        records.put(record, value);
      }
    }
  }

  /** Bytes of a block with so much in it. */
  static int blockBytes(int entries, int mended, Map<LogRecord, byte[]> records) {
    long bytes = TABLE_AT + 4L * entries + 16L * mended + CRC_BYTES;
    for (byte[] value : records.values()) {
      bytes += 8 + value.length;
    }
    return Math.toIntExact(bytes);
  }

  /** Bytes of a group with such a block and such bodies. */
  static int groupBytes(int blockBytes, long bodyBytes) {
    return Math.toIntExact(2L * padded(blockBytes) + padded(bodyBytes));
  }

  /**
   * Where a group begins behind the one that ends at a position: there, or on the next page if it
   * would otherwise touch one more page than it has to. Every page that a sync finds touched is
   * written whole.
   */
  static long begin(long position, int groupBytes) {
    long pages = (position % PAGE_BYTES + groupBytes + PAGE_BYTES - 1) / PAGE_BYTES;
    long fewest = ((long) groupBytes + PAGE_BYTES - 1) / PAGE_BYTES;
    return pages > fewest ? nextPage(position) : position;
  }

  /** The first page that begins at a position or behind it. */
  static long nextPage(long position) {
    return (position + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }

  static long padded(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** The block in front of the bodies or, with the same content, the one behind them. */
  byte[] encode(boolean before) {
    byte[] block = new byte[blockBytes];
    Bytes.putLong(block, 0, before ? MAGIC_BEFORE : MAGIC_BEHIND);
    Bytes.putInt(block, 8, FORMAT);
    Bytes.putInt(block, 12, blockBytes);
    Bytes.putLong(block, 16, incarnation);
    Bytes.putLong(block, 24, number);
    Bytes.putInt(block, 32, offset);
    Bytes.putInt(block, 36, groupBytes);
    Bytes.putLong(block, 40, truncateFrom);
    Bytes.putLong(block, 48, beginsBehind);
    Bytes.putLong(block, 56, firstSlot);
    Bytes.putInt(block, 64, frameBytes.length);
    Bytes.putInt(block, 68, copyBytes);
    Bytes.putInt(block, 72, mended.size());
    Bytes.putInt(block, 76, records.size());
    Bytes.putInt(block, 80, bodyCrc);
    int at = TABLE_AT;
    for (int bytes : frameBytes) {
      Bytes.putInt(block, at, bytes);
      at += 4;
    }
    for (Mended each : mended) {
      Bytes.putLong(block, at, each.slot);
      Bytes.putInt(block, at + 8, each.header ? 1 : 0);
      Bytes.putInt(block, at + 12, each.bytes);
      at += 16;
    }
    for (Map.Entry<LogRecord, byte[]> record : records.entrySet()) {
      byte[] value = record.getValue();
      Bytes.putInt(block, at, record.getKey().number());
      Bytes.putInt(block, at + 4, value.length);
      System.arraycopy(value, 0, block, at + 8, value.length);
      at += 8 + value.length;
    }
    Bytes.putInt(block, at, crc(block, at));
    return block;
  }

  /**
   * Reads the block that stands at a position of a segment; null if there is no sound one of this
   * incarnation that belongs there.
   */
  static @Nullable GroupBlock at(SegmentWindow window, long position, long incarnation)
      throws IOException {
    long size = window.size();
    if (position + TABLE_AT + CRC_BYTES > size) {
      return null;
    }
    long magic = window.getLong(position);
    if ((magic != MAGIC_BEFORE && magic != MAGIC_BEHIND)
        || window.getLong(position + 16) != incarnation) {
      return null;
    }
    int length = window.getInt(position + 12);
    if (length < TABLE_AT + CRC_BYTES || position + length > size) {
      return null;
    }
    byte[] bytes = window.bytes(position, length);
    int end = length - CRC_BYTES;
    if (Bytes.getInt(bytes, end) != crc(bytes, end)) {
      return null;
    }
    if (Bytes.getInt(bytes, 8) != FORMAT) {
      throw new StorageFault(
          "%s has segment format %d, this release reads %d: use the release that wrote it"
              .formatted(window.path(), Bytes.getInt(bytes, 8), FORMAT));
    }
    GroupBlock block = new GroupBlock(bytes);
    long belongs = magic == MAGIC_BEFORE ? block.offset : block.behindAt();
    return belongs == position && block.end() <= size ? block : null;
  }

  /** Where the bodies begin. */
  long bodiesAt() {
    return offset + padded(blockBytes);
  }

  long bodyBytes() {
    long bytes = (long) copyBytes * frameBytes.length;
    for (int each : frameBytes) {
      bytes += each;
    }
    for (Mended each : mended) {
      bytes += each.bytes;
    }
    return bytes;
  }

  /** Where the second block stands. */
  long behindAt() {
    return end() - padded(blockBytes);
  }

  /** Where the next group begins. */
  long end() {
    return (long) offset + groupBytes;
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
