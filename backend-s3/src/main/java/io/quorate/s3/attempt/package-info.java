// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What the object stores share: one answer for each request, in time, whatever happens.
 *
 * <p>Starting point: {@link io.quorate.s3.attempt.Attempts}.
 */
@NullMarked
package io.quorate.s3.attempt;

import org.jspecify.annotations.NullMarked;
