// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Breaks the rules of VSR one at a time; the simulator has to notice. */
@NullMarked
package io.quorate.vsr.mutant;

import org.jspecify.annotations.NullMarked;
