// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The S3 backend as the runtime sees it.
 *
 * <p>Starting point: {@link io.quorate.s3.backend.S3Backend}.
 */
@NullMarked
package io.quorate.s3.backend;

import org.jspecify.annotations.NullMarked;
