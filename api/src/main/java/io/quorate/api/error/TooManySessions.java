// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

/**
 * The group holds as many sessions as it may: none was opened. Waiting is of little use, since
 * sessions live for long; close some, or raise {@code sessions.max}.
 */
public final class TooManySessions extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /** Names the limit and what to do. */
  public TooManySessions(String message) {
    super(message);
  }

  @Override
  public Outcome outcome() {
    return Outcome.NOT_APPLIED;
  }
}
