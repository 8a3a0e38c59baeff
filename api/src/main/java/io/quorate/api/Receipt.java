// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api;

/**
 * Proof that a command was applied.
 *
 * @param index ordinal of the command in the replicated log, from 1; the same on every replica.
 *     Pass it to {@link ReadConsistency#local(long)} to read your own write from any replica
 * @param epoch fencing number (Raft term, VR view, S3 epoch) of the log entry that carries it
 * @param result what {@link io.quorate.api.statemachine.StateMachine#apply} returned; not copied,
 *     do not modify
 */
public record Receipt(long index, long epoch, byte[] result) {}
