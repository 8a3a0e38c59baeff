// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Microbenchmarks: what one piece costs when nothing else is in the way. Each class says which
 * question it answers and what the code is expected to cost; {@code docs/performance.md} keeps what
 * was measured.
 *
 * <p>Starting points: {@link io.quorate.bench.jmh.Benchmarks}, which runs them; {@link
 * io.quorate.bench.jmh.CoreRoundBenchmark} and {@link io.quorate.bench.jmh.RuntimeBenchmark}, which
 * put the pieces together. Benchmark classes are not final because JMH derives from them.
 */
@NullMarked
package io.quorate.bench.jmh;

import org.jspecify.annotations.NullMarked;
