// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Invariants that stay on in production.
 *
 * <p>Starting point: {@link io.quorate.core.check.Check}.
 */
@NullMarked
package io.quorate.core.check;

import org.jspecify.annotations.NullMarked;
