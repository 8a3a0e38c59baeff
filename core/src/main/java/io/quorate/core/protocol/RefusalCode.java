// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.error.ConsensusException.Outcome;

/** Why a command or a read was not answered with a result, and what that means for the command. */
public enum RefusalCode {
  /** The state machine threw. */
  COMMAND_FAILED(1, Outcome.APPLIED),
  /** Applied earlier; the result is gone. */
  RESULT_DROPPED(2, Outcome.APPLIED),
  /** The sequence number was acknowledged by the client itself: applied earlier. */
  STALE_SEQUENCE(3, Outcome.APPLIED),
  /** Another replica leads. */
  NOT_LEADER(4, Outcome.NOT_APPLIED),
  /** A limit was hit before anything was logged. */
  OVERLOADED(5, Outcome.NOT_APPLIED),
  /** Larger than the configured limit. */
  TOO_LARGE(6, Outcome.NOT_APPLIED),
  /** A predecessor in the same ordered session is missing. */
  OUT_OF_ORDER(7, Outcome.NOT_APPLIED),
  /** Too far above what the client has acknowledged. */
  WINDOW_FULL(8, Outcome.NOT_APPLIED),
  /** The session is unknown or expired. */
  SESSION_EXPIRED(9, Outcome.NOT_APPLIED),
  /** The group holds as many sessions as it may. */
  SESSION_LIMIT(10, Outcome.NOT_APPLIED),
  /** The replica is not able to serve this yet, or not with the freshness asked for. */
  NOT_READY(11, Outcome.NOT_APPLIED),
  /** Asked for something that the configuration or the backend does not offer. */
  UNSUPPORTED(12, Outcome.NOT_APPLIED),
  /** The replica halted on a fault. */
  HALTED(13, Outcome.NOT_APPLIED),
  /** The replica or the client is closing; the command was not logged. */
  CLOSED(14, Outcome.NOT_APPLIED),
  /** The answer, the connection or the leader was lost after the command may have been logged. */
  INDETERMINATE(15, Outcome.INDETERMINATE),
  /** Was proposed, but surely did not become part of the log and never will. */
  NOT_COMMITTED(16, Outcome.NOT_APPLIED);

  private final int number;
  private final Outcome outcome;

  RefusalCode(int number, Outcome outcome) {
    this.number = number;
    this.outcome = outcome;
  }

  /** Number on the wire. */
  public int number() {
    return number;
  }

  /** What it means for the command. */
  public Outcome outcome() {
    return outcome;
  }

  /** Returns the code with this number; an unknown one is indeterminate. */
  public static RefusalCode ofNumber(int number) {
    for (RefusalCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return INDETERMINATE;
  }
}
