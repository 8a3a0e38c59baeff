// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Deterministic world, checkers and contract suites: the test kit. */
@NullMarked
package io.quorate.sim;

import org.jspecify.annotations.NullMarked;
