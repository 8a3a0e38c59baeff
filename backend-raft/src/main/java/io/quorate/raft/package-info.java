// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The Raft backend: one leader at a time orders the log, and a majority of disks keeps it.
 *
 * <p>Starting points: {@link io.quorate.raft.RaftConfig}, then the messages in {@code message},
 * then {@code protocol.RaftReplica}, which says who handles which.
 */
@NullMarked
package io.quorate.raft;

import org.jspecify.annotations.NullMarked;
