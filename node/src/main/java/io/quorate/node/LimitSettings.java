// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import io.quorate.node.config.DataSize;
import io.quorate.node.config.Require;

/**
 * What a replica admits before it answers {@link io.quorate.api.error.Overloaded}.
 *
 * @param command bytes of one command
 * @param inFlight bytes of commands that were admitted and are not yet applied
 */
public record LimitSettings(DataSize command, DataSize inFlight) {
  /** Refuses limits that admit nothing, or more than one message can carry. */
  public LimitSettings {
    Require.between(
        command, DataSize.ofKibibytes(1), DataSize.ofMebibytes(16), "quorate.limits.command");
    Require.between(
        inFlight, DataSize.ofKibibytes(64), DataSize.ofMebibytes(1024), "quorate.limits.in-flight");
    Require.that(
        inFlight.compareTo(command) >= 0,
        "quorate.limits.in-flight must be at least quorate.limits.command (" + command + ")");
  }
}
