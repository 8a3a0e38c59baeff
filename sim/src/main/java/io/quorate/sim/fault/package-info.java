// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Faults as data: drawn or written before a run, printed as a script, cut down to what matters.
 *
 * <p>Starting points: {@link io.quorate.sim.fault.FaultKind} for what can go wrong, {@link
 * io.quorate.sim.fault.FaultInjector} for what is then done.
 */
@NullMarked
package io.quorate.sim.fault;

import org.jspecify.annotations.NullMarked;
