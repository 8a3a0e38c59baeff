// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.viewchange;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import org.jspecify.annotations.Nullable;

/**
 * A replica's place in its view; volatile.
 *
 * <p>Invariant: {@code primary} is this replica if and only if the status is {@code PRIMARY}.
 */
public final class Standing {
  /** Before any contact; far enough back that no timeout reaches it. */
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final NodeId self;
  private Status status = Status.VIEW_CHANGE;
  private @Nullable NodeId primary;
  private String reason = "started";
  private long freshNanos = NEVER;

  /** In no view yet. */
  public Standing(NodeId self) {
    this.self = self;
  }

  /** Who this replica is. */
  public NodeId self() {
    return self;
  }

  /** What it is doing. */
  public Status status() {
    return status;
  }

  /** Who is known to be primary of the current view; null while nobody was heard. */
  public @Nullable NodeId primary() {
    return primary;
  }

  /** Why the status last changed. */
  public String reason() {
    return reason;
  }

  /** Changes the status. */
  public void become(Status next, @Nullable NodeId nextPrimary, String why) {
    Check.that(
        (next == Status.PRIMARY) == self.equals(nextPrimary),
        "status %s with primary %s",
        next,
        "" + nextPrimary);
    status = next;
    primary = nextPrimary;
    reason = why;
  }

  /** This replica knew every commit that a confirmed primary had made by then. */
  public void freshAt(long nanos) {
    freshNanos = Math.max(freshNanos, nanos);
  }

  /** How old the commit known here may be. */
  public long staleNanos(long nowNanos) {
    return nowNanos - freshNanos;
  }
}
