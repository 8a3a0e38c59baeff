// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Reads that see every acknowledged command, without a write to the bucket.
 *
 * <p>Starting points: {@link io.quorate.s3.protocol.reads.LeaderReads} on the leader, {@link
 * io.quorate.s3.protocol.reads.ForwardedReads} elsewhere.
 */
@NullMarked
package io.quorate.s3.protocol.reads;

import org.jspecify.annotations.NullMarked;
