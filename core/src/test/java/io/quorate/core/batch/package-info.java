// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of {@code io.quorate.core.batch}. */
@NullMarked
package io.quorate.core.batch;

import org.jspecify.annotations.NullMarked;
