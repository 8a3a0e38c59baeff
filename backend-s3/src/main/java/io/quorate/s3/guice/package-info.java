// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Makes the S3 backend available under {@code quorate.backend = s3}.
 *
 * <p>Starting point: {@link io.quorate.s3.guice.S3Plugin}.
 */
@NullMarked
package io.quorate.s3.guice;

import org.jspecify.annotations.NullMarked;
