// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.snapshot;

import java.io.IOException;

/** Bytes that are not the snapshot they should be. Another copy may be whole. */
public final class CorruptSnapshot extends IOException {
  private static final long serialVersionUID = 1L;

  /** Names the check that failed and what was found. */
  public CorruptSnapshot(String message) {
    super(message);
  }
}
