// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogHead;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.LogStore.DamagedEntries;
import io.quorate.core.port.LogStore.StorageFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LogStore} owes when bytes below it are not those that were written: damage is
 * never handed out, what is known of it by the copy of the header is told, and it can be mended.
 * Part of {@link LogStoreContract}.
 */
@Tag("contract")
public interface DamagedLogContract {

  /** A fresh, empty disk; closed by the test. */
  LogDisk disk() throws IOException;

  @Test
  default void damagedEntriesAreFaultyAndNeverHandedOut() throws IOException {
    int body = Entry.HEADER_BYTES + 40;
    for (int offset : new int[] {8, 16, 24, 50, 70, 90, 96, 100, body}) {
      LogFixture log = LogFixture.empty();
      try (LogDisk disk = disk()) {
        write(disk, log, log.random(1, 9, 200));
        assumeTrue(disk.corrupt(5, offset), "the adapter cannot damage an entry");
        try (LogStore store = disk.open()) {
          DurableState state = store.recover(null, 1 << 20);
          assertFaulty(state, log, 5);
          LogStoreContract.assertSame(state.tail(), log.entries(6, 9));
          assertCutShort(store, 1, 9, log.entries(1, 4), faulty(log, 5));
          assertCutShort(store, 5, 5, List.of(), faulty(log, 5));
          LogStoreContract.assertSame(store.read(6, 9, 1 << 20), log.entries(6, 9));
          // A read whose bytes end before the damage does not meet it.
          LogStoreContract.assertSame(store.read(1, 9, 1), log.entries(1, 1));
        }
        // Also where the damaged entry is not among those that are handed out.
        try (LogStore store = disk.open()) {
          DurableState state = store.recover(null, 1);
          assertFaulty(state, log, 5);
          LogStoreContract.assertSame(state.tail(), log.entries(9, 9));
        }
      }
    }
  }

