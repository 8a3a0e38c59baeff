// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import io.quorate.core.check.Check;
import org.jspecify.annotations.Nullable;

/**
 * A window over the end of the log: a ring of entries, dense, of bounded size.
 *
 * <p>Invariants: slots {@code first..last} are all held and chained by hash; an entry that is not
 * yet durable here is never evicted.
 */
public final class LogTail implements LogView {
  private final long windowBytesMax;
  private @Nullable Entry[] ring = new @Nullable Entry[64];
  private long first;
  private long last;
  private long bytes;
  private ChainHash lastHash;

  /**
   * An empty window behind {@code base}.
   *
   * @param windowBytesMax what {@link #evict} shrinks the window to
   */
  public LogTail(LogBase base, long windowBytesMax) {
    this.windowBytesMax = windowBytesMax;
    this.lastHash = base.hash();
    this.first = base.slot() + 1;
    this.last = base.slot();
  }

  /** Forgets all entries; the log is empty behind {@code base}. */
  public void reset(LogBase base) {
    for (long slot = first; slot <= last; slot++) {
      ring[at(slot)] = null;
    }
    first = base.slot() + 1;
    last = base.slot();
    bytes = 0;
    lastHash = base.hash();
  }

  @Override
  public long firstSlot() {
    return first;
  }

  @Override
  public long lastSlot() {
    return last;
  }

  /** H of the last slot. */
  public ChainHash lastHash() {
    return lastHash;
  }

  /** Bytes of the entries held. */
  public long sizeBytes() {
    return bytes;
  }

  @Override
  public @Nullable Entry get(long slot) {
    return slot < first || slot > last ? null : ring[at(slot)];
  }

  /** Appends the entry that follows the last one and links to it by hash. */
  public void append(Entry entry) {
    Check.that(entry.slot() == last + 1, "slot %s does not follow %s", entry.slot(), last);
    Check.that(
        entry.parentHash().equals(lastHash), "chain breaks at %s, behind %s", entry, lastHash);
    if (last - first + 1 == ring.length) {
      grow();
    }
    last = entry.slot();
    ring[at(last)] = entry;
    bytes += entry.sizeBytes();
    lastHash = entry.hash();
  }

  /**
   * Forgets {@code slot} and everything after it. The entry before must be in the window, or {@code
   * hashBefore} tells its hash.
   */
  public void truncateFrom(long slot, ChainHash hashBefore) {
    Check.that(slot <= last + 1, "cannot truncate from %s, the last is %s", slot, last);
    while (last >= slot && last >= first) {
      Entry entry = ring[at(last)];
      Check.that(entry != null, "hole at slot %s", last);
      if (entry != null) {
        bytes -= entry.sizeBytes();
      }
      ring[at(last)] = null;
      last--;
    }
    if (slot < first) {
      first = slot;
      last = slot - 1;
    }
    lastHash = hashBefore;
  }

  /** Shrinks the window to its bound, from the front, but keeps what is above {@code durable}. */
  public void evict(long durable) {
    while (bytes > windowBytesMax && first <= durable && first < last) {
      dropFirst();
    }
  }

  /** Forgets everything up to and including {@code slot}. */
  public void dropThrough(long slot) {
    while (first <= last && first <= slot) {
      dropFirst();
    }
  }

  private void dropFirst() {
    Entry entry = ring[at(first)];
    if (entry != null) {
      bytes -= entry.sizeBytes();
    }
    ring[at(first)] = null;
    first++;
  }

  private int at(long slot) {
    return (int) (slot & (ring.length - 1));
  }

  private void grow() {
    @Nullable Entry[] larger = new @Nullable Entry[ring.length * 2];
    for (long slot = first; slot <= last; slot++) {
      larger[(int) (slot & (larger.length - 1))] = ring[at(slot)];
    }
    ring = larger;
  }
}
