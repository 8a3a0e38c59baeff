// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The {@code quorate} commands.
 *
 * <p>Starting point: {@link io.quorate.cli.Main}. Exit codes: 0 fine, 1 ran and failed, 2 wrong use
 * or configuration; each failure is one sentence on the error stream.
 */
@NullMarked
package io.quorate.cli;

import org.jspecify.annotations.NullMarked;
