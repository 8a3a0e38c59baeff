// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What must hold in every run, checked after every step by somebody who sees everything.
 *
 * <p>Starting points: {@link io.quorate.sim.oracle.Oracle} for what concerns all replicas, {@link
 * io.quorate.sim.oracle.CoreObserver} for what concerns one.
 */
@NullMarked
package io.quorate.sim.oracle;

import org.jspecify.annotations.NullMarked;
