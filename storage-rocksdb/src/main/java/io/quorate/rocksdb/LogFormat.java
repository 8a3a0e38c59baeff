// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.LogBase;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Keys in RocksDB, and records wherever they are kept. Entries have a column family of their own,
 * keyed by slot, big-endian so that keys ascend with slots; the value is the entry's frame as it
 * is. The headers stand in a second one once more, so that damage to an entry leaves known what it
 * was. The few other records stand in the default column family, each followed by its own CRC32C.
 */
final class LogFormat {
  /** Column family of the entries. */
  static final byte[] ENTRIES = utf8("entries");

  /** Column family of the copies of the entries' headers, keyed as they are. */
  static final byte[] HEADERS = utf8("headers");

  /**
   * Column family of what was damaged and put back: entries and copies of headers. Apart from the
   * damage, because a table file that overlaps a damaged one would be merged with it, and the merge
   * would fail.
   */
  static final byte[] MENDED = utf8("mended");

  /** Bytes of a key in the column family of the entries. */
  static final int KEY_BYTES = 8;

  private LogFormat() {}

  /** The state of the log after a group of writes. */
  record Head(long group, long slot, ChainHash hash) {
    static final Head NONE = new Head(0, 0, ChainHash.ROOT);
  }

  static byte[] key(long slot) {
    byte[] key = new byte[KEY_BYTES];
    Bytes.putLong(key, 0, Long.reverseBytes(slot));
    return key;
  }

  /** Key of an entry that was put back. */
  static byte[] mendedKey(long slot) {
    return prefixed('e', slot);
  }

  /** Key of the copy of a header that was put back. */
  static byte[] mendedHeaderKey(long slot) {
    return prefixed('h', slot);
  }

  /** The slot of a key of either kind. */
  static long slotOfMended(byte[] key) {
    byte[] plain = new byte[KEY_BYTES];
    System.arraycopy(key, 1, plain, 0, KEY_BYTES);
    return slotOf(plain);
  }

  private static byte[] prefixed(char prefix, long slot) {
    byte[] key = new byte[1 + KEY_BYTES];
    key[0] = (byte) prefix;
    System.arraycopy(key(slot), 0, key, 1, KEY_BYTES);
    return key;
  }

  static long slotOf(byte[] key) {
    return Long.reverseBytes(Bytes.getLong(key, 0));
  }

  static byte[] encode(LogBase base) {
    byte[] record = new byte[32];
    Bytes.putLong(record, 0, base.slot());
    Bytes.putLong(record, 8, base.epoch());
    base.hash().write(record, 16);
    return sealed(record);
  }

  static LogBase decodeBase(byte[] sealed) throws CorruptEntry {
    byte[] record = opened(sealed, "base", 32);
    return new LogBase(
        Bytes.getLong(record, 0), Bytes.getLong(record, 8), ChainHash.read(record, 16));
  }

  static byte[] encode(Head head) {
    byte[] record = new byte[32];
    Bytes.putLong(record, 0, head.group);
    Bytes.putLong(record, 8, head.slot);
    head.hash.write(record, 16);
    return sealed(record);
  }

  static Head decodeHead(byte[] sealed) throws CorruptEntry {
    byte[] record = opened(sealed, "head", 32);
    return new Head(Bytes.getLong(record, 0), Bytes.getLong(record, 8), ChainHash.read(record, 16));
  }

  /** Appends the checksum. */
  static byte[] sealed(byte[] record) {
    byte[] sealed = new byte[record.length + 4];
    System.arraycopy(record, 0, sealed, 0, record.length);
    Bytes.putInt(sealed, record.length, crc(record, record.length));
    return sealed;
  }

  /** Checks the checksum and takes it off. */
  static byte[] opened(byte[] sealed, String name) throws CorruptEntry {
    int length = sealed.length - 4;
    if (length < 0 || Bytes.getInt(sealed, length) != crc(sealed, length)) {
      throw new CorruptEntry("checksum of the record \"" + name + "\" does not match");
    }
    byte[] record = new byte[length];
    System.arraycopy(sealed, 0, record, 0, length);
    return record;
  }

  private static byte[] opened(byte[] sealed, String name, int length) throws CorruptEntry {
    byte[] record = opened(sealed, name);
    if (record.length != length) {
      throw new CorruptEntry(
          "record \"" + name + "\" has " + record.length + " bytes, not " + length);
    }
    return record;
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
