// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Who votes, and what a majority of them is.
 *
 * <p>Starting point: {@link io.quorate.raft.protocol.configuration.Configuration}.
 */
@NullMarked
package io.quorate.raft.protocol.configuration;

import org.jspecify.annotations.NullMarked;
