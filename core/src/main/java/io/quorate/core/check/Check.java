// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.check;

/**
 * Assertions that are never switched off. For what cannot happen unless this program is wrong; what
 * a peer, a disk or a user may legally do is answered, not asserted.
 */
public final class Check {
  private Check() {}

  /** Halts the replica unless {@code holds}. */
  public static void that(boolean holds, String message) {
    if (!holds) {
      throw new InvariantViolation(message);
    }
  }

  /** Halts the replica unless {@code holds}; formats nothing while it does. */
  public static void that(boolean holds, String format, long a) {
    if (!holds) {
      throw new InvariantViolation(String.format(format, a));
    }
  }

  /** Halts the replica unless {@code holds}; formats nothing while it does. */
  public static void that(boolean holds, String format, long a, long b) {
    if (!holds) {
      throw new InvariantViolation(String.format(format, a, b));
    }
  }

  /** Halts the replica unless {@code holds}; formats nothing while it does. */
  public static void that(boolean holds, String format, long a, long b, long c) {
    if (!holds) {
      throw new InvariantViolation(String.format(format, a, b, c));
    }
  }

  /** Halts the replica unless {@code holds}; formats nothing while it does. */
  public static void that(boolean holds, String format, Object a, Object b) {
    if (!holds) {
      throw new InvariantViolation(String.format(format, a, b));
    }
  }
}
