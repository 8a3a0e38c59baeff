// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What users of Quorate compile against: the replicated log, sessions, receipts and read modes.
 *
 * <p>Starting points: {@link io.quorate.api.ReplicatedLog} for callers, {@link
 * io.quorate.api.statemachine.StateMachine} for authors of a replicated service, {@link
 * io.quorate.api.error.ConsensusException} for what can go wrong and what it means for the command.
 */
@NullMarked
package io.quorate.api;

import org.jspecify.annotations.NullMarked;
