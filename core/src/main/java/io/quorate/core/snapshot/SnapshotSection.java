// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.snapshot;

/** Parts of a snapshot, in their order. The numbers are part of the format. */
public enum SnapshotSection {
  /** The session table. */
  SESSIONS(1),
  /** What the user's state machine wrote. */
  STATE(2);

  /** Stands where a section's number would, behind the last. */
  static final int END = 0;

  private final int number;

  SnapshotSection(int number) {
    this.number = number;
  }

  /** Number in the format. */
  public int number() {
    return number;
  }
}
