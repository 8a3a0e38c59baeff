// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The smallest replicated service: one number.
 *
 * <p>Starting point: {@link io.quorate.samples.counter.Counter}.
 */
@NullMarked
package io.quorate.samples.counter;

import org.jspecify.annotations.NullMarked;
