// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.check.Check;
import io.quorate.rocksdb.segments.SegmentOptions;
import org.jspecify.annotations.Nullable;

/**
 * How a log is kept.
 *
 * @param kind in what files; null: as the directory has it, {@link LogKind#SEGMENTS} in a new one
 * @param sync whether every group of writes is synced before it counts as durable; without it a
 *     group survives the death of the process but not that of the machine
 * @param memtableBytes how much of the log RocksDB gathers in memory before it writes a table file;
 *     also the size of one write-ahead log
 * @param recycledLogFiles how many retired files are kept to be overwritten, write-ahead logs or
 *     segments: a sync is cheaper in a file that does not grow
 * @param segmentBytes size of one segment
 */
public record LogOptions(
    @Nullable LogKind kind,
    boolean sync,
    long memtableBytes,
    int recycledLogFiles,
    long segmentBytes) {
  /** Segments in a new directory, synced; memtables of 64 MiB, two recycled files, 64 MiB each. */
  public static final LogOptions DEFAULT = new LogOptions(null, true, 64L << 20, 2, 64L << 20);

  /** Refuses sizes that RocksDB would silently change, or that no segment can have. */
  public LogOptions {
    Check.that(memtableBytes >= 64 << 10, "memtable of %s bytes is too small", memtableBytes);
    Check.that(recycledLogFiles >= 0, "%s recycled log files", recycledLogFiles);
    Check.that(
        segmentBytes >= SegmentOptions.BYTES_MIN && segmentBytes <= SegmentOptions.BYTES_MAX,
        "segments of %s bytes",
        segmentBytes);
  }

  /** The same in other files. */
  public LogOptions withKind(LogKind other) {
    return new LogOptions(other, sync, memtableBytes, recycledLogFiles, segmentBytes);
  }

  /** The same, synced or not. */
  public LogOptions withSync(boolean synced) {
    return new LogOptions(kind, synced, memtableBytes, recycledLogFiles, segmentBytes);
  }

  /** The same with memtables of another size. */
  public LogOptions withMemtableBytes(long bytes) {
    return new LogOptions(kind, sync, bytes, recycledLogFiles, segmentBytes);
  }

  /** The same with segments of another size. */
  public LogOptions withSegmentBytes(long bytes) {
    return new LogOptions(kind, sync, memtableBytes, recycledLogFiles, bytes);
  }

  SegmentOptions segments() {
    return new SegmentOptions(sync, segmentBytes, recycledLogFiles);
  }
}
