// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** All that one replica keeps on disk: its directory, locked, with the log and the snapshots. */
public final class RocksStorage implements AutoCloseable {
  private final DataDirectory directory;
  private final DurableLog log;
  private final RocksSnapshotStore snapshots;
  private boolean closed;

  private RocksStorage(DataDirectory directory, DurableLog log, RocksSnapshotStore snapshots) {
    this.directory = directory;
    this.log = log;
    this.snapshots = snapshots;
  }

  /**
   * Opens the files of a replica, creates them at its first start. Blocks.
   *
   * @throws io.quorate.core.port.LogStore.StorageFault they cannot be used; says why and what would
   *     mend it
   */
  public static RocksStorage open(Path path, GroupId group, NodeId node, LogOptions options) {
    return open(path, group, node, null, options);
  }

  /**
   * The same for the replica of a protocol: what another one wrote is refused.
   *
   * @param backend name of the protocol; null if it does not matter
   */
  public static RocksStorage open(
      Path path, GroupId group, NodeId node, @Nullable String backend, LogOptions options) {
    DataDirectory directory = DataDirectory.open(path, group, node, backend);
    boolean opened = false;
    try {
      RocksSnapshotStore snapshots = RocksSnapshotStore.open(directory);
      RocksStorage storage =
          new RocksStorage(directory, DurableLog.open(directory, options), snapshots);
      opened = true;
      return storage;
    } finally {
      if (!opened) {
        directory.close();
      }
    }
  }

  /** The directory, locked until {@link #close}. */
  public DataDirectory directory() {
    return directory;
  }

  /** The log and the hard state. */
  public DurableLog log() {
    return log;
  }

  /** The snapshots. */
  public RocksSnapshotStore snapshots() {
    return snapshots;
  }

  /** Closes both stores and releases the directory; twice is harmless. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      log.close();
    } finally {
      snapshots.close();
      directory.close();
    }
  }
}
