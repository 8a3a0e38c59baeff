// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * VSR as the simulator runs it, for its tests and for {@code ./quorate sim} alike: a configuration
 * for each seed, and the rules that only those check who know its messages.
 *
 * <p>Needs {@code quorate-sim}, which users of the backend do not get: nothing outside of this
 * package refers to it.
 *
 * <p>Starting point: {@link io.quorate.vsr.world.VsrWorlds}.
 */
@NullMarked
package io.quorate.vsr.world;

import org.jspecify.annotations.NullMarked;
