// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The side-by-side comparison: the same workload and the same fault for every backend, through the
 * public client, with the history checked.
 *
 * <p>Starting points: {@link io.quorate.bench.compare.Comparison} runs it, {@link
 * io.quorate.bench.compare.Workload} is what the clients do, {@link
 * io.quorate.bench.compare.HistoryCheck} decides whether a fast run counts at all.
 */
@NullMarked
package io.quorate.bench.compare;

import org.jspecify.annotations.NullMarked;
