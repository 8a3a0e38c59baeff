// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * SOFAJRaft as a contender of the comparison, with its own defaults. Loaded apart from our class
 * path, together with its jars, when somebody asks for it.
 *
 * <p>Starting point: {@link io.quorate.bench.peers.jraft.JraftPeer}.
 */
@NullMarked
package io.quorate.bench.peers.jraft;

import org.jspecify.annotations.NullMarked;
