// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** What users compile against. */
@NullMarked
package io.quorate.api;

import org.jspecify.annotations.NullMarked;
