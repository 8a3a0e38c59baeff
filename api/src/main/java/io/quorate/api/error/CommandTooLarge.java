// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

/** The command or its result exceeds a configured limit; nothing was logged. */
public final class CommandTooLarge extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence what happened and what to do. */
  public CommandTooLarge(String message) {
    super(message);
  }

  @Override
  public Outcome outcome() {
    return Outcome.NOT_APPLIED;
  }
}
