// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.SnapshotStore;
import io.quorate.node.plugin.StorageEngine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk that can be made to hang: the storage engine behind it is the real one, but while the
 * stall lasts no write of the log ends, and nothing fails either. Reads go on, as they do from the
 * cache of the operating system. Any thread.
 */
final class StallableDisk {
  private final Object turn = new Object();
  private volatile boolean stalled;

  /** From now on no write ends. */
  void stall() {
    stalled = true;
  }

  /** Lets those through that wait, and whoever comes. */
  void goOn() {
    synchronized (turn) {
      stalled = false;
      turn.notifyAll();
    }
  }

  private void await() {
    if (!stalled) {
      return;
    }
    boolean interrupted = false;
    synchronized (turn) {
      while (stalled) {
        try {
          turn.wait();
        } catch (InterruptedException e) {
          // A disk that hangs does not heed it either.
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The engine, as seen over this disk. */
  StorageEngine under(StorageEngine engine) {
    return new Engine(engine);
  }

  private final class Engine implements StorageEngine {
    private final StorageEngine real;

    Engine(StorageEngine real) {
      this.real = real;
    }

    @Override
    public Opened open(Path directory, GroupId group, NodeId node, String backend) {
      return new Files(real.open(directory, group, node, backend));
    }

    @Override
    public boolean inspect(Path directory, PrintWriter out) {
      return real.inspect(directory, out);
    }
  }

  private final class Files implements StorageEngine.Opened {
    private final StorageEngine.Opened real;
    private final LogStore log;

    Files(StorageEngine.Opened real) {
      this.real = real;
      this.log = new Log(real.log());
    }

    @Override
    public LogStore log() {
      return log;
    }

    @Override
    public SnapshotStore snapshots() {
      return real.snapshots();
    }

    @Override
    public void close() {
      real.close();
    }
  }

  private final class Log implements LogStore {
    private final LogStore real;

    Log(LogStore real) {
      this.real = real;
    }

    @Override
    public DurableState recover(@Nullable SnapshotRef snapshot, long tailBytesMax) {
      return real.recover(snapshot, tailBytesMax);
    }

    /** A write that is under way when the disk hangs ends only afterwards. */
    @Override
    public void write(List<DurableWrite> writes) {
      await();
      real.write(writes);
      await();
    }

    @Override
    public List<Entry> read(long fromSlot, long throughSlot, int bytesMax) {
      return real.read(fromSlot, throughSlot, bytesMax);
    }

    @Override
    public long sizeBytes() {
      return real.sizeBytes();
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
