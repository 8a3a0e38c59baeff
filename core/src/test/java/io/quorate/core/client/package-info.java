// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of {@code io.quorate.core.client}. */
@NullMarked
package io.quorate.core.client;

import org.jspecify.annotations.NullMarked;
