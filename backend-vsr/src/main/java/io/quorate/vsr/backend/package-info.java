// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * VSR as the runtime sees it.
 *
 * <p>Starting point: {@link io.quorate.vsr.backend.VsrBackend}.
 */
@NullMarked
package io.quorate.vsr.backend;

import org.jspecify.annotations.NullMarked;
