// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of configuration and wiring. */
@NullMarked
package io.quorate.node;

import org.jspecify.annotations.NullMarked;
