// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import java.util.concurrent.TimeUnit;

/** Counts what a log store does. Written by the thread that writes; any thread may read. */
public final class LogMeter {
  /** The marker may lag behind the disk for this long before it gets a sync of its own. */
  private static final long MARKER_LAG_NANOS = TimeUnit.SECONDS.toNanos(1);

  private volatile long groups;
  private volatile long syncs;
  private volatile long entries;
  private volatile long bytes;
  private long markerSyncedNanos = System.nanoTime();

  LogMeter() {}

  /** Groups of writes. */
  public long groups() {
    return groups;
  }

  /** Calls of fsync for the log and for its marker, without those that RocksDB does by itself. */
  public long syncs() {
    return syncs;
  }

  /** Entries appended. */
  public long entries() {
    return entries;
  }

  /** Bytes handed to the write-ahead log; RocksDB writes them once more when it leaves memory. */
  public long bytes() {
    return bytes;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
  void written(long batchBytes, int appended, boolean synced) {
    groups++;
    bytes += batchBytes;
    entries += appended;
    if (synced) {
      syncs++;
    }
  }

  boolean markerSyncDue() {
    return System.nanoTime() - markerSyncedNanos > MARKER_LAG_NANOS;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
  void markerSynced() {
    syncs++;
    markerSyncedNanos = System.nanoTime();
  }
}
