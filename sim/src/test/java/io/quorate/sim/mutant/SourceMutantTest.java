// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.sim.check.Linearizability;
import io.quorate.sim.check.Model;
import io.quorate.sim.contract.LogFixture;
import io.quorate.sim.contract.MemoryLogStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

final class SourceMutantTest {
  private static final String CHECK = "if (entry.slot() != disk.lastSlot() + 1 ||";

  /** What a store does with an entry that does not follow. */
  static final class WriteWithGap implements Callable<String> {
    static int runs;

    @Override
    public String call() throws IOException {
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

  /** Fails by itself. */
  static final class Failing implements Callable<String> {
    @Override
    public String call() {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void shippedCodeRunsUnchanged() {
    assertThat(SourceMutant.named("nothing").run(WriteWithGap.class)).isNull();
  }

  @Test
  void aReplacementTakesEffectOnlyInTheMutant() throws IOException {
    SourceMutant mutant =
        SourceMutant.named("no link check")
            .replace("sim", MemoryLogStore.class, CHECK, "if (false &&");

    assertThat(mutant.run(WriteWithGap.class)).isEqualTo("accepted in run 1");
    // Each run has classes of its own.
    assertThat(mutant.run(WriteWithGap.class)).isEqualTo("accepted in run 1");
    assertThat(new WriteWithGap().call()).isNull();
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
    assertThat(mutant.run(WriteWithGap.class)).isNull();
    SourceMutant wrong =
        SourceMutant.named("disk begins at one")
            .replace(
                "sim",
                MemoryLogStore.class,
                "return frames.isEmpty() ? base.slot() :",
                "return frames.isEmpty() ? 1 :")
            .replace(
                "sim", MemoryLogStore.class, CHECK, "if (entry.slot() != disk.lastSlot() + 1 && ");
    assertThat(wrong.run(WriteWithGap.class)).startsWith("accepted");
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
    assertThatThrownBy(() -> mutant.run(WriteWithGap.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("does not compile");
  }

  @Test
  void failuresOfTheEntryPointReachTheTest() {
    assertThatThrownBy(() -> SourceMutant.named("nothing").run(Failing.class))
        .hasMessageContaining("on purpose");
  }
}
