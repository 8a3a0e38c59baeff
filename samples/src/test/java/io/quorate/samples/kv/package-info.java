// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Tests of the key-value service. */
@NullMarked
package io.quorate.samples.kv;

import org.jspecify.annotations.NullMarked;
