// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

/**
 * Nobody can tell yet whether the command took effect: the answer, the connection or the leader was
 * lost on the way. Retrying is safe only within the same session.
 */
public final class Indeterminate extends ConsensusException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence what happened and what to do. */
  public Indeterminate(String message) {
    super(message);
  }

  @Override
  public Outcome outcome() {
    return Outcome.INDETERMINATE;
  }
}
