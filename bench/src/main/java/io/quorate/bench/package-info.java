// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** JMH benchmarks. */
@NullMarked
package io.quorate.bench;

import org.jspecify.annotations.NullMarked;
