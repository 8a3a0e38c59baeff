// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Virtual time, events, randomness by name, and what ends a run.
 *
 * <p>Starting point: {@link io.quorate.sim.world.World}.
 */
@NullMarked
package io.quorate.sim.world;

import org.jspecify.annotations.NullMarked;
