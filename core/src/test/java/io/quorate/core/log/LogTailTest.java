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

class LogTailTest {
  private static Entry entry(long slot, ChainHash parent, int bodyBytes) {
    return Entry.control(EntryKind.CONFIGURATION, slot, 1, 1, slot, parent, new byte[bodyBytes]);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void behavesAsAMapOfItsWindow(long seed) {
    var random = new Random(seed);
    long windowMax = 60_000;
    var tail = new LogTail(LogBase.EMPTY, windowMax);
    var all = new TreeMap<Long, Entry>(); // the whole log, to know hashes before the window
    long base = 0;
    ChainHash baseHash = ChainHash.ROOT;
    long first = 1;
    for (int step = 0; step < 5_000; step++) {
      int dice = random.nextInt(1_000);
      long last = all.isEmpty() ? base : all.lastKey();
      if (dice < 900) {
        ChainHash parent = all.isEmpty() ? baseHash : all.get(last).hash();
        Entry next = entry(last + 1, parent, random.nextInt(400));
        tail.append(next);
        all.put(last + 1, next);
      } else if (dice < 940 && last > base) {
        long from = base + 1 + random.nextLong(last - base + 1);
        Entry before = all.get(from - 1);
        tail.truncateFrom(from, before == null ? baseHash : before.hash());
        all.tailMap(from).clear();
        first = Math.min(first, from);
      } else if (dice < 970) {
        long durable = base + random.nextLong(last - base + 1);
        tail.evict(durable);
        while (bytes(all, first) > windowMax && first <= durable && first < last) {
          first++;
        }
      } else if (dice < 995) {
        long through = base + random.nextLong(last - base + 1);
        tail.dropThrough(through);
        first = Math.max(first, Math.min(through, last) + 1);
      } else {
        base = step;
        baseHash = new ChainHash(step, 1);
        tail.reset(new LogBase(base, 0, baseHash));
        all.clear();
        first = base + 1;
      }
      last = all.isEmpty() ? base : all.lastKey();
      assertThat(tail.firstSlot()).isEqualTo(first);
      assertThat(tail.lastSlot()).isEqualTo(last);
      assertThat(tail.lastHash()).isEqualTo(all.isEmpty() ? baseHash : all.get(last).hash());
      assertThat(tail.sizeBytes()).isEqualTo(bytes(all, first));
      for (long slot = first - 3; slot <= last + 3; slot++) {
        assertThat(tail.get(slot)).isSameAs(slot < first ? null : all.get(slot));
      }
    }
  }

  private static long bytes(NavigableMap<Long, Entry> all, long first) {
    return all.tailMap(first).values().stream().mapToLong(Entry::sizeBytes).sum();
  }

  @Test
  void onlyWhatFollowsAndLinksIsAppended() {
    var tail = new LogTail(LogBase.EMPTY, 1_000);
    Entry one = entry(1, ChainHash.ROOT, 0);
    tail.append(one);
    assertThatThrownBy(() -> tail.append(entry(3, one.hash(), 0)))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> tail.append(entry(2, ChainHash.ROOT, 0)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("chain breaks");
    tail.append(entry(2, one.hash(), 0));
    assertThat(tail.lastSlot()).isEqualTo(2);
  }

  @Test
  void whatIsNotDurableHereStays() {
    var tail = new LogTail(LogBase.EMPTY, 1);
    ChainHash parent = ChainHash.ROOT;
    for (int slot = 1; slot <= 10; slot++) {
      Entry next = entry(slot, parent, 50);
      tail.append(next);
      parent = next.hash();
    }
    tail.evict(4);
    assertThat(tail.firstSlot()).isEqualTo(5);
    tail.evict(10);
    assertThat(tail.firstSlot()).describedAs("the last entry is always held").isEqualTo(10);
  }

  @Test
  void truncationBeyondTheEndIsABug() {
    var tail = new LogTail(LogBase.EMPTY, 1);
    assertThatThrownBy(() -> tail.truncateFrom(2, ChainHash.ROOT))
        .isInstanceOf(InvariantViolation.class);
    tail.truncateFrom(1, ChainHash.ROOT);
    assertThat(tail.lastSlot()).isZero();
  }
}
