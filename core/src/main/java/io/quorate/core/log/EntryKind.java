// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import org.jspecify.annotations.Nullable;

/** What the body of an entry is. The numbers are part of the disk and wire formats. */
public enum EntryKind {
  /** A slab of commands, see {@link Slab}. */
  COMMANDS(1),
  /**
   * First entry of a new leader: carries no command, fixes the consensus time, and gives every
   * session a new lease of life, so that an outage expires nobody.
   */
  TAKEOVER(2),
  /** The group's configuration, encoded by its backend. */
  CONFIGURATION(3);

  private final int number;

  EntryKind(int number) {
    this.number = number;
  }

  /** Number on disk and wire. */
  public int number() {
    return number;
  }

  static @Nullable EntryKind ofNumber(int number) {
    for (EntryKind kind : values()) {
      if (kind.number == number) {
        return kind;
      }
    }
    return null;
  }
}
