// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The log cut behind snapshots (§7).
 *
 * <p>Starting point: {@link io.quorate.raft.protocol.snapshot.Compaction}.
 */
@NullMarked
package io.quorate.raft.protocol.snapshot;

import org.jspecify.annotations.NullMarked;
