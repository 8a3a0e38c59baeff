// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

/**
 * The group does not know the session, or has forgotten it: this command was not applied. Those in
 * flight before may have been.
 */
public final class SessionExpired extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence what happened and what to do. */
  public SessionExpired(String message) {
    super(message);
  }

  @Override
  public Outcome outcome() {
    return Outcome.NOT_APPLIED;
  }
}
