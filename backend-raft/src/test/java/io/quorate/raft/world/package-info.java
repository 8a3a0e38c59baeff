// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Raft in the simulator: random worlds, and the rules that only those check who know its messages.
 */
@NullMarked
package io.quorate.raft.world;

import org.jspecify.annotations.NullMarked;
