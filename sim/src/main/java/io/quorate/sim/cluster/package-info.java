// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Replicas on simulated machines: the classes that ship, given turns by the event queue.
 *
 * <p>Starting points: {@link io.quorate.sim.cluster.SimCluster}, {@link
 * io.quorate.sim.cluster.SimNode} for the life of a replica.
 */
@NullMarked
package io.quorate.sim.cluster;

import org.jspecify.annotations.NullMarked;
