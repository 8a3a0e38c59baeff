// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The search against the definition, on thousands of small histories of every model. */
final class LinearizabilityCrossCheckTest {
  private static final int HISTORIES = 1500;
  private static final int OPERATIONS_MAX = 8;

  @Test
  void keyValue() {
    compare(
        Models.keyValue(),
        (random, client) ->
            switch (random.nextInt(6)) {
              case 0 -> Call.of("put", "k", value(random));
              case 1 -> Call.of("cas", "k", value(random), value(random));
              case 2 -> Call.of("delete", "k");
              case 3 -> Call.of("incr", "k", "1");
              default -> Call.of("get", "k");
            });
  }

  @Test
  void register() {
    compare(
        Models.register("0"),
        (random, client) ->
            switch (random.nextInt(4)) {
              case 0 -> Call.of("write", "k", value(random));
              case 1 -> Call.of("cas", "k", value(random), value(random));
              default -> Call.of("read", "k");
            });
  }

  @Test
  void counter() {
    compare(
        Models.counter(),
        (random, client) ->
            random.nextBoolean()
                ? Call.of("add", "k", String.valueOf(1 + random.nextInt(2)))
                : Call.of("read", "k"));
  }

  @Test
  void listAppend() {
    compare(
        Models.listAppend(),
        (random, client) ->
            random.nextBoolean() ? Call.of("append", "k", value(random)) : Call.of("read", "k"));
  }

  @Test
  void lock() {
    compare(
        Models.lock(),
        (random, client) ->
            switch (random.nextInt(3)) {
              case 0 -> Call.of("acquire", "k", "c" + client);
              case 1 -> Call.of("release", "k", "c" + client);
              default -> Call.of("holder", "k");
            });
  }

  private static <S> void compare(Model<S> model, RandomHistories.Calls calls) {
    int good = 0;
    int bad = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      History history =
          new RandomHistories(seed)
              .run(
                  model,
                  calls,
                  2 + random.nextInt(5),
                  2 + random.nextInt(OPERATIONS_MAX - 1),
                  seed % 3 * 0.2,
                  seed % 2 * 0.25);
      boolean expected = BruteForce.isLinearizable(history, model);
      if (seed % 2 == 0) {
        assertThat(expected).as("generator, seed %s", seed).isTrue();
      }
      Verdict verdict = Linearizability.check(history, model);
      assertThat(verdict.passed()).as("seed %s: %s", seed, verdict.text()).isEqualTo(expected);
      Verdict searched =
          Linearizability.check(history, model, Linearizability.Limits.DEFAULT, false);
      assertThat(searched.passed()).as("seed %s: %s", seed, searched.text()).isEqualTo(expected);
      assertThat(verdict).isNotInstanceOf(Verdict.Undecided.class);
      if (expected) {
        good++;
      } else {
        bad++;
      }
    }
    assertThat(good).isGreaterThan(HISTORIES / 2);
    assertThat(bad).isGreaterThan(HISTORIES / 50);
  }

  private static String value(Random random) {
    return String.valueOf(random.nextInt(3));
  }
}
