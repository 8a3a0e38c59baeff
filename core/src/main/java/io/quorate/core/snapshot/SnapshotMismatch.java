// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.snapshot;

import java.io.IOException;

/**
 * A whole snapshot that this replica must not use: of another group or state machine, or of a
 * release that this one cannot read. Fetching it again does not help.
 */
public final class SnapshotMismatch extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what does not match and what would be right. */
  public SnapshotMismatch(String message) {
    super(message);
  }
}
