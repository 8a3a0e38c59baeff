// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Groups of Raft replicas in random worlds. */
@NullMarked
package io.quorate.raft.world;

import org.jspecify.annotations.NullMarked;
