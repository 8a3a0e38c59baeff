// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Aeron Cluster as a contender of the comparison, with its own defaults but for what makes it
 * durable. Loaded apart from our class path, together with its jars, when somebody asks for it.
 *
 * <p>Starting point: {@link io.quorate.bench.peers.aeron.AeronPeer}.
 */
@NullMarked
package io.quorate.bench.peers.aeron;

import org.jspecify.annotations.NullMarked;
