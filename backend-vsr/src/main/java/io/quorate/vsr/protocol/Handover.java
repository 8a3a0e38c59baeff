// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;

/** One attempt to let a certain backup become primary: a view change that the primary asks for. */
final class Handover {
  private final NodeId target;
  private final long requestId;
  private final long untilNanos;
  private boolean asked;

  Handover(NodeId target, long requestId, long untilNanos) {
    this.target = target;
    this.requestId = requestId;
    this.untilNanos = untilNanos;
  }

  NodeId target() {
    return target;
  }

  /** The operator's request. */
  long requestId() {
    return requestId;
  }

  boolean isOver(long nowNanos) {
    return nowNanos >= untilNanos;
  }

  /** Whether the view change was asked for. */
  boolean asked() {
    return asked;
  }

  void ask() {
    Check.that(!asked, "a view change is asked for once");
    asked = true;
  }
}
