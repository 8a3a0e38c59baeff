// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of the counter. */
@NullMarked
package io.quorate.samples.counter;

import org.jspecify.annotations.NullMarked;
