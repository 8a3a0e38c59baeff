// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of {@code io.quorate.core.session}. */
@NullMarked
package io.quorate.core.session;

import org.jspecify.annotations.NullMarked;
