// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

/** Bytes that are not the entry they should be; says which check failed. */
public final class CorruptEntry extends Exception {
  private static final long serialVersionUID = 1L;

  /** Names the check that failed and what was found. */
  public CorruptEntry(String message) {
    super(message);
  }
}
