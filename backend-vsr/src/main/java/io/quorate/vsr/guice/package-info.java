// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Makes the VSR backend available under {@code quorate.backend = vsr}.
 *
 * <p>Starting point: {@link io.quorate.vsr.guice.VsrPlugin}.
 */
@NullMarked
package io.quorate.vsr.guice;

import org.jspecify.annotations.NullMarked;
