// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** The Raft backend. */
@NullMarked
package io.quorate.raft;

import org.jspecify.annotations.NullMarked;
