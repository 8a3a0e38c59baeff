// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.core.log.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CounterMachineTest {
  private static final ApplyContext ANYWHERE =
      new ApplyContext() {
        @Override
        public long index() {
          return 1;
        }

        @Override
        public long epoch() {
          return 1;
        }

        @Override
        public long timeNanos() {
          return 1;
        }

        @Override
        public RandomGenerator random() {
          return new SplittableRandom(1);
        }
      };

  private final CounterMachine machine = new CounterMachine(2, 2);

  @Test
  void aCommandThatTakesEffectLateIsNoDuplicate() {
    apply(1);
    apply(3);
    apply(2);
    assertThat(duplicates(machine)).isZero();
  }

  @Test
  void aCommandThatTakesEffectTwiceIsADuplicate() {
    apply(1);
    apply(3);
    apply(3);
    apply(2);
    apply(2);
    assertThat(duplicates(machine)).isEqualTo(2);
  }

  @Test
  void whatIsTooOldToBeRememberedCountsAsADuplicate() {
    apply(1);
    apply(100);
    apply(36);
    assertThat(duplicates(machine)).isEqualTo(1);
    apply(37);
    assertThat(duplicates(machine)).isEqualTo(1);
  }

  @Test
  void aSnapshotKeepsTheMemory() throws IOException {
    apply(1);
    apply(3);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    machine.capture().writeTo(out);
    CounterMachine restored = new CounterMachine(2, 2);
    restored.restore(new ByteArrayInputStream(out.toByteArray()), 1);
    restored.apply(CounterMachine.command(1, 0, 2, 16), ANYWHERE);
    assertThat(duplicates(restored)).isZero();
    restored.apply(CounterMachine.command(1, 0, 3, 16), ANYWHERE);
    assertThat(duplicates(restored)).isEqualTo(1);
  }

  private void apply(long number) {
    machine.apply(CounterMachine.command(1, 0, number, 16), ANYWHERE);
  }

  private static long duplicates(CounterMachine of) {
    return Bytes.getLong(of.query(CounterMachine.diary()), 24 + 16);
  }
}
