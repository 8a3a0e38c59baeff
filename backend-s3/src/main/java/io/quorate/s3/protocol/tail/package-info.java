// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Everybody else reads: entries pushed by the leader, entries and snapshots pulled from the bucket.
 *
 * <p>Starting points: {@link io.quorate.s3.protocol.tail.Puller}, {@link
 * io.quorate.s3.protocol.tail.Pushes}.
 */
@NullMarked
package io.quorate.s3.protocol.tail;

import org.jspecify.annotations.NullMarked;
