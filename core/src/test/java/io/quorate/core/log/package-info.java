// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of {@code io.quorate.core.log}. */
@NullMarked
package io.quorate.core.log;

import org.jspecify.annotations.NullMarked;
