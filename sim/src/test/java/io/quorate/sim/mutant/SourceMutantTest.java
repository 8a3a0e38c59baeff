// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.sim.check.Linearizability;
import io.quorate.sim.check.Model;
import io.quorate.sim.contract.LogFixture;
import io.quorate.sim.contract.MemoryLogStore;
import io.quorate.sim.mutant.SourceMutant.Sighting;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SourceMutantTest {
  private static final Sighting ACCEPTED = new Sighting(5, "accepted in run 1");
  private static final String CHECK = "if (entry.slot() != disk.lastSlot() + 1 ||";

  /** What a store does with an entry that does not follow. */
  static final class WriteWithGap implements LongFunction<@Nullable String> {
    static int runs;

    @Override
    public @Nullable String apply(long seed) {
      runs++;
      LogFixture log = LogFixture.empty();
      log.random(1, 3, 10);
      try (MemoryLogStore.Disk disk = new MemoryLogStore.Disk();
          var store = disk.open()) {
        store.write(List.of(log.append(log.entries(2, 3))));
        return "accepted in run " + runs;
      } catch (RuntimeException refused) {
        return null;
      }
    }
  }

  /** Notices something in the world of one seed. */
  static final class OnlySeven implements LongFunction<@Nullable String> {
    @Override
    public @Nullable String apply(long seed) {
      return seed == 7 ? "seven" : null;
    }
  }

  /** A test that is told on a mutant. */
  static final class Story {
    void writeWithGap() {
      assertThat(new WriteWithGap().apply(1)).as("what became of it").isNull();
    }
  }

  /** Fails by itself. */
  static final class Failing implements LongFunction<@Nullable String> {
    @Override
    public @Nullable String apply(long seed) {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void shippedCodeRunsUnchanged() {
    assertThat(SourceMutant.named("nothing").hunt(WriteWithGap.class, 5, 1)).isNull();
  }

  @Test
  void aReplacementTakesEffectOnlyInTheMutant() {
    SourceMutant mutant =
        SourceMutant.named("no link check")
            .replace("sim", MemoryLogStore.class, CHECK, "if (false &&");

    assertThat(mutant.hunt(WriteWithGap.class, 5, 1)).isEqualTo(ACCEPTED);
    // Each run has classes of its own.
    assertThat(mutant.hunt(WriteWithGap.class, 5, 1)).isEqualTo(ACCEPTED);
    assertThat(new WriteWithGap().apply(5)).isNull();
  }

  @Test
  void seedsAreTriedInOrderUntilOneShowsIt() {
    SourceMutant nothing = SourceMutant.named("nothing");
    assertThat(nothing.hunt(OnlySeven.class, 4, 3)).isNull();
    assertThat(nothing.hunt(OnlySeven.class, 4, 4)).isEqualTo(new Sighting(7, "seven"));
  }

  @Test
  void aTestThatFailsOnTheMutantTellsWhy() {
    SourceMutant mutant =
        SourceMutant.named("no link check")
            .replace("sim", MemoryLogStore.class, CHECK, "if (false &&");

    assertThat(mutant.tell(Story.class, "writeWithGap")).contains("what became of it");
    assertThat(SourceMutant.named("nothing").tell(Story.class, "writeWithGap")).isNull();
  }

  @Test
  void severalReplacementsMayTouchOneClass() {
    SourceMutant mutant =
        SourceMutant.named("two")
            .replace("sim", MemoryLogStore.class, CHECK, "if (false &&")
            .replace("sim", MemoryLogStore.class, "return bytes;", "return bytes + 1;");

    assertThat(mutant.sources()).hasSize(1);
    assertThat(mutant.sources().get(MemoryLogStore.class.getName()))
        .contains("if (false &&")
        .contains("return bytes + 1;");
  }

  @Test
  void nestedClassesAreReplacedToo() {
    SourceMutant mutant =
        SourceMutant.named("disk forgets")
            .replace("sim", MemoryLogStore.class, "frames.lastKey();\n    }", "5;\n    }");
    assertThat(mutant.hunt(WriteWithGap.class, 5, 1)).isNull();
    SourceMutant wrong =
        SourceMutant.named("disk begins at one")
            .replace(
                "sim",
                MemoryLogStore.class,
                "return frames.isEmpty() ? base.slot() :",
                "return frames.isEmpty() ? 1 :")
            .replace(
                "sim", MemoryLogStore.class, CHECK, "if (entry.slot() != disk.lastSlot() + 1 && ");
    assertThat(wrong.hunt(WriteWithGap.class, 5, 1)).isEqualTo(ACCEPTED);
  }

  @Test
  void textThatIsGoneFailsTheTest() {
    SourceMutant mutant =
        SourceMutant.named("rotten").replace("sim", Model.class, "no such text", "");
    assertThatThrownBy(mutant::sources)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("rotten")
        .hasMessageContaining("no longer contains");
  }

  @Test
  void textThatIsNotUniqueFailsTheTest() {
    SourceMutant mutant =
        SourceMutant.named("vague").replace("sim", Linearizability.class, "return", "throw");
    assertThatThrownBy(mutant::sources)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("more than once");
  }

  @Test
  void sourceThatDoesNotCompileFailsTheTest() {
    SourceMutant mutant =
        SourceMutant.named("nonsense").replace("sim", MemoryLogStore.class, CHECK, "if nonsense");
    assertThatThrownBy(() -> mutant.hunt(WriteWithGap.class, 5, 1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("does not compile");
  }

  @Test
  void failuresOfTheEntryPointReachTheTest() {
    assertThatThrownBy(() -> SourceMutant.named("nothing").hunt(Failing.class, 1, 1))
        .hasMessageContaining("on purpose");
  }
}
