// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What replicas cost that have nothing to do: memory, threads, files and CPU time of many groups in
 * one process. {@code docs/performance.md}, "Idle groups", has what was measured.
 *
 * <p>Starting point: {@link io.quorate.bench.idle.IdleGroups}, a program of its own.
 */
@NullMarked
package io.quorate.bench.idle;

import org.jspecify.annotations.NullMarked;
