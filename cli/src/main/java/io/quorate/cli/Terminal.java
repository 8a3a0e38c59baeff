// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

/** Where the error stream goes. Java cannot tell; the launcher can, and says so. */
final class Terminal {
  private Terminal() {}

  /** Whether a person watches the error stream, so that a line may be written again and again. */
  static boolean shows() {
    return Boolean.getBoolean("quorate.terminal");
  }
}
