// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

/** The command took effect earlier, and its result is no longer kept. */
public final class ResultDropped extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence what happened and what to do. */
  public ResultDropped(String message) {
    super(message);
  }

  @Override
  public Outcome outcome() {
    return Outcome.APPLIED;
  }
}
