// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.sim.contract.LogFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A directory whose process dies, and what is found in it; in what files the log is kept. */
abstract sealed class LogScene permits DamagedLogTest, DamagedSegmentsTest, LostEndTest {
  final LogKind kind;
  final LogFixture log = LogFixture.empty();
  Path path;

  LogScene(LogKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void makeDirectory() throws IOException {
    path = Disks.fresh();
  }

  @AfterEach
  void removeDirectory() throws IOException {
    Disks.delete(path);
  }

  /** Each group one entry and a hard state that tells the group; killed, not closed. */
  void writeGroupsAndDie(int groups, int payloadBytes) throws IOException {
    Path left;
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1 << 20);
      for (int i = 1; i <= groups; i++) {
        List<Entry> entries = List.of(log.random(1, payloadBytes));
        storage.log().write(List.of(log.write(hardState(i), 0, null, entries)));
      }
      left = Disks.copy(path);
    }
    Disks.delete(path);
    path = left;
  }

  static byte[] hardState(int group) {
    return new byte[] {9, 9, (byte) group};
  }

  RocksStorage open() {
    return Disks.open(path, kind);
  }

  Found reopen() {
    try (RocksStorage storage = open()) {
      DurableState state = storage.log().recover(null, Long.MAX_VALUE);
      List<Entry> read =
          storage.log().read(state.base().slot() + 1, state.epochs().lastSlot(), Integer.MAX_VALUE);
      assertThat(read).hasSameSizeAs(state.tail());
      assertThat(state.faulty()).isEmpty();
      return new Found(state.tail().size(), state.headCertain(), state.hardState());
    }
  }

  record Found(int entries, boolean certain, byte[] hardState) {}

  void append(long from, long through) {
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1);
      storage.log().write(List.of(log.append(log.entries(from, through))));
    }
  }

  List<FaultySlot> recoveredFaulty() {
    try (RocksStorage storage = open()) {
      return storage.log().recover(null, 1).faulty();
    }
  }

  FaultySlot faulty(long slot) {
    return new FaultySlot(slot, log.entry(slot).epoch(), log.entry(slot).hash());
  }

  List<Entry> entriesOf(List<FaultySlot> slots) {
    return slots.stream().map(faulty -> log.entry(faulty.slot())).toList();
  }
}
