// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

/** A command ended without what it was asked for; the message is all that the user sees. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailure(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** It ran and failed: exit code 1. */
  public static CommandFailure failed(String sentence) {
    return new CommandFailure(1, sentence);
  }

  /** It was used wrongly: exit code 2. */
  public static CommandFailure wrongUse(String sentence) {
    return new CommandFailure(2, sentence);
  }

  int exitCode() {
    return exitCode;
  }
}
