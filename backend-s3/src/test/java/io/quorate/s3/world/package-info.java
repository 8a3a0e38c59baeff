// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Whole groups on a simulated bucket, and the rules about what may be in it.
 *
 * <p>Starting points: {@link io.quorate.s3.world.S3Worlds}, {@link
 * io.quorate.s3.world.BucketRules}.
 */
@NullMarked
package io.quorate.s3.world;

import org.jspecify.annotations.NullMarked;
