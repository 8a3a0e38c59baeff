// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The S3 backend as the simulator runs it, for its tests and for {@code ./quorate sim} alike: a
 * configuration for each seed, and the rules about what may be in the bucket.
 *
 * <p>Needs {@code quorate-sim}, which users of the backend do not get: nothing outside of this
 * package refers to it.
 *
 * <p>Starting points: {@link io.quorate.s3.world.S3Worlds}, {@link
 * io.quorate.s3.world.BucketRules}.
 */
@NullMarked
package io.quorate.s3.world;

import org.jspecify.annotations.NullMarked;
