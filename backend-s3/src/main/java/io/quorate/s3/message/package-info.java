// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What S3 replicas say to each other. Nothing that is said is needed for safety: messages save
 * reads of the bucket, and time.
 *
 * <p>Starting point: {@link io.quorate.s3.message.S3Message}.
 */
@NullMarked
package io.quorate.s3.message;

import org.jspecify.annotations.NullMarked;
