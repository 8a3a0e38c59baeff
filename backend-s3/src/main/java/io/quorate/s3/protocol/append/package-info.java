// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A leader writes: slots on their way to the bucket, and what happens to them when the leader is
 * deposed.
 *
 * <p>Starting point: {@link io.quorate.s3.protocol.append.Pipeline}.
 */
@NullMarked
package io.quorate.s3.protocol.append;

import org.jspecify.annotations.NullMarked;
