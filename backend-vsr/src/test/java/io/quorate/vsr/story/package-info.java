// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** One failure each, told in order; every bug that the simulator found leaves one behind. */
@NullMarked
package io.quorate.vsr.story;

import org.jspecify.annotations.NullMarked;
