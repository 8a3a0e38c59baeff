// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of the samples as a whole. */
@NullMarked
package io.quorate.samples;

import org.jspecify.annotations.NullMarked;
