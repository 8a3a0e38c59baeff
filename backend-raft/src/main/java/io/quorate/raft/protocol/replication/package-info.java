// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The log from the leader to its followers (§5.3), and when an entry is committed (§5.4.2).
 *
 * <p>Starting points: {@link io.quorate.raft.protocol.replication.Replicator} on the leader, {@link
 * io.quorate.raft.protocol.replication.AppendHandler} on a follower.
 */
@NullMarked
package io.quorate.raft.protocol.replication;

import org.jspecify.annotations.NullMarked;
