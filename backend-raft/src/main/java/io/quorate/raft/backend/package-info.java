// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Raft as the runtime sees it.
 *
 * <p>Starting point: {@link io.quorate.raft.backend.RaftBackend}.
 */
@NullMarked
package io.quorate.raft.backend;

import org.jspecify.annotations.NullMarked;
