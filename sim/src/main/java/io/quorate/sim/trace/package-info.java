// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What happened in a run: as a hash that proves two runs equal, and as a listing to read.
 *
 * <p>Starting points: {@link io.quorate.sim.trace.TraceLog}, {@link
 * io.quorate.sim.trace.SpaceTime}.
 */
@NullMarked
package io.quorate.sim.trace;

import org.jspecify.annotations.NullMarked;
