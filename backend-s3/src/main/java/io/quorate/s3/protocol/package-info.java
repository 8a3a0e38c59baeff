// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The S3 protocol as a pure state machine. See docs/protocol/s3.md.
 *
 * <p>Starting point: {@link io.quorate.s3.protocol.S3Replica}, which only hands events to the
 * parts.
 */
@NullMarked
package io.quorate.s3.protocol;

import org.jspecify.annotations.NullMarked;
