// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** The S3 adapter and the probe on servers that other people wrote. */
@NullMarked
package io.quorate.it.store;

import org.jspecify.annotations.NullMarked;
