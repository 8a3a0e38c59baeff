// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.LogBase;
import io.quorate.sim.contract.LogFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to the log in RocksDB. */
final class RocksFilesTest {
  @TempDir Path temporary;

  private final LogFixture log = LogFixture.empty();

  @Test
  void aTruncatedBeginningGivesItsFilesBackAndNothingIsRewritten() {
    try (RocksStorage storage = Disks.open(temporary)) {
      DurableLog store = storage.log();
      store.recover(null, 1);
      for (int i = 0; i < 500; i++) {
        store.write(List.of(log.append(log.random(1, 1, 20_000))));
      }
      long grown = Disks.size(temporary.resolve("log"));
      assertThat(grown).isGreaterThan(9L << 20);
      // What is still on its way below level 0 goes with a later truncation.
      long base = 480;
      do {
        LogBase next = log.baseAt(base);
        log.dropThrough(base);
        store.write(List.of(log.write(null, 0, next, log.random(1, 1, 20_000))));
        base++;
      } while (Disks.size(temporary.resolve("log")) > grown / 4 && base < 2000);
      base--;

      assertThat(Disks.size(temporary.resolve("log"))).isLessThan(grown / 3);
      assertThat(store.sizeBytes()).isBetween(21L * 20_000, 21L * 20_300);
      assertThat(store.read(base, base, 1 << 20)).isEmpty();
      assertThat(store.read(base + 1, base + 1, 1 << 20)).hasSize(1);
      SortedMap<String, String> statistics = store.statistics();
      assertThat(statistics.get("compaction.L6.MovedGB")).isNotEqualTo("0.000000");
      assertThat(statistics).containsEntry("compaction.L6.WriteGB", "0.000000");
    }
    try (RocksStorage storage = Disks.open(temporary)) {
      DurableState state = storage.log().recover(null, Long.MAX_VALUE);
      assertThat(state.tail()).hasSize(21);
      assertThat(state.base()).isEqualTo(log.base());
    }
  }
}
