// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.log;

import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogTail;
import io.quorate.core.log.LogView;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;

/**
 * The end of the log as far as this replica holds it. The log itself is in the bucket: an entry is
 * here from when it is proposed, pushed or pulled until it is applied, and a little longer for
 * followers that are pushed to.
 *
 * <p>Invariants: applied ≤ committed ≤ head; all entries above applied are in the window; commit
 * never decreases, and what is committed never changes.
 */
public final class S3Log {
  private final LogTail tail;
  private LogMark head = LogMark.START;
  private LogMark committed = LogMark.START;
  private long applied;
  private long unappliedBytes;

  /**
   * The empty log.
   *
   * @param windowBytes of applied entries to keep for followers, about
   */
  public S3Log(long windowBytes) {
    this.tail = new LogTail(LogMark.START.base(), windowBytes);
  }

  /** Takes up the state that a snapshot was restored to. */
  public void restore(SnapshotRef snapshot) {
    reset(snapshot);
    applied = snapshot.slot();
  }

  /** Goes on behind a snapshot, which replaces everything up to its slot. */
  public void reset(SnapshotRef snapshot) {
    Check.that(
        snapshot.slot() > committed.slot(),
        "%s is not ahead of commit %s",
        snapshot,
        committed.slot());
    committed = LogMark.behind(snapshot);
    head = committed;
    tail.reset(committed.base());
    unappliedBytes = 0;
  }

  /** For the runtime. */
  public LogView view() {
    return tail;
  }

  /** The end of the log. */
  public LogMark head() {
    return head;
  }

  /** The end of what is committed. */
  public LogMark committed() {
    return committed;
  }

  /** Last slot that the state machine has applied. */
  public long applied() {
    return applied;
  }

  /** Bytes of entries that are not applied yet. */
  public long unappliedBytes() {
    return unappliedBytes;
  }

  /** Adds the entry that follows the head. */
  public void append(Entry entry) {
    Check.that(head.linksTo(entry), "%s does not follow slot %s", entry, head.slot());
    tail.append(entry);
    unappliedBytes += entry.sizeBytes();
    head = LogMark.behind(entry);
  }

  /** Everything up to {@code slot} is in the log for ever. */
  public void commitTo(long slot, Effects out) {
    Check.that(
        slot >= committed.slot() && slot <= head.slot(),
        "commit %s, was %s, head %s",
        slot,
        committed.slot(),
        head.slot());
    if (slot == committed.slot()) {
      return;
    }
    Entry last = tail.get(slot);
    Check.that(last != null, "committed slot %s is not in the window", slot);
    if (last != null) {
      committed = LogMark.behind(last);
      out.commit(slot);
    }
  }

  /** Adds an entry that was read from the bucket or pushed: it is committed. */
  public void appendCommitted(Entry entry, Effects out) {
    Check.that(
        head.slot() == committed.slot(),
        "%s comes from elsewhere, but slots up to %s are of this leader",
        entry,
        head.slot());
    append(entry);
    commitTo(entry.slot(), out);
  }

  /** Forgets what was proposed here and did not become part of the log. */
  public void dropUncommitted() {
    if (head.slot() > committed.slot()) {
      unappliedBytes -= bytesOf(committed.slot() + 1, head.slot());
      tail.truncateFrom(committed.slot() + 1, committed.hash());
      head = committed;
    }
  }

  /** The state machine has applied everything up to {@code slot}. */
  public void appliedTo(long slot) {
    Check.that(
        slot >= applied && slot <= committed.slot(),
        "applied %s, was %s, commit %s",
        slot,
        applied,
        committed.slot());
    unappliedBytes -= bytesOf(applied + 1, slot);
    applied = slot;
    tail.evict(applied);
  }

  private long bytesOf(long from, long through) {
    long bytes = 0;
    for (long slot = Math.max(from, tail.firstSlot()); slot <= through; slot++) {
      Entry entry = tail.get(slot);
      bytes += entry == null ? 0 : entry.sizeBytes();
    }
    return bytes;
  }
}
