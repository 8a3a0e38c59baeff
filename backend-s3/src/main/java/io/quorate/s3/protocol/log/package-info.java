// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The end of the log as this replica holds it, and the little that it keeps on its own disk.
 *
 * <p>Starting point: {@link io.quorate.s3.protocol.log.S3Log}.
 */
@NullMarked
package io.quorate.s3.protocol.log;

import org.jspecify.annotations.NullMarked;
