// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Replica runtime shared by the backends, and the ports. */
@NullMarked
package io.quorate.core;

import org.jspecify.annotations.NullMarked;
