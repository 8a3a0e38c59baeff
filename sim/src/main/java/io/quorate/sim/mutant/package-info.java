// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Tests of the tests: breaks one rule in the source of a shipped class, and runs the checks on what
 * comes out. The product needs no switches for that.
 *
 * <p>Starting points: {@link io.quorate.sim.mutant.SourceMutant}, and {@link
 * io.quorate.sim.mutant.MutantSuite}, which a backend's test implements.
 */
@NullMarked
package io.quorate.sim.mutant;

import org.jspecify.annotations.NullMarked;
