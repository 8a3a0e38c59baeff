// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Reads that see every acknowledged command without a log entry each, for protocols whose leader
 * proves by rounds of heartbeats that it still leads: Raft (dissertation §6.4) and VSR. Pure; knows
 * no message of either.
 *
 * <p>Starting points: {@link io.quorate.core.reads.ReadRounds} on the leader, {@link
 * io.quorate.core.reads.ForwardedReads} elsewhere.
 */
@NullMarked
package io.quorate.core.reads;

import org.jspecify.annotations.NullMarked;
