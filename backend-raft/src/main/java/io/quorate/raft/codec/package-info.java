// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Raft's messages as bytes.
 *
 * <p>Starting point: {@link io.quorate.raft.codec.RaftCodec}; the schema is {@code
 * quorate/raft/v1/raft.proto}.
 */
@NullMarked
package io.quorate.raft.codec;

import org.jspecify.annotations.NullMarked;
