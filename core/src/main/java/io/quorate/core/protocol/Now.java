// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

/**
 * The instant of a turn, read once.
 *
 * @param monotonicNanos for timeouts and leases; never goes back, no meaning between processes
 * @param wallNanos nanoseconds since 1970, for consensus time only; may jump, never trusted for
 *     safety
 */
public record Now(long monotonicNanos, long wallNanos) {}
