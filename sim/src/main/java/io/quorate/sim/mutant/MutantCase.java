// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A mutant, where it shows itself, and what is to be seen of it.
 *
 * @param found part of what the checks say; empty if it does not matter what
 */
public record MutantCase(SourceMutant mutant, Scene scene, String found) {

  /** Where a mutant shows itself. */
  public sealed interface Scene {}

  /**
   * Worlds drawn from seeds, tried in ascending order.
   *
   * @param noticed what was noticed in the world of a seed, null if nothing
   * @param firstSeed known to be enough when this was written, so that one world is, as a rule
   * @param seeds how many are tried if it no longer is, since seeds mean another world after each
   *     change of what is drawn
   */
  public record Worlds(
      Class<? extends LongFunction<@Nullable String>> noticed, long firstSeed, int seeds)
      implements Scene {}

  /**
   * A test of the module, which on the shipped code runs by itself.
   *
   * @param method its test method, without parameters
   */
  public record Story(Class<?> test, String method) implements Scene {}

  /** A mutant that fails a test, and what the test then says. */
  public static MutantCase story(SourceMutant mutant, Class<?> test, String method, String found) {
    return new MutantCase(mutant, new Story(test, method), found);
  }

  /** Fails unless the mutant is noticed, and the shipped code is not in the same world. */
  void check() throws ReflectiveOperationException {
    switch (scene) {
      case Worlds worlds -> check(worlds);
      case Story story -> {
        assertThat(story.test().getDeclaredMethod(story.method()).isAnnotationPresent(Test.class))
            .as("%s is a test that is run on the shipped code, too", story)
            .isTrue();
        assertThat(mutant.tell(story.test(), story.method()))
            .as("%s on the mutant \"%s\"", story, mutant)
            .isNotNull()
            .contains(found);
      }
    }
  }

  private void check(Worlds worlds) throws ReflectiveOperationException {
    SourceMutant.Sighting seen = mutant.hunt(worlds.noticed(), worlds.firstSeed(), worlds.seeds());
    assertThat(seen).as("\"%s\" is noticed by one of %s", mutant, worlds).isNotNull();
    if (seen != null) {
      assertThat(seen.failure()).contains(found);
      LongFunction<?> shipped = (LongFunction<?>) MutantLoader.made(worlds.noticed());
      assertThat(shipped.apply(seen.seed())).as("the shipped code, seed %s", seen.seed()).isNull();
    }
  }
}
