// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The network between replicas and to their clients, and what goes wrong in it.
 *
 * <p>Starting points: {@link io.quorate.sim.net.SimNetwork}, {@link io.quorate.sim.net.Link} for
 * the faults.
 */
@NullMarked
package io.quorate.sim.net;

import org.jspecify.annotations.NullMarked;
