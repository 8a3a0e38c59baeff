// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The replicated log as bytes and as a window in memory; pure.
 *
 * <p>Starting points: {@link io.quorate.core.log.Entry}, the unit of consensus, and {@link
 * io.quorate.core.log.Slab}, the commands in it.
 */
@NullMarked
package io.quorate.core.log;

import org.jspecify.annotations.NullMarked;
