// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of the commands, run in this process. */
@NullMarked
package io.quorate.cli;

import org.jspecify.annotations.NullMarked;
