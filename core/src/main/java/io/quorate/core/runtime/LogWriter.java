// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Actor;
import io.quorate.core.port.LogStore;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.atomic.SpscUnboundedAtomicArrayQueue;

/**
 * Makes writes durable: whatever has gathered while the last sync ran shares the next one. Then,
 * and only then, it sends the messages that waited for the write.
 */
final class LogWriter implements Actor {
  /** More in one sync would delay the acknowledgement of the first write in it for little gain. */
  private static final long GROUP_BYTES_MAX = 4L << 20;

  private record Request(DurableWrite write, List<Outgoing> releases) {}

  // Bounded by the cores: they stop proposing and acknowledging while writes are outstanding.
  private final SpscUnboundedAtomicArrayQueue<Request> queue =
      new SpscUnboundedAtomicArrayQueue<>(256);
  private final LogStore store;
  private final PeerSender sender;
  private final HaltSwitch halt;
  private final ConsensusMetrics metrics;
  private final ReplicaLoop loop;
  private final ApplyLoop apply;
  private final List<DurableWrite> group = new ArrayList<>();

  LogWriter(
      LogStore store,
      PeerSender sender,
      HaltSwitch halt,
      ConsensusMetrics metrics,
      ReplicaLoop loop,
      ApplyLoop apply) {
    this.store = store;
    this.sender = sender;
    this.halt = halt;
    this.metrics = metrics;
    this.loop = loop;
    this.apply = apply;
  }

  /** Called by the replica's loop, which wakes this actor afterwards. */
  void offer(DurableWrite write, List<Outgoing> releases) {
    queue.add(new Request(write, releases));
  }

  @Override
  public long turn(Now now) {
    if (halt.halted()) {
      return Long.MAX_VALUE;
    }
    long bytes = 0;
    long token = 0;
    long repaired = 0;
    for (Request next = queue.poll(); next != null; next = queue.poll()) {
      group.add(next.write);
      sender.gather(next.releases);
      token = next.write.token();
      for (Entry entry : next.write.append()) {
        bytes += entry.sizeBytes();
      }
      for (Entry entry : next.write.repair()) {
        bytes += entry.sizeBytes();
        repaired++;
      }
      if (bytes >= GROUP_BYTES_MAX) {
        break;
      }
    }
    if (group.isEmpty()) {
      return Long.MAX_VALUE;
    }
    store.write(group);
    group.clear();
    metrics.syncs().increment();
    metrics.logBytesWritten().add(bytes);
    if (repaired > 0) {
      metrics.entriesRepaired().add(repaired);
      apply.onRepaired();
    }
    sender.flush();
    if (queue.isEmpty()) {
      loop.reportHere(new Event.Persisted(token));
    } else {
      loop.report(new Event.Persisted(token)); // the disk must not wait for what comes of it
    }
    return queue.isEmpty() ? Long.MAX_VALUE : now.monotonicNanos();
  }
}
