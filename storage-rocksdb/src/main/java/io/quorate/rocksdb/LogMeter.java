// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a log store does. Written by the thread that writes; any thread may read. */
public final class LogMeter {
  /** The marker may lag behind the disk for this long before it gets a sync of its own. */
  private static final long MARKER_LAG_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong groups = new AtomicLong();
  private final AtomicLong syncs = new AtomicLong();
  private final AtomicLong markerSyncs = new AtomicLong();
  private final AtomicLong entries = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private long markerSyncedNanos = System.nanoTime();

  LogMeter() {}

  /** Groups of writes. */
  public long groups() {
    return groups.get();
  }

  /** Calls of fsync for the log and for its marker, without those that RocksDB does by itself. */
  public long syncs() {
    return syncs.get();
  }

  /** How many of them were for the marker. */
  public long markerSyncs() {
    return markerSyncs.get();
  }

  /** Entries appended. */
  public long entries() {
    return entries.get();
  }

  /** Bytes handed to the log; RocksDB writes them once more when they leave memory. */
  public long bytes() {
    return bytes.get();
  }

  void written(long batchBytes, int appended, boolean synced) {
    groups.incrementAndGet();
    bytes.addAndGet(batchBytes);
    entries.addAndGet(appended);
    if (synced) {
      syncs.incrementAndGet();
    }
  }

  boolean markerSyncDue() {
    return System.nanoTime() - markerSyncedNanos > MARKER_LAG_NANOS;
  }

  void markerSynced() {
    syncs.incrementAndGet();
    markerSyncs.incrementAndGet();
    markerSyncedNanos = System.nanoTime();
  }
}
