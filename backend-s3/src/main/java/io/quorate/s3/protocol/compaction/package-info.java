// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Snapshots into the bucket, the watermark, and what may be deleted after it.
 *
 * <p>Starting point: {@link io.quorate.s3.protocol.compaction.Publisher}.
 */
@NullMarked
package io.quorate.s3.protocol.compaction;

import org.jspecify.annotations.NullMarked;
