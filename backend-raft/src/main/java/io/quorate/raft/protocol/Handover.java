// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import org.jspecify.annotations.Nullable;

/** One attempt to hand leadership over (dissertation §3.10). */
final class Handover {
  /** Handed over by the leader itself, because its disk stalls: no operator waits. */
  static final long UNASKED = -1;

  private final NodeId target;
  private final long requestId;
  private final long untilNanos;
  private boolean told;

  Handover(NodeId target, long requestId, long untilNanos) {
    this.target = target;
    this.requestId = requestId;
    this.untilNanos = untilNanos;
  }

  NodeId target() {
    return target;
  }

  /** The operator's request, or {@link #UNASKED}. */
  long requestId() {
    return requestId;
  }

  boolean isOver(long nowNanos) {
    return nowNanos >= untilNanos;
  }

  boolean isFor(@Nullable NodeId node) {
    return target.equals(node);
  }

  /** Whether the target was told to campaign. */
  boolean told() {
    return told;
  }

  void tell() {
    Check.that(!told, "the target of a transfer is told once");
    told = true;
  }
}
