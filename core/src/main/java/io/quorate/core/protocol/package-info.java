// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What a consensus protocol is to the rest: events in, effects out; pure.
 *
 * <p>Starting points: {@link io.quorate.core.protocol.ReplicaCore}, {@link
 * io.quorate.core.protocol.Event}, {@link io.quorate.core.protocol.Effects}.
 */
@NullMarked
package io.quorate.core.protocol;

import org.jspecify.annotations.NullMarked;
