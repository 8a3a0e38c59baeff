// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.protocol.Now;

/**
 * A piece of work with a state of its own that is never run by two threads at once: a thread turns
 * it in production, the event queue in the simulator.
 */
public interface Actor {

  /**
   * Does a bounded portion of the work that waits.
   *
   * @return monotonic time at which it wants a turn although nobody wakes it: {@code
   *     now.monotonicNanos()} or less when work is left, {@link Long#MAX_VALUE} when nothing waits
   */
  long turn(Now now);
}
