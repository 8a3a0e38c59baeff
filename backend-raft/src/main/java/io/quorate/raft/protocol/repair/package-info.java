// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Entries that are damaged on one disk and whole on another: asked for, lent, put back; or given
 * up, once it is certain that they were never committed.
 *
 * <p>Starting points: {@link io.quorate.raft.protocol.repair.LogMender} asks, {@link
 * io.quorate.raft.protocol.repair.EntryLender} answers. Not in the paper; the rules are those of
 * protocol-aware recovery for consensus-based storage (FAST '18).
 */
@NullMarked
package io.quorate.raft.protocol.repair;

import org.jspecify.annotations.NullMarked;
