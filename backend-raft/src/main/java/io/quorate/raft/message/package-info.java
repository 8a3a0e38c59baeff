// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What Raft replicas say to each other.
 *
 * <p>Starting point: {@link io.quorate.raft.message.RaftMessage}.
 */
@NullMarked
package io.quorate.raft.message;

import org.jspecify.annotations.NullMarked;
