// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import io.quorate.core.check.Check;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The writes that are not durable yet, in order, and how far each brings the log. */
public final class WriteQueue {
  private static final class Pending {
    private final long token;
    private final long sinceNanos;
    private long lastSlot;

    Pending(long token, long lastSlot, long sinceNanos) {
      this.token = token;
      this.lastSlot = lastSlot;
      this.sinceNanos = sinceNanos;
    }
  }

  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private long lastToken;
  private long doneToken;
  private long hardStateToken;

  /** Nothing was written yet. */
  public WriteQueue() {}

  /** Numbers the next write. */
  public DurableWrite next(
      byte @Nullable [] hardState,
      List<Entry> repair,
      long truncateFrom,
      @Nullable LogBase base,
      List<Entry> append,
      long lastSlot,
      long nowNanos) {
    lastToken++;
    if (hardState != null) {
      hardStateToken = lastToken;
    }
    pending.addLast(new Pending(lastToken, lastSlot, nowNanos));
    return new DurableWrite(lastToken, hardState, repair, truncateFrom, base, append);
  }

  /** Entries from {@code slot} on, written or not, no longer count. */
  public void truncateFrom(long slot) {
    for (Pending write : pending) {
      write.lastSlot = Math.min(write.lastSlot, slot - 1);
    }
  }

  /**
   * Finishes writes; returns the last slot that they made durable, 0 if they were finished before.
   */
  public long done(long token) {
    Check.that(token <= lastToken, "write %s was never begun, the last is %s", token, lastToken);
    long reached = 0;
    while (!pending.isEmpty() && pending.getFirst().token <= token) {
      reached = Math.max(reached, pending.removeFirst().lastSlot);
    }
    doneToken = Math.max(doneToken, token);
    return reached;
  }

  /** Whether the last hard state that was written is durable. */
  public boolean hardStateDurable() {
    return hardStateToken <= doneToken;
  }

  /** Whether nothing is under way. */
  public boolean idle() {
    return pending.isEmpty();
  }

  /** When the oldest unfinished write began; {@link Long#MAX_VALUE} if there is none. */
  public long oldestNanos() {
    return pending.isEmpty() ? Long.MAX_VALUE : pending.getFirst().sinceNanos;
  }
}
