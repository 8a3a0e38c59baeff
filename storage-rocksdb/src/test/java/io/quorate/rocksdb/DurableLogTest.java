// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.Entry;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.sim.contract.LogFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a log on a real disk owes beside the contract, in each kind of files. */
@ParameterizedClass
@EnumSource(LogKind.class)
final class DurableLogTest {
  private final LogKind kind;

  @TempDir Path temporary;

  private final LogFixture log = LogFixture.empty();

  DurableLogTest(LogKind kind) {
    this.kind = kind;
  }

  private static DurableLog recovered(RocksStorage storage) {
    storage.log().recover(null, 1);
    return storage.log();
  }

  private void append(DurableLog store, int groups, int payloadBytes) {
    for (int i = 0; i < groups; i++) {
      store.write(List.of(log.append(log.random(1, 1, payloadBytes))));
    }
  }

  @Test
  void aGroupIsOneSync() {
    try (RocksStorage storage = Disks.open(temporary, kind)) {
      DurableLog store = recovered(storage);
      LogMeter meter = store.meter();
      store.write(
          List.of(
              log.append(log.random(1, 3, 100)),
              log.append(log.random(1, 3, 100)),
              log.append(log.random(1, 3, 100))));
      assertThat(meter.syncs() - meter.markerSyncs()).isEqualTo(1);
      assertThat(meter.groups()).isEqualTo(1);
      assertThat(meter.entries()).isEqualTo(9);
      assertThat(meter.bytes()).isBetween(9L * 320, 9L * 320 + 700);

      store.write(List.of(log.append(List.of())));
      assertThat(meter.groups()).isEqualTo(1);
      // A vote is worth a second copy on the disk, in the marker.
      long markerSyncs = meter.markerSyncs();
      store.write(List.of(log.write(new byte[] {1}, 0, null, List.of())));
      assertThat(meter.syncs() - meter.markerSyncs()).isEqualTo(2);
      assertThat(meter.markerSyncs()).isGreaterThan(markerSyncs);
    }
  }

  @Test
  void aClosedStoreRefusesInsteadOfTouchingFreedMemory() throws Exception {
    RocksStorage storage = Disks.open(temporary, kind);
    DurableLog store = recovered(storage);
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
    try (RocksStorage storage = Disks.open(temporary, kind)) {
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
    try (RocksStorage storage = Disks.open(temporary, kind)) {
      recovered(storage).write(List.of(log.write(hardState, 0, null, log.random(1, 1, 10))));
    }
    try (RocksStorage storage = Disks.open(temporary, kind)) {
      DurableState state = storage.log().recover(null, 1 << 20);
      assertThat(state.hardState()).isEqualTo(hardState);
      assertThat(state.headCertain()).isTrue();
    }
  }
}
