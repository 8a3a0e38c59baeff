// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The Raft protocol of one replica, pure: events in, effects out.
 *
 * <p>Starting points: {@link io.quorate.raft.protocol.RaftReplica}, which dispatches, and {@link
 * io.quorate.raft.protocol.Leadership}, what a replica does while it leads.
 */
@NullMarked
package io.quorate.raft.protocol;

import org.jspecify.annotations.NullMarked;
