// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What the author of a replicated service implements.
 *
 * <p>Starting point: {@link io.quorate.api.statemachine.StateMachine}; {@link
 * io.quorate.api.statemachine.TypedStateMachine} for those who do not want to handle bytes.
 */
@NullMarked
package io.quorate.api.statemachine;

import org.jspecify.annotations.NullMarked;
