// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.files;

/**
 * One group of changes to the files of a log, all or nothing, in order. Only valid within {@link
 * LogFiles#write}. Arrays that are handed in are not changed afterwards by anybody.
 */
public interface LogChanges {
  /** Replaces a record. */
  void putRecord(LogRecord record, byte[] value);

  /** Puts an entry behind the last one, or behind a base beyond it. */
  void putEntry(long slot, byte[] frame);

  /** Puts the copy of the header of an entry, in a place of its own. */
  void putHeader(long slot, byte[] copy);

  /** Puts back an entry whose frame is damaged, apart from the damage. */
  void putMended(long slot, byte[] frame);

  /** Puts back the copy of a header that is damaged, apart from the damage. */
  void putMendedHeader(long slot, byte[] copy);

  /** Deletes the entries of a range that reaches to the end of the log, and all that is theirs. */
  void truncate(long from, long through);

  /** The log now begins behind {@code slot}: nobody asks for what was put back up to it. */
  void forgetThrough(long slot);
}
