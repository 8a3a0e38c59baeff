// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.EntryHeader;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogHead;
import io.quorate.core.port.LogStore.DamagedEntries;
import io.quorate.core.port.LogStore.StorageFault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Bytes flipped, cut off and lost in real files, and what the store makes of them. */
final class DamagedLogTest extends LogScene {
  DamagedLogTest() {
    super(LogKind.ROCKSDB);
  }

  private Path writeAheadLog() throws IOException {
    List<Path> logs = Disks.files(path.resolve("log"), ".log");
    return logs.get(logs.size() - 1);
  }

  @Test
  void aFlippedBitInTheLastGroupIsNoticed() throws IOException {
    writeGroupsAndDie(20, 200);
    Path wal = writeAheadLog();
    Disks.flip(wal, Disks.find(wal, log.entry(20).frame()) + 130);

    Found found = reopen();
    assertThat(found.entries()).isEqualTo(19);
    assertThat(found.certain()).isFalse();
    assertThat(found.hardState()).isEqualTo(hardState(20));
  }

  @Test
  void aFlippedBitInTheMiddleIsNoticedByTheMarker() throws IOException {
    writeGroupsAndDie(20, 200);
    Path wal = writeAheadLog();
    Disks.flip(wal, Disks.find(wal, log.entry(8).frame()) + 130);

    Found found = reopen();
    assertThat(found.entries()).isEqualTo(7);
    assertThat(found.certain()).isFalse();
    assertThat(found.hardState()).isEqualTo(hardState(20));
  }

