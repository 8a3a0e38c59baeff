// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.LogView;

/**
 * All decisions of one replica, and no IO: no clock, thread, socket, file or randomness of its own.
 * Confined to its loop. The same inputs give the same effects, in production and in the simulator.
 */
public interface ReplicaCore {

  /** Takes up what the disk holds; called once, before the first step. */
  void restore(DurableState state, Now now, Effects out);

  /** Reacts to one event. Effects are carried out in the order in which they were given. */
  void step(Event event, Now now, Effects out);

  /** Monotonic time at which {@link Event.Tick} is due; {@link Long#MAX_VALUE} when none is. */
  long deadlineNanos();

  /**
   * Whether the pipeline is full: the runtime then keeps gathering commands into the open batch
   * instead of submitting it. Batches so grow with load by themselves. A core that says yes only
   * for a while has its {@link #deadlineNanos} at the end of that while.
   *
   * @param full whether as much has gathered as one batch may hold
   */
  boolean saturated(boolean full, Now now);

  /** The recent end of the log; to be read on the loop only. */
  LogView log();

  /** An immutable picture for metrics, administration and invariants. */
  ReplicaStatus status();
}
