// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.check;

/** A bug, or a fault outside of the model: the replica that meets it halts, loudly. */
public final class InvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names what does not hold. */
  public InvariantViolation(String message) {
    super(message);
  }
}
