// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Clocks that are wrong in the ways in which clocks are.
 *
 * <p>Starting point: {@link io.quorate.sim.clock.SimClock}.
 */
@NullMarked
package io.quorate.sim.clock;

import org.jspecify.annotations.NullMarked;
