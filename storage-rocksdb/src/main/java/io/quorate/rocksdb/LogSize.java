// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.check.Check;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of the entries between the base and the end of the log, four bytes of memory a slot. What
 * RocksDB could tell is the size of its files, which says little about a young log and nothing
 * about what was forgotten but not yet dropped. Written by one thread; any may ask for the sum.
 */
final class LogSize {
  private int[] ring = new int[64];
  private long first;
  private long last;
  private final AtomicLong sum = new AtomicLong();

  LogSize(long baseSlot) {
    first = baseSlot + 1;
    last = baseSlot;
  }

  /** Follows a write that is durable. */
  void follow(DurableWrite write) {
    if (write.truncateFrom() > 0) {
      truncateFrom(write.truncateFrom());
    }
    LogBase base = write.base();
    if (base != null) {
      dropThrough(base.slot());
    }
    for (Entry entry : write.append()) {
      append(entry.slot(), entry.sizeBytes());
    }
  }

  void append(long slot, int bytes) {
    Check.that(slot == last + 1, "slot %s does not follow %s", slot, last);
    if (last - first + 1 == ring.length) {
      int[] larger = new int[2 * ring.length];
      for (long at = first; at <= last; at++) {
        larger[(int) (at & (larger.length - 1))] = ring[index(at)];
      }
      ring = larger;
    }
    last = slot;
    ring[index(slot)] = bytes;
    sum.addAndGet(bytes);
  }

  private void truncateFrom(long slot) {
    long removed = 0;
    while (last >= slot && last >= first) {
      removed += ring[index(last)];
      last--;
    }
    sum.addAndGet(-removed);
  }

  private void dropThrough(long slot) {
    long removed = 0;
    while (first <= slot && first <= last) {
      removed += ring[index(first)];
      first++;
    }
    if (first <= slot) {
      first = slot + 1;
      last = slot;
    }
    sum.addAndGet(-removed);
  }

  long bytes() {
    return sum.get();
  }

  private int index(long slot) {
    return (int) (slot & (ring.length - 1));
  }
}
