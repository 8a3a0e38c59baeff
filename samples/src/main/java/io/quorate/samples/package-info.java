// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Runnable examples that are also smoke tests. */
@NullMarked
package io.quorate.samples;

import org.jspecify.annotations.NullMarked;