  @Test
  default void aFaultyLastEntryIsStillTheHead() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(3, 9, 200));
      assumeTrue(disk.corrupt(9, Entry.HEADER_BYTES + 7), "the adapter cannot damage an entry");
      try (LogStore store = disk.open()) {
        DurableState state = store.recover(null, 1 << 20);
        assertFaulty(state, log, 9);
        assertThat(state.tail()).isEmpty();
        // The next entry links to it all the same.
        store.write(List.of(log.append(log.random(3, 2, 50))));
      }
      try (LogStore store = disk.open()) {
        DurableState state = store.recover(null, 1 << 20);
        assertFaulty(state, log, 9);
        LogStoreContract.assertSame(state.tail(), log.entries(10, 11));
      }
    }
  }

  @Test
  default void severalEntriesMayBeFaulty() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      log.random(1, 4, 100);
      write(disk, log, joined(log.entries(), log.random(6, 8, 100)));
      for (long slot : new long[] {1, 4, 5, 6, 10}) {
        assumeTrue(disk.corrupt(slot, 110), "the adapter cannot damage an entry");
      }
      try (LogStore store = disk.open()) {
        DurableState state = store.recover(null, 1 << 20);
        assertFaulty(state, log, 1, 4, 5, 6, 10);
        LogStoreContract.assertSame(state.tail(), log.entries(11, 12));
        assertCutShort(store, 1, 12, List.of(), faulty(log, 1));
        assertCutShort(store, 2, 12, log.entries(2, 3), faulty(log, 4, 5, 6));
        assertCutShort(store, 7, 12, log.entries(7, 9), faulty(log, 10));
      }
    }
  }

  @Test
  default void whatNothingIsKnownOfStopsRecovery() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(1, 9, 200));
      assumeTrue(disk.corrupt(5, 120), "the adapter cannot damage an entry");
      assumeTrue(disk.corruptHeader(5), "the adapter cannot damage the copy of a header");
      try (LogStore store = disk.open()) {
        assertThatThrownBy(() -> store.recover(null, 1 << 20))
            .isInstanceOf(StorageFault.class)
            .hasMessageContaining("5");
        assertThatThrownBy(() -> store.read(5, 5, 1 << 20)).isInstanceOf(RuntimeException.class);
      }
    }
  }

  @Test
  default void aDamagedCopyOfAHeaderIsWrittenAnew() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(1, 9, 200));
      assumeTrue(disk.corruptHeader(5), "the adapter cannot damage the copy of a header");
      LogStoreContract.assertSame(recovered(disk).tail(), log.entries());
      assumeTrue(disk.corrupt(5, 120), "the adapter cannot damage an entry");
      assertFaulty(recovered(disk), log, 5);
    }
  }

  @Test
  default void theEntryOfAnotherSlotIsDamage() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(1, 9, 200));
      assumeTrue(disk.misdirect(4, 7), "the adapter cannot misdirect a write");
      try (LogStore store = disk.open()) {
        assertFaulty(store.recover(null, 1 << 20), log, 4);
        assertCutShort(store, 2, 9, log.entries(2, 3), faulty(log, 4));
      }
    }
  }

  @Test
  default void aRepairedEntryIsWholeAgain() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(1, 9, 200));
      assumeTrue(disk.corrupt(5, 120), "the adapter cannot damage an entry");
      assumeTrue(disk.corrupt(9, 60), "the adapter cannot damage an entry");
      try (LogStore store = disk.open()) {
        assertFaulty(store.recover(null, 1 << 20), log, 5, 9);
        store.write(List.of(DurableWrite.repairing(1, log.entries(5, 5))));
        LogStoreContract.assertSame(store.read(1, 8, 1 << 20), log.entries(1, 8));
        assertCutShort(store, 5, 9, log.entries(5, 8), faulty(log, 9));
        Optional<LogDisk> crashed = disk.crashCopy();
        if (crashed.isPresent()) {
          try (LogDisk copy = crashed.get()) {
            assertFaulty(recovered(copy), log, 9);
          }
        }
        store.write(List.of(DurableWrite.repairing(2, log.entries(9, 9))));
        LogStoreContract.assertSame(store.read(1, 9, 1 << 20), log.entries());
      }
      DurableState state = recovered(disk);
      assertFaulty(state, log);
      LogStoreContract.assertSame(state.tail(), log.entries());
    }
  }

  @Test
  default void aRepairComesBeforeTheOtherPartsOfItsWrite() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(1, 9, 200));
      assumeTrue(disk.corrupt(3, 120), "the adapter cannot damage an entry");
      assumeTrue(disk.corrupt(7, 120), "the adapter cannot damage an entry");
      try (LogStore store = disk.open()) {
        store.recover(null, 1 << 20);
        List<Entry> repair = List.of(log.entry(3), log.entry(7));
        log.truncateFrom(7);
        store.write(
            List.of(new DurableWrite(1, null, repair, 7, log.baseAt(2), log.random(2, 2, 50))));
        log.dropThrough(2);
        LogStoreContract.assertSame(store.read(3, 8, 1 << 20), log.entries());
      }
      assertFaulty(recovered(disk), log);
    }
  }

  /** What takes the place of a repaired entry is not mistaken for it, and not mended by it. */
  @Test
  default void aRepairDoesNotOutliveItsEntry() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(1, 9, 200));
      assumeTrue(disk.corrupt(7, 120), "the adapter cannot damage an entry");
      try (LogStore store = disk.open()) {
        store.recover(null, 1 << 20);
        store.write(List.of(DurableWrite.repairing(1, log.entries(7, 7))));
        log.truncateFrom(6);
        store.write(List.of(log.write(null, 6, null, log.random(2, 4, 50))));
        LogStoreContract.assertSame(store.read(1, 9, 1 << 20), log.entries());
      }
      assertFaulty(recovered(disk), log);
      disk.corrupt(7, 120);
      assertFaulty(recovered(disk), log, 7);
    }
  }

  @Test
  default void faultyEntriesCanBeTruncatedAndDropped() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(1, 9, 200));
      for (long slot : new long[] {3, 4, 6, 7}) {
        assumeTrue(disk.corrupt(slot, 120), "the adapter cannot damage an entry");
      }
      try (LogStore store = disk.open()) {
        store.recover(null, 1 << 20);
        store.write(List.of(log.write(null, 0, log.baseAt(3), List.of())));
        log.dropThrough(3);
        log.truncateFrom(7);
        store.write(List.of(log.write(null, 7, null, log.random(4, 2, 50))));
      }
      assertFaulty(recovered(disk), log, 4, 6);
    }
  }

  @Test
  default void onlyTheVeryEntryMendsASlot() throws IOException {
    LogFixture log = LogFixture.empty();
    LogFixture other = LogFixture.empty();
    other.random(2, 5, 30);
    try (LogDisk disk = disk()) {
      write(disk, log, log.random(1, 9, 200));
      assumeTrue(disk.corrupt(5, 120), "the adapter cannot damage an entry");
      try (LogStore store = disk.open()) {
        store.recover(null, 1 << 20);
        assertThatThrownBy(
                () -> store.write(List.of(DurableWrite.repairing(1, other.entries(5, 5)))))
            .isInstanceOf(RuntimeException.class);
      }
      assertFaulty(recovered(disk), log, 5);
    }
  }

  @Test
  default void aDamagedHardStateStopsRecovery() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = disk.open()) {
        store.recover(null, 1);
        byte[] hardState = {5, 2, 3, 4, 5, 6, 7, 8};
        store.write(List.of(log.write(hardState, 0, null, log.random(1, 2, 10))));
      }
      assumeTrue(disk.corruptHardState(), "the adapter cannot damage the hard state");
      assertThatThrownBy(() -> recovered(disk)).isInstanceOf(StorageFault.class);
    }
  }

  private static void write(LogDisk disk, LogFixture log, List<Entry> entries) throws IOException {
    try (LogStore store = disk.open()) {
      store.recover(null, 1 << 20);
      store.write(List.of(log.append(entries)));
    }
  }

  private static DurableState recovered(LogDisk disk) throws IOException {
    try (LogStore store = disk.open()) {
      return store.recover(null, 1 << 20);
    }
  }

  private static List<Entry> joined(List<Entry> first, List<Entry> second) {
    List<Entry> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /** What a store tells of these slots of a log if their entries are damaged. */
  static List<FaultySlot> faulty(LogFixture log, long... slots) {
    List<FaultySlot> faulty = new ArrayList<>();
    for (long slot : slots) {
      Entry entry = log.entry(slot);
      faulty.add(new FaultySlot(slot, entry.epoch(), entry.hash()));
    }
    return faulty;
  }

  /** The state is that of the whole log, and these slots of it are faulty. */
  private static void assertFaulty(DurableState state, LogFixture log, long... slots) {
    assertThat(state.faulty()).isEqualTo(faulty(log, slots));
    assertThat(state.head()).isEqualTo(LogHead.of(log.entry(log.lastSlot())));
    assertThat(state.base()).isEqualTo(log.base());
    assertThat(state.headCertain()).isTrue();
    assertThat(state.epochs().lastSlot()).isEqualTo(log.lastSlot());
    for (Entry entry : log.entries()) {
      assertThat(state.epochs().epochAt(entry.slot())).isEqualTo(entry.epoch());
    }
  }

  private static void assertCutShort(
      LogStore store, long from, long through, List<Entry> before, List<FaultySlot> slots) {
    DamagedEntries damage =
        catchThrowableOfType(
            DamagedEntries.class, () -> store.read(from, through, Integer.MAX_VALUE));
    assertThat(damage).isNotNull();
    LogStoreContract.assertSame(damage.before(), before);
    assertThat(damage.slots()).isEqualTo(slots);
  }
}
