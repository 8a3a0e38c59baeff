// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Whole-product tests. */
@NullMarked
package io.quorate.it;

import org.jspecify.annotations.NullMarked;
