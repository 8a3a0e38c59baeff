// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

/**
 * One run of one contender.
 *
 * @param point of a sweep at which it ran, such as {@code 64}; empty without a sweep
 * @param options as they were at this point
 * @param measured what it showed
 */
public record Run(String point, CompareOptions options, Measured measured) {}
