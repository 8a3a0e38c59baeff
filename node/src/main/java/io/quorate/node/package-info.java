// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Configuration, bootstrap with Guice, life cycle, plugin interfaces. */
@NullMarked
package io.quorate.node;

import org.jspecify.annotations.NullMarked;
