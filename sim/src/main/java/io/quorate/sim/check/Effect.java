// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

/**
 * A command that the replicated state machine applied.
 *
 * @param operation id of the operation in the history
 * @param index of the command in the log
 */
public record Effect(int operation, long index) {}
