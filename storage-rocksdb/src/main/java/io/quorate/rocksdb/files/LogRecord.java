// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.files;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The few records beside the entries. Their numbers and keys are on disks: they stay. */
public enum LogRecord {
  /** The protocol's hard state. */
  HARD_STATE(1, "hard-state"),
  /** What stands before the first entry: slot, epoch, hash. */
  BASE(2, "base"),
  /** Number of the last group of writes, and the last slot and its hash after it. */
  HEAD(3, "head"),
  /** Incarnation of the data directory, so that a log moved between directories is noticed. */
  OWNER(4, "owner");

  private final int number;
  private final String key;

  LogRecord(int number, String key) {
    this.number = number;
    this.key = key;
  }

  /** How segment files name it. */
  public int number() {
    return number;
  }

  /** How RocksDB names it. */
  public byte[] key() {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  /** The record of a number; null if there is none. */
  public static @Nullable LogRecord ofNumber(int number) {
    for (LogRecord record : values()) {
      if (record.number == number) {
        return record;
      }
    }
    return null;
  }
}
