// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * How fast a leader may go: what leaves for the bucket when, how long an answer is awaited, and how
 * soon a failed request is repeated. Nothing here bears on safety. All instants are those of the
 * monotonic clock, given by the caller.
 *
 * <p>Starting point: {@link io.quorate.s3.protocol.pacing.Departures}.
 */
@NullMarked
package io.quorate.s3.protocol.pacing;

import org.jspecify.annotations.NullMarked;
