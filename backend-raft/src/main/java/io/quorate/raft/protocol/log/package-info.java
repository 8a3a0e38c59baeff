// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A replica's persistent state: term, vote and log (Figure 2), and the one write per step that
 * makes changes to it durable.
 *
 * <p>Starting point: {@link io.quorate.raft.protocol.log.RaftLog}.
 */
@NullMarked
package io.quorate.raft.protocol.log;

import org.jspecify.annotations.NullMarked;
