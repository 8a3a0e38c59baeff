// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import io.quorate.core.check.InvariantViolation;

/** What one record of a slab asks for. The numbers are part of the disk and wire formats. */
public enum CommandKind {
  /** A user's command within a session. */
  SESSION(1),
  /** A user's command outside of any session: at least once. */
  PLAIN(2),
  /** Opens a session; the payload is encoded by {@code core.session}. */
  OPEN_SESSION(3),
  /** Ends the session named in the record. */
  CLOSE_SESSION(4),
  /** Signs of life of many sessions, proposed by the leader. */
  KEEP_ALIVE(5),
  /** Ends the sessions that were silent for too long by consensus time, proposed by the leader. */
  EXPIRE_SESSIONS(6),
  /** The leader's digest of the state after an earlier slot, to be compared with the own. */
  DIGEST(7),
  /**
   * Every replica takes a snapshot behind the entry with this, and notes a digest of that state;
   * proposed by the leader.
   */
  CHECKPOINT(8);

  private static final CommandKind[] BY_NUMBER = new CommandKind[9];

  static {
    for (CommandKind kind : values()) {
      BY_NUMBER[kind.number] = kind;
    }
  }

  private final int number;

  CommandKind(int number) {
    this.number = number;
  }

  /** Number on disk and wire. */
  public int number() {
    return number;
  }

  /** Returns the kind with this number. */
  public static CommandKind ofNumber(int number) {
    if (number < 1 || number >= BY_NUMBER.length) {
      throw new InvariantViolation("command kind " + number + " is unknown to this release");
    }
    return BY_NUMBER[number];
  }
}
