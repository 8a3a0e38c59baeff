// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.statemachine;

import java.util.random.RandomGenerator;

/**
 * Everything but the command that {@link StateMachine#apply} may depend on; valid during the call.
 */
public interface ApplyContext {

  /** Ordinal of the command in the replicated log, from 1. */
  long index();

  /** Fencing number of the log entry: Raft term, VR view, S3 epoch. Never decreases. */
  long epoch();

  /**
   * Consensus time in nanoseconds since 1970: agreed on through the log, never decreasing, near to
   * the leader's clock. The only time that a state machine may use.
   */
  long timeNanos();

  /** Randomness seeded by the group and the index: the same numbers on every replica. */
  RandomGenerator random();
}
