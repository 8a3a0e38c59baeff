// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.sim.contract.LogFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to the log in RocksDB; what every log owes is in the contract suite. */
final class RocksLogStoreTest {
  @TempDir Path temporary;

  private final LogFixture log = LogFixture.empty();

  private static RocksLogStore recovered(RocksStorage storage) {
    storage.log().recover(null, 1);
    return storage.log();
  }

  private void append(RocksLogStore store, int groups, int payloadBytes) {
    for (int i = 0; i < groups; i++) {
      store.write(List.of(log.append(log.random(1, 1, payloadBytes))));
    }
  }

  @Test
  void aGroupIsOneSync() {
    try (RocksStorage storage = Disks.open(temporary)) {
      RocksLogStore store = recovered(storage);
      long before = store.meter().syncs();
      store.write(
          List.of(
              log.append(log.random(1, 3, 100)),
              log.append(log.random(1, 3, 100)),
              log.append(log.random(1, 3, 100))));
      assertThat(store.meter().syncs() - before).isEqualTo(1);
      assertThat(store.meter().groups()).isEqualTo(1);
      assertThat(store.meter().entries()).isEqualTo(9);
      assertThat(store.meter().bytes()).isBetween(9L * 204, 9L * 204 + 500);

      store.write(List.of(log.append(List.of())));
      assertThat(store.meter().groups()).isEqualTo(1);
      // A vote is worth a second copy on the disk, in the marker.
      store.write(List.of(log.write(new byte[] {1}, 0, null, List.of())));
      assertThat(store.meter().syncs() - before).isEqualTo(3);
      store.write(List.of(log.write(new byte[] {1}, 0, null, log.random(1, 1, 10))));
      assertThat(store.meter().syncs() - before).isEqualTo(4);
    }
  }

  @Test
  void aTruncatedBeginningGivesItsFilesBackAndNothingIsRewritten() {
    try (RocksStorage storage = Disks.open(temporary)) {
      RocksLogStore store = recovered(storage);
      append(store, 500, 20_000);
      long grown = Disks.size(temporary.resolve("log"));
      assertThat(grown).isGreaterThan(9L << 20);
      LogBase base = log.baseAt(480);
      log.dropThrough(480);
      store.write(List.of(log.write(null, 0, base, List.of())));
      append(store, 10, 20_000);

      assertThat(Disks.size(temporary.resolve("log"))).isLessThan(grown / 4);
      assertThat(store.sizeBytes()).isBetween(30L * 20_000, 31L * 20_300);
      assertThat(store.read(480, 500, 1 << 20)).isEmpty();
      assertThat(store.read(481, 481, 1 << 20)).hasSize(1);
      SortedMap<String, String> statistics = store.statistics();
      assertThat(statistics.get("compaction.L6.MovedGB")).isNotEqualTo("0.000000");
      assertThat(statistics).containsEntry("compaction.L6.WriteGB", "0.000000");
    }
    try (RocksStorage storage = Disks.open(temporary)) {
      DurableState state = storage.log().recover(null, Long.MAX_VALUE);
      assertThat(state.tail()).hasSize(30);
      assertThat(state.base().slot()).isEqualTo(480);
    }
  }

  @Test
  void logFilesAreOverwrittenAndTheirRemainsNotTakenForEntries() throws IOException {
    Path left;
    try (RocksStorage storage = Disks.open(temporary.resolve("a"))) {
      RocksLogStore store = recovered(storage);
      append(store, 120, 5000);
      // What follows the last group in this file was written by an earlier log of the same size.
      append(store, 1, 100);
      left = Disks.copy(temporary.resolve("a"));
    }
    try (RocksStorage storage = Disks.open(left)) {
      DurableState state = storage.log().recover(null, Long.MAX_VALUE);
      assertThat(state.headCertain()).isTrue();
      assertThat(state.tail()).hasSize(121);
    }
    Disks.delete(left);
  }

  @Test
  void aClosedStoreRefusesInsteadOfTouchingFreedMemory() throws Exception {
    RocksStorage storage = Disks.open(temporary);
    RocksLogStore store = recovered(storage);
    append(store, 200, 1000);
    AtomicBoolean started = new AtomicBoolean();
    List<CompletableFuture<Void>> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      readers.add(
          CompletableFuture.runAsync(() -> {
            while (true) {
              try {
                List<Entry> entries = store.read(1, 200, 1 << 20);
                assertThat(entries).hasSize(200);
                started.set(true);
              } catch (StorageFault closed) {
                assertThat(closed).hasMessageContaining("is closed");
                return;
              }
            }
          }));
    }
    while (!started.get()) {
      Thread.onSpinWait();
    }
    storage.close();
    for (CompletableFuture<Void> reader : readers) {
      reader.get();
    }
    assertThatThrownBy(() -> append(store, 1, 1))
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("is closed");
    storage.close();
  }

  @Test
  void nothingIsWrittenBeforeTheLogIsProved() {
    try (RocksStorage storage = Disks.open(temporary)) {
      assertThatThrownBy(() -> append(storage.log(), 1, 1))
          .isInstanceOf(InvariantViolation.class)
          .hasMessageContaining("before recovered");
      assertThatThrownBy(() -> storage.log().read(1, 1, 1)).isInstanceOf(InvariantViolation.class);
    }
  }

  @Test
  void aLargeHardStateIsKeptThoughTheMarkerHasNoRoomForIt() {
    byte[] hardState = new byte[SyncMarker.HARD_STATE_BYTES_MAX + 1];
    hardState[7] = 7;
    try (RocksStorage storage = Disks.open(temporary)) {
      recovered(storage).write(List.of(log.write(hardState, 0, null, log.random(1, 1, 10))));
    }
    try (RocksStorage storage = Disks.open(temporary)) {
      DurableState state = storage.log().recover(null, 1 << 20);
      assertThat(state.hardState()).isEqualTo(hardState);
      assertThat(state.headCertain()).isTrue();
    }
  }
}
