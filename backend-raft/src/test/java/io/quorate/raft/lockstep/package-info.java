// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A whole group in one thread on virtual time, with a network and disks that misbehave by a seed.
 * Small on purpose: no runtime, no state machine, only cores and what Raft promises about them.
 *
 * <p>Starting point: {@link io.quorate.raft.lockstep.LockstepCluster}.
 */
@NullMarked
package io.quorate.raft.lockstep;

import org.jspecify.annotations.NullMarked;
