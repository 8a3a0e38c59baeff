// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.Actor;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.LogStore.DamagedEntries;
import io.quorate.core.port.SnapshotStore;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import java.util.List;
import org.jctools.queues.atomic.SpscUnboundedAtomicArrayQueue;

/**
 * Disk work for replicas that lag: reads old entries and snapshot chunks to be sent, and writes
 * received chunks. Apart from the log writer, so that catching up delays no acknowledgement.
 */
final class LogReader implements Actor {

  private sealed interface Request {
    record Load(long loadId, long fromSlot, long throughSlot, int bytesMax) implements Request {}

    record ReadChunk(NodeId to, SnapshotRef snapshot, long offset, int bytesMax)
        implements Request {}

    record WriteChunk(SnapshotRef snapshot, long offset, byte[] bytes) implements Request {}
  }

  // Bounded by the cores: one load and one chunk for each replica at a time.
  private final SpscUnboundedAtomicArrayQueue<Request> queue =
      new SpscUnboundedAtomicArrayQueue<>(64);
  private final LogStore log;
  private final SnapshotStore snapshots;
  private final SnapshotLeases leases;
  private final HaltSwitch halt;
  private final ReplicaLoop loop;
  private final DamageDesk desk;

  LogReader(
      LogStore log,
      SnapshotStore snapshots,
      SnapshotLeases leases,
      HaltSwitch halt,
      ReplicaLoop loop,
      DamageDesk desk) {
    this.log = log;
    this.snapshots = snapshots;
    this.leases = leases;
    this.halt = halt;
    this.loop = loop;
    this.desk = desk;
  }

  void load(long loadId, long fromSlot, long throughSlot, int bytesMax) {
    queue.add(new Request.Load(loadId, fromSlot, throughSlot, bytesMax));
  }

  void readChunk(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {
    queue.add(new Request.ReadChunk(to, snapshot, offset, bytesMax));
  }

  void writeChunk(SnapshotRef snapshot, long offset, byte[] bytes) {
    queue.add(new Request.WriteChunk(snapshot, offset, bytes));
  }

  @Override
  public long turn(Now now) {
    if (halt.halted()) {
      return Long.MAX_VALUE;
    }
    Request request = queue.poll();
    if (request == null) {
      return Long.MAX_VALUE;
    }
    loop.report(
        switch (request) {
          case Request.Load load -> new Event.Loaded(load.loadId, read(load));
          case Request.ReadChunk read -> {
            leases.reading(read.to, read.snapshot, read.offset, now); // before it can be pruned
            yield new Event.SnapshotChunk(
                read.to,
                read.snapshot,
                read.offset,
                snapshots.readChunk(read.snapshot, read.offset, read.bytesMax));
          }
          case Request.WriteChunk write -> {
            long next = snapshots.receive(write.snapshot, write.offset, write.bytes);
            yield new Event.SnapshotReceived(
                write.snapshot, next, next == write.snapshot.sizeBytes());
          }
        });
    return queue.isEmpty() ? Long.MAX_VALUE : now.monotonicNanos();
  }

  /** What can be read; the core learns of damage before it learns that this is all. */
  private List<Entry> read(Request.Load load) {
    try {
      return log.read(load.fromSlot, load.throughSlot, load.bytesMax);
    } catch (DamagedEntries damage) {
      desk.report(damage);
      return damage.before();
    }
  }
}
