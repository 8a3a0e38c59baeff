// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of {@code io.quorate.core.runtime}. */
@NullMarked
package io.quorate.core.runtime;

import org.jspecify.annotations.NullMarked;
