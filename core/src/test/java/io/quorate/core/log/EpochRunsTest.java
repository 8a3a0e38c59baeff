// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochRunsTest {

  private static LogBase base(long slot, long epoch) {
    return new LogBase(slot, epoch, ChainHash.ROOT);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void answersAsAMapOfAllSlotsWould(long seed) {
    var random = new Random(seed);
    var runs = new EpochRuns(LogBase.EMPTY);
    var model = new TreeMap<Long, Long>(); // slot → epoch, base included
    model.put(0L, 0L);
    for (int step = 0; step < 5_000; step++) {
      int dice = random.nextInt(100);
      long base = model.firstKey();
      long last = model.lastKey();
      if (dice < 80) {
        long epoch = model.get(last) + (random.nextInt(4) == 0 ? random.nextInt(3) : 0);
        runs.append(last + 1, epoch);
        model.put(last + 1, epoch);
      } else if (dice < 90 && last > base) {
        long from = base + 1 + random.nextLong(last - base + 1);
        runs.truncateFrom(from);
        model.tailMap(from).clear();
      } else if (dice < 98) {
        long through = base + random.nextLong(last - base + 1);
        runs.dropThrough(through);
        model.headMap(through).clear();
      } else {
        runs.reset(base(step, step));
        model.clear();
        model.put((long) step, (long) step);
      }
      verify(runs, model);
    }
  }

  private static void verify(EpochRuns runs, NavigableMap<Long, Long> model) {
    long base = model.firstKey();
    long last = model.lastKey();
    assertThat(runs.baseSlot()).isEqualTo(base);
    assertThat(runs.lastSlot()).isEqualTo(last);
    assertThat(runs.lastEpoch()).isEqualTo(model.get(last));
    assertThat(runs.has(base - 1)).isFalse();
    assertThat(runs.has(last + 1)).isFalse();
    long first = base + 1;
    for (var each : model.entrySet()) {
      long slot = each.getKey();
      assertThat(runs.has(slot)).isTrue();
      assertThat(runs.epochAt(slot)).describedAs("slot %s", slot).isEqualTo(each.getValue());
      if (slot > base) {
        first = slot > first && !each.getValue().equals(model.get(slot - 1)) ? slot : first;
        assertThat(runs.firstSlotOfRun(slot)).isEqualTo(first);
      }
    }
  }

  @Test
  void epochsNeverGoBackAndSlotsAreDense() {
    var runs = new EpochRuns(base(10, 4));
    assertThatThrownBy(() -> runs.append(11, 3)).isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> runs.append(12, 4)).isInstanceOf(InvariantViolation.class);
    runs.append(11, 4);
    assertThatThrownBy(() -> runs.truncateFrom(10)).isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> runs.epochAt(9)).isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> runs.epochAt(12)).isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> runs.dropThrough(12)).isInstanceOf(InvariantViolation.class);
    assertThat(runs.epochAt(10)).isEqualTo(4);
  }
}