  /** A power loss may take back a marker that was not synced; the log then speaks for itself. */
  @Test
  void aFlippedBitInTheMiddleIsNoticedWithAnOldMarker() throws IOException {
    Path left;
    try (RocksStorage storage = Disks.open(path)) {
      storage.log().recover(null, 1 << 20);
      storage.log().write(List.of(log.append(List.of(log.random(1, 100)))));
      byte[] old = Files.readAllBytes(path.resolve("marker"));
      for (int i = 0; i < 300; i++) {
        storage.log().write(List.of(log.append(List.of(log.random(1, 100)))));
      }
      left = Disks.copy(path);
      Files.write(left.resolve("marker"), old);
    }
    Disks.delete(path);
    path = left;
    Path sound = Disks.copy(path);
    assertThat(reopen()).isEqualTo(new Found(301, true, null));
    for (long slot : new long[] {2, 60, 299, 300}) {
      path = Disks.copy(sound);
      Path wal = writeAheadLog();
      Disks.flip(wal, Disks.find(wal, log.entry(slot).frame()) + 130);
      assertThatThrownBy(this::reopen)
          .isInstanceOf(StorageFault.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("is damaged behind change")
          .hasMessageContaining("leave this replica stopped");
      Disks.delete(path);
    }
    path = sound;
  }

  @Test
  void aLostWriteAheadLogIsNoticed() throws IOException {
    writeGroupsAndDie(20, 200);
    Files.delete(writeAheadLog());
    Found found = reopen();
    assertThat(found.entries()).isZero();
    assertThat(found.certain()).isFalse();
    assertThat(found.hardState()).isEqualTo(hardState(20));
  }

  /** Entries of some kilobytes in table files of their own; nothing is left in the memtables. */
  private void writeTableFiles() throws IOException {
    try (RocksStorage storage = Disks.open(path)) {
      storage.log().recover(null, 1 << 20);
      for (int i = 0; i < 300; i++) {
        storage.log().write(List.of(log.append(List.of(log.random(1, 2000)))));
      }
    }
    // Opening moves everything from the write-ahead log into table files.
    Disks.open(path).close();
  }

  private void flipInTableFile(byte[] bytes, int offset) throws IOException {
    Path table = null;
    for (Path file : Disks.files(path, ".sst")) {
      try {
        table = Disks.find(file, bytes) >= 0 ? file : table;
      } catch (NoSuchFileException gone) {
        // Whatever stood there stands in another one.
      }
    }
    Disks.flip(table, Disks.find(table, bytes) + offset);
  }

  /** An entry's own header has the same bytes as its copy, but stands before the body. */
  private void flipCopyOfHeader(long slot) throws IOException {
    byte[] copy = EntryHeader.copyOf(log.entry(slot));
    for (Path file : Disks.files(path, ".sst")) {
      int at = Disks.find(file, copy);
      if (at >= 0 && Disks.find(file, log.entry(slot).frame()) < 0) {
        Disks.flip(file, at + 30);
        return;
      }
    }
    throw new AssertionError("no table file has the copy of the header of slot " + slot);
  }

  @Test
  void damageInATableFileIsFoundOnReading() throws IOException {
    writeTableFiles();
    try (RocksStorage storage = Disks.open(path)) {
      storage.log().recover(null, 1);
      flipInTableFile(log.entry(150).frame(), 500);
      DamagedEntries damage =
          catchThrowableOfType(
              DamagedEntries.class, () -> storage.log().read(100, 250, Integer.MAX_VALUE));
      assertThat(damage).hasMessageContaining(path.toString());
      // A damaged block takes its neighbours with it, and no more.
      assertThat(damage.slots()).contains(faulty(150)).hasSizeBetween(1, 40);
      assertThat(damage.before()).hasSize((int) (damage.slots().getFirst().slot() - 100));
      storage.log().write(List.of(DurableWrite.repairing(1, entriesOf(damage.slots()))));
      assertThat(storage.log().read(100, 250, Integer.MAX_VALUE)).hasSize(151);
    }
    assertThat(reopen().entries()).isEqualTo(300);
  }

  /** Blocks at both ends and in the middle; the log lives on around what is damaged. */
  @Test
  void damagedBlocksAreFaultyAndMended() throws IOException {
    writeTableFiles();
    for (long slot : new long[] {1, 150, 151, 300}) {
      flipInTableFile(log.entry(slot).frame(), 500);
    }
    List<FaultySlot> found;
    try (RocksStorage storage = Disks.open(path)) {
      DurableState state = storage.log().recover(null, 1 << 20);
      found = state.faulty();
      assertThat(found).contains(faulty(1), faulty(150), faulty(151), faulty(300));
      assertThat(found).hasSizeBetween(4, 120);
      assertThat(state.head()).isEqualTo(LogHead.of(log.entry(300)));
      assertThat(state.headCertain()).isTrue();
      for (FaultySlot faulty : found) {
        assertThat(faulty).isEqualTo(faulty(faulty.slot()));
      }
      // It goes on before anything is mended.
      storage.log().write(List.of(log.append(log.random(1, 100, 2000))));
    }
    assertThat(recoveredFaulty()).isEqualTo(found);
    try (RocksStorage storage = Disks.open(path)) {
      storage.log().recover(null, 1);
      storage.log().write(List.of(DurableWrite.repairing(1, entriesOf(found))));
      // Flushes and compactions around the damaged files do not touch them.
      for (int i = 0; i < 200; i++) {
        storage.log().write(List.of(log.append(log.random(1, 1, 2000))));
      }
      assertThat(storage.log().read(1, 600, Integer.MAX_VALUE)).hasSize(600);
    }
    assertThat(reopen()).isEqualTo(new Found(600, true, null));
    try (RocksStorage storage = Disks.open(path)) {
      storage.log().recover(null, 1);
      storage.log().write(List.of(log.write(null, 0, log.baseAt(310), List.of())));
    }
    assertThat(reopen().entries()).isEqualTo(290);
  }

  @Test
  void damagedCopiesOfHeadersAreWrittenElsewhere() throws IOException {
    writeTableFiles();
    for (long slot : new long[] {1, 150, 300}) {
      flipCopyOfHeader(slot);
    }
    List<FaultySlot> found = recoveredFaulty();
    try (RocksStorage storage = Disks.open(path)) {
      storage.log().recover(null, 1);
      storage.log().write(List.of(DurableWrite.repairing(1, entriesOf(found))));
      for (int i = 0; i < 200; i++) {
        storage.log().write(List.of(log.append(log.random(1, 1, 2000))));
      }
    }
    assertThat(reopen().entries()).isEqualTo(500);
  }

  @Test
  void anEntryAndTheCopyOfItsHeaderDamagedTogetherAreAFault() throws IOException {
    writeTableFiles();
    byte[] frame = log.entry(150).frame();
    byte[] header = EntryHeader.copyOf(log.entry(150));
    for (Path table : Disks.files(path, ".sst")) {
      int at = Disks.find(table, header);
      if (at >= 0) {
        Disks.flip(table, at + 30);
      }
    }
    assertThat(frame).startsWith(header);
    assertThatThrownBy(this::reopen)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("leave this replica stopped");
  }

  /** What a release without copies of headers has left gets them when it is opened. */
  @Test
  void aLogWithoutCopiesOfHeadersGetsThem() throws Exception {
    writeTableFiles();
    removeFamilies();
    assertThat(LogInspector.inspect(path, new InspectionText(new PrintWriter(new StringWriter()))))
        .isEqualTo(new LogInspector.Verdict(true, "sound: slots 1 to 300"));
    assertThat(reopen().entries()).isEqualTo(300);
    Disks.open(path).close();
    flipInTableFile(Arrays.copyOfRange(log.entry(150).frame(), 200, 2000), 500);
    assertThat(recoveredFaulty()).contains(faulty(150));
  }

  private void removeFamilies() throws RocksDBException {
    String log = path.resolve("log").toString();
    try (Options options = new Options();
        DBOptions dbOptions = new DBOptions();
        ColumnFamilyOptions familyOptions = new ColumnFamilyOptions()) {
      List<ColumnFamilyDescriptor> families = new ArrayList<>();
      for (byte[] name : RocksDB.listColumnFamilies(options, log)) {
        families.add(new ColumnFamilyDescriptor(name, familyOptions));
      }
      assertThat(families).hasSize(4);
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      try (RocksDB db = RocksDB.open(dbOptions, log, families, handles)) {
        for (int i = 0; i < handles.size(); i++) {
          if (i >= 2) {
            db.dropColumnFamily(handles.get(i));
          }
        }
        handles.forEach(ColumnFamilyHandle::close);
      }
    }
  }

  /** Log files are overwritten: behind the last group stands what an earlier log left there. */
  @Test
  void remainsOfAnOverwrittenLogAreNeitherEntriesNorEvidence() throws IOException {
    byte[] old;
    Path left;
    try (RocksStorage storage = Disks.open(path)) {
      storage.log().recover(null, 1 << 20);
      do {
        old = Files.readAllBytes(path.resolve("marker"));
        for (int i = 0; i < 4; i++) {
          storage.log().write(List.of(log.append(List.of(log.random(1, 500)))));
        }
        left = Disks.copy(path);
      } while (!endsAmongRemains(left) && discard(left));
    }
    Disks.delete(path);
    path = left;
    Path sound = Disks.copy(path);
    assertThat(reopen()).isEqualTo(new Found((int) log.lastSlot(), true, null));

    Disks.delete(path);
    path = Disks.copy(sound);
    damage(log.lastSlot() - 1);
    assertThat(reopen()).isEqualTo(new Found((int) log.lastSlot() - 2, false, null));

    Disks.delete(path);
    path = Disks.copy(sound);
    damage(log.lastSlot() - 1);
    Files.write(path.resolve("marker"), old);
    assertThatThrownBy(this::reopen)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("is damaged behind change");
    Disks.delete(sound);
  }

  private void damage(long slot) throws IOException {
    Path wal = walWith(path, slot);
    Disks.flip(wal, Disks.find(wal, log.entry(slot).frame()) + 130);
  }

  private boolean endsAmongRemains(Path copy) throws IOException {
    Path wal = walWith(copy, log.lastSlot());
    return wal != null
        && wal.equals(walWith(copy, log.lastSlot() - 3))
        && Files.size(wal) - Disks.find(wal, log.entry(log.lastSlot()).frame()) > 20_000;
  }

  private static boolean discard(Path copy) throws IOException {
    Disks.delete(copy);
    return true;
  }

  /** The write-ahead log that holds an entry in one piece; null if none does. */
  private Path walWith(Path copy, long slot) throws IOException {
    for (Path wal : Disks.files(copy, ".log")) {
      if (Disks.find(wal, log.entry(slot).frame()) >= 0) {
        return wal;
      }
    }
    return null;
  }
}
