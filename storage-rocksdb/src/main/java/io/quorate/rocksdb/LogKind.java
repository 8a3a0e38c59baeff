// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

/** In what files a log is kept. The rules above them are the same; a log stays what it began as. */
public enum LogKind {
  /** A RocksDB database. */
  ROCKSDB,
  /** Preallocated files, each group of writes once. */
  SEGMENTS
}
