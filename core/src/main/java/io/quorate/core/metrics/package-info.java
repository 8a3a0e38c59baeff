// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What a replica counts.
 *
 * <p>Starting point: {@link io.quorate.core.metrics.ConsensusMetrics}.
 */
@NullMarked
package io.quorate.core.metrics;

import org.jspecify.annotations.NullMarked;
