// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Apache Ratis as a contender of the comparison, with its own defaults. Loaded apart from our class
 * path, together with its jars, when somebody asks for it.
 *
 * <p>Starting point: {@link io.quorate.bench.peers.ratis.RatisPeer}.
 */
@NullMarked
package io.quorate.bench.peers.ratis;

import org.jspecify.annotations.NullMarked;
