// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Reads that see every acknowledged command (§8; dissertation §6.4), without a log entry each.
 *
 * <p>Starting points: {@link io.quorate.raft.protocol.reads.ReadRounds} on the leader, {@link
 * io.quorate.raft.protocol.reads.ForwardedReads} elsewhere.
 */
@NullMarked
package io.quorate.raft.protocol.reads;

import org.jspecify.annotations.NullMarked;
