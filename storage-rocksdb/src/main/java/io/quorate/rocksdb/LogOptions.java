// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.check.Check;

/**
 * How a log is kept.
 *
 * @param sync whether every group of writes is synced before it counts as durable; without it a
 *     group survives the death of the process but not that of the machine
 * @param memtableBytes how much of the log RocksDB gathers in memory before it writes a table file;
 *     also the size of one write-ahead log
 * @param recycledLogFiles how many retired write-ahead logs are kept to be overwritten: a sync is
 *     cheaper in a file that does not grow
 */
public record LogOptions(boolean sync, long memtableBytes, int recycledLogFiles) {
  /** Synced, 64 MiB, two recycled files. */
  public static final LogOptions DEFAULT = new LogOptions(true, 64L << 20, 2);

  /** Refuses sizes that RocksDB would silently change. */
  public LogOptions {
    Check.that(memtableBytes >= 64 << 10, "memtable of %s bytes is too small", memtableBytes);
    Check.that(recycledLogFiles >= 0, "%s recycled log files", recycledLogFiles);
  }

  /** The same, synced or not. */
  public LogOptions withSync(boolean synced) {
    return new LogOptions(synced, memtableBytes, recycledLogFiles);
  }

  /** The same with memtables of another size. */
  public LogOptions withMemtableBytes(long bytes) {
    return new LogOptions(sync, bytes, recycledLogFiles);
  }
}
