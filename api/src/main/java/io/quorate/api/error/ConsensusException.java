// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

/**
 * A command or a read that did not end with a result. {@link #outcome()} is the part to act on.
 *
 * <p>Carries no stack trace of its own: it describes an answer of the group, not a place in the
 * code.
 */
public abstract sealed class ConsensusException extends RuntimeException
    permits Closed,
        CommandFailed,
        CommandTooLarge,
        Halted,
        Indeterminate,
        NotLeader,
        Overloaded,
        ReadRefused,
        ResultDropped,
        SessionExpired,
        TooManySessions {

  private static final long serialVersionUID = 1L;

  /** What became of the command. */
  public enum Outcome {
    /** It took effect (its result may be an error, or be gone). */
    APPLIED,
    /** It surely took no effect; trying again is safe, even without a session. */
    NOT_APPLIED,
    /** It may have taken effect, or still will: only the same session and sequence may retry. */
    INDETERMINATE
  }

  ConsensusException(String message) {
    super(message, null, false, false);
  }

  /** What became of the command; for a read, {@link Outcome#NOT_APPLIED}. */
  public abstract Outcome outcome();
}
