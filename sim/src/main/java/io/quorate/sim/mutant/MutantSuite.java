// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.mutant;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The test of the simulator: what it would not notice, it does not test. Every rule of a protocol
 * is broken by itself; most mutants are shown by a few seeds, the deep ones by worlds of their own
 * or by the story of what the rule forbids.
 */
@Tag("sim")
@Execution(ExecutionMode.CONCURRENT)
public interface MutantSuite {

  /** The broken rules. */
  List<MutantCase> mutants();

  /** One test a mutant, by its name. */
  @TestFactory
  default Stream<DynamicTest> theMutantIsNoticed() {
    return mutants().stream()
        .map(each -> DynamicTest.dynamicTest(each.mutant().name(), each::check));
  }
}
