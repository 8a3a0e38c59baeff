// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * From many callers to one slab: admission limits and natural batching.
 *
 * <p>Starting point: {@link io.quorate.core.batch.Batcher}.
 */
@NullMarked
package io.quorate.core.batch;

import org.jspecify.annotations.NullMarked;
