// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** The quorate commands and the distribution that the launcher runs. */
@NullMarked
package io.quorate.cli;

import org.jspecify.annotations.NullMarked;
