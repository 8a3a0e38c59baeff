// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The messages of the S3 backend as protobuf.
 *
 * <p>Starting point: {@link io.quorate.s3.codec.S3Codec}.
 */
@NullMarked
package io.quorate.s3.codec;

import org.jspecify.annotations.NullMarked;
