// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

/**
 * The state machine threw on this command, on every replica alike; its state is what it left
 * behind.
 */
public final class CommandFailed extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence what happened and what to do. */
  public CommandFailed(String message) {
    super(message);
  }

  @Override
  public Outcome outcome() {
    return Outcome.APPLIED;
  }
}
