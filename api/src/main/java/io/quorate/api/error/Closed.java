// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

/** The client, the session or the replica was closed before the call was made. */
public final class Closed extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence what happened and what to do. */
  public Closed(String message) {
    super(message);
  }

  @Override
  public Outcome outcome() {
    return Outcome.NOT_APPLIED;
  }
}
