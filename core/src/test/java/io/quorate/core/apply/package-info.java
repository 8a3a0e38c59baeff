// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of {@code io.quorate.core.apply}. */
@NullMarked
package io.quorate.core.apply;

import org.jspecify.annotations.NullMarked;
