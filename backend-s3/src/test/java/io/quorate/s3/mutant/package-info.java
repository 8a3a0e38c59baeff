// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Broken copies of the core, and proof that the simulator notices each of them. */
@NullMarked
package io.quorate.s3.mutant;

import org.jspecify.annotations.NullMarked;
