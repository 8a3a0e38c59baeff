// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.files;

import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Files that hold a log: entries and copies of their headers by slot, apart from each other so that
 * damage to one leaves the other; a few records; and what was put back in the place of damage. They
 * know nothing of what is in them, and check none of it.
 *
 * <p>One thread writes, any may read; calls of any thread and {@link #close} exclude each other,
 * and a call after it is refused. Whatever fails is a {@link
 * io.quorate.core.port.LogStore.StorageFault}.
 */
public interface LogFiles extends AutoCloseable {

  /** Sees entries in ascending order; returns false to stop. */
  interface Visitor {
    boolean visit(long slot, byte[] frame);
  }

  /**
   * Sees every slot of a range in ascending order: with what stands there, unchecked, or with why
   * nothing can be read; returns false to stop.
   */
  interface SlotVisitor {
    boolean visit(long slot, byte @Nullable [] frame, @Nullable String damage);
  }

  /** Puts a group together; returns false to write nothing. */
  interface Filling {
    boolean fill(LogChanges changes);
  }

  /** Slots that cannot be read, and why. */
  record Damage(long firstSlot, long lastSlot, String cause) {}

  /** The folder. */
  Path path();

  /** One of the few records, unchecked; null if it was never written. */
  byte @Nullable [] record(LogRecord record);

  /** The frame of one entry, unchecked; null if there is none. */
  byte @Nullable [] entry(long slot);

  /** The copy of a header, unchecked; null if there is none that can be read. */
  byte @Nullable [] header(long slot);

  /** Whether an entry or the copy of a header was put back at a slot. */
  boolean isMended(long slot);

  /** The frame of an entry that was put back, unchecked; null if there is none. */
  byte @Nullable [] mended(long slot);

  /** The copy of a header that was put back, unchecked; null if there is none. */
  byte @Nullable [] mendedHeader(long slot);

  /**
   * Shows all slots of a range, whatever stands there or not, as one moment of the log has them; it
   * may end early if the log is truncated beside it.
   *
   * @param ahead whether much of the range will be read
   */
  void walk(long from, long through, boolean ahead, SlotVisitor visitor);

  /**
   * Shows entries of {@code [from, through]} in order until one cannot be read; null if there was
   * no damage. Slots that are not there are passed over.
   */
  @Nullable Damage visitUntilDamage(long from, long through, boolean ahead, Visitor visitor);

  /** The same with the copies of the headers. */
  @Nullable Damage visitHeaders(long from, long through, Visitor visitor);

  /**
   * Writes one group of changes, all or nothing; as durable on return as the options say.
   *
   * @return bytes written to the log; −1 if there was nothing to write
   */
  long write(Filling filling);

  /** Gives back the space of files that hold nothing above {@code slot}, without reading them. */
  void dropThrough(long slot);

  /** Ordinal of the last change that is there; ascends with every group. */
  long sequence();

  /** Ordinal of the last change that the files prove to have been synced, found or lost. */
  long syncedSequence();

  /** What these files count, under their own names. */
  SortedMap<String, String> statistics();

  /** Frees the files; waits for calls under way. Twice is harmless. */
  @Override
  void close();
}
