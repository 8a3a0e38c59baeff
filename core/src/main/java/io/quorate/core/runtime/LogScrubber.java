// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.log.Entry;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Actor;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.LogStore.DamagedEntries;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ReplicaStatus;
import java.time.Duration;
import java.util.List;

/**
 * Reads the whole log now and then, so that damage is found and repaired while other replicas still
 * have what was there. Slowly: nothing else should notice.
 */
final class LogScrubber implements Actor {
  private static final int BYTES_A_TURN_MAX = 256 << 10;
  // With the bytes of a turn: about 12 MiB a second.
  private static final long PAUSE_NANOS = 20_000_000;

  private final LogStore log;
  private final ReplicaLoop loop;
  private final DamageDesk desk;
  private final HaltSwitch halt;
  private final ConsensusMetrics metrics;
  private final long everyNanos;
  private boolean started;
  private long dueNanos;
  private long next;
  private long through;

  LogScrubber(
      LogStore log,
      ReplicaLoop loop,
      DamageDesk desk,
      HaltSwitch halt,
      ConsensusMetrics metrics,
      Duration every) {
    this.log = log;
    this.loop = loop;
    this.desk = desk;
    this.halt = halt;
    this.metrics = metrics;
    this.everyNanos = every.toNanos();
  }

  @Override
  public long turn(Now now) {
    if (halt.halted()) {
      return Long.MAX_VALUE;
    }
    if (!started) {
      started = true; // the start has just read everything
      dueNanos = now.monotonicNanos() + everyNanos;
    }
    if (now.monotonicNanos() < dueNanos) {
      return dueNanos;
    }
    if (next == 0) {
      ReplicaStatus status = loop.status();
      next = status.firstSlot();
      through = status.durableSlot();
    }
    if (next <= through) {
      step();
      if (next <= through) {
        return now.monotonicNanos() + PAUSE_NANOS;
      }
    }
    next = 0;
    metrics.logScrubs().increment();
    dueNanos = now.monotonicNanos() + everyNanos;
    return dueNanos;
  }

  private void step() {
    List<Entry> entries;
    try {
      entries = log.read(next, through, BYTES_A_TURN_MAX);
    } catch (DamagedEntries damage) {
      desk.report(damage);
      next = damage.slots().getLast().slot() + 1;
      return;
    }
    if (entries.isEmpty()) {
      // The log begins later by now, or ends earlier.
      long first = loop.status().firstSlot();
      next = first > next ? first : through + 1;
    } else {
      next += entries.size();
    }
  }
}
