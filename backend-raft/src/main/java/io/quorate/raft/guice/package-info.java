// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Makes the Raft backend available under {@code quorate.backend = raft}.
 *
 * <p>Starting point: {@link io.quorate.raft.guice.RaftPlugin}.
 */
@NullMarked
package io.quorate.raft.guice;

import org.jspecify.annotations.NullMarked;
