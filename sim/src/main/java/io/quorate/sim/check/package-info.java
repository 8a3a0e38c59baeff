// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Histories of what clients saw, and the questions asked of them afterwards.
 *
 * <p>Starting points: {@link io.quorate.sim.check.History} records, {@link
 * io.quorate.sim.check.Linearizability} decides against a {@link io.quorate.sim.check.Model};
 * {@link io.quorate.sim.check.ExactlyOnce}, {@link io.quorate.sim.check.NoLostWrites}, {@link
 * io.quorate.sim.check.SessionMonotonic} and {@link io.quorate.sim.check.StaleReads} ask the rest.
 */
@NullMarked
package io.quorate.sim.check;

import org.jspecify.annotations.NullMarked;
