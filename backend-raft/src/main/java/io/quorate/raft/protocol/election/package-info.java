// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Who leads: terms, votes and the wish to be voted for (§5.2, §5.4.1; dissertation §3.10, §4.2.3,
 * §9.6).
 *
 * <p>Starting points: {@link io.quorate.raft.protocol.election.Elections} and what it keeps in
 * {@link io.quorate.raft.protocol.election.Standing}.
 */
@NullMarked
package io.quorate.raft.protocol.election;

import org.jspecify.annotations.NullMarked;
