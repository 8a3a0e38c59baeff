// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.fake;

import com.google.inject.Module;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.SnapshotStore;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.plugin.StorageEngine;
import io.quorate.node.plugin.StoragePlugin;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Storage that opens and holds nothing; remembers whether it was closed. */
public final class FakeStoragePlugin implements StoragePlugin {
  /** How many are open, in this process. */
  public static int open;

  @Override
  public String name() {
    return "nothing";
  }

  @Override
  public Module configure(ConfigSection section) {
    return binder -> binder.bind(StorageEngine.class).toInstance(new NoStorage());
  }

  private static final class NoStorage implements StorageEngine {
    @Override
    public Opened open(Path directory, GroupId group, NodeId node, String backend) {
      open++;
      return new NothingOpened();
    }

    @Override
    public boolean inspect(Path directory, PrintWriter out) {
      return true;
    }
  }

  private static final class NothingOpened implements StorageEngine.Opened {
    @Override
    public LogStore log() {
      throw new UnsupportedOperationException("a fake has no log");
    }

    @Override
    public SnapshotStore snapshots() {
      throw new UnsupportedOperationException("a fake has no snapshots");
    }

    @Override
    public void close() {
      open--;
    }
  }
}
