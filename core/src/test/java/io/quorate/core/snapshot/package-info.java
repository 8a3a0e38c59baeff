// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of {@code io.quorate.core.snapshot}. */
@NullMarked
package io.quorate.core.snapshot;

import org.jspecify.annotations.NullMarked;
