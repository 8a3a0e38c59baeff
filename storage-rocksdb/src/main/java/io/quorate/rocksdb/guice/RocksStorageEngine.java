// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.guice;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.SnapshotStore;
import io.quorate.node.plugin.StartException;
import io.quorate.node.plugin.StorageEngine;
import io.quorate.rocksdb.InspectionText;
import io.quorate.rocksdb.LogInspector;
import io.quorate.rocksdb.LogOptions;
import io.quorate.rocksdb.RocksStorage;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Opens data directories for nodes. */
final class RocksStorageEngine implements StorageEngine {
  private final LogOptions options;

  RocksStorageEngine(LogOptions options) {
    this.options = options;
  }

  @Override
  public Opened open(Path directory, GroupId group, NodeId node, String backend) {
    try {
      return new OpenedStorage(RocksStorage.open(directory, group, node, backend, options));
    } catch (StorageFault e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public boolean inspect(Path directory, PrintWriter out) {
    try {
      LogInspector.Verdict verdict = LogInspector.inspect(directory, new InspectionText(out));
      out.println(verdict.text());
      return verdict.sound();
    } catch (StorageFault e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    } finally {
      out.flush();
    }
  }

  private record OpenedStorage(RocksStorage storage) implements Opened {
    @Override
    public LogStore log() {
      return storage.log();
    }

    @Override
    public SnapshotStore snapshots() {
      return storage.snapshots();
    }

    @Override
    public void close() {
      storage.close();
    }
  }
}
