// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A disk that survives crashes, loses what was not synced, and breaks in the known ways.
 *
 * <p>Starting points: {@link io.quorate.sim.disk.SimDisk} for the faults, {@link
 * io.quorate.sim.disk.SimLogStore} and {@link io.quorate.sim.disk.SimSnapshotStore} for the ports.
 */
@NullMarked
package io.quorate.sim.disk;

import org.jspecify.annotations.NullMarked;
