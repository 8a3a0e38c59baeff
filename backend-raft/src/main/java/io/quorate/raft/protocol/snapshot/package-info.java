// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Snapshots in place of old entries: sent, received, and the log cut behind them (§7).
 *
 * <p>Starting points: {@link io.quorate.raft.protocol.snapshot.SnapshotReceiver} and {@link
 * io.quorate.raft.protocol.snapshot.Compaction}.
 */
@NullMarked
package io.quorate.raft.protocol.snapshot;

import org.jspecify.annotations.NullMarked;
