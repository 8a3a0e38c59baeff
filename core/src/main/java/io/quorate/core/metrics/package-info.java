/**
 * What a replica counts.
 *
 * <p>Starting point: {@link io.quorate.core.metrics.ConsensusMetrics}.
 */
@NullMarked
package io.quorate.core.metrics;

import org.jspecify.annotations.NullMarked;
