// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.LogStore.StorageFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LogStore} owes. A test class of an adapter implements {@link #disk()}; JUnit
 * runs the rest.
 */
@Tag("contract")
public interface LogStoreContract extends DamagedLogContract {

  @Test
  default void anEmptyDiskRecoversToTheEmptyState() throws IOException {
    try (LogDisk disk = disk();
        LogStore store = disk.open()) {
      DurableState state = store.recover(null, 1 << 20);

      assertThat(state.hardState()).isNull();
      assertThat(state.base()).isEqualTo(LogBase.EMPTY);
      assertThat(state.epochs().lastSlot()).isZero();
      assertThat(state.tail()).isEmpty();
      assertThat(state.configurations()).isEmpty();
      assertThat(state.snapshot()).isNull();
      assertThat(state.headCertain()).isTrue();
      assertThat(store.read(1, 10, 1 << 20)).isEmpty();
    }
  }

  @Test
  default void theSnapshotIsPassedThrough() throws IOException {
    LogFixture log = LogFixture.empty();
    log.random(1, 3, 10);
    SnapshotRef snapshot = log.snapshotDraft(3);
    try (LogDisk disk = disk();
        LogStore store = disk.open()) {
      assertThat(store.recover(snapshot, 0).snapshot()).isSameAs(snapshot);
    }
  }

  @Test
  default void whatWasWrittenIsReadBack() throws IOException {
    LogFixture log = LogFixture.empty();
    log.takeover(1);
    log.commands(1, new byte[0], new byte[] {1, 2, 3});
    log.random(2, 5, 300);
    try (LogDisk disk = disk();
        LogStore store = opened(disk)) {
      store.write(List.of(log.append(log.entries())));

      assertSame(store.read(1, log.lastSlot(), 1 << 20), log.entries());
      assertSame(store.read(3, 4, 1 << 20), log.entries(3, 4));
    }
  }

  @Test
  default void whatWasWrittenIsRecovered() throws IOException {
    LogFixture log = LogFixture.empty();
    log.takeover(3);
    log.random(3, 4, 100);
    log.random(7, 3, 100);
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.write(hardState(7), 0, null, log.entries())));
      }
      assertRecovers(disk, hardState(7), log);
    }
  }

  @Test
  default void whatWasWrittenSurvivesAPowerFailure() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk();
        LogStore store = opened(disk)) {
      for (int round = 1; round <= 5; round++) {
        List<Entry> added = log.random(round, 3, 200);
        store.write(List.of(log.write(hardState(round), 0, null, added)));

        try (LogDisk crashed = crashCopy(disk)) {
          assertRecovers(crashed, hardState(round), log);
        }
      }
    }
  }

  @Test
  default void aStoreGoesOnWhereItEnded() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      for (int round = 1; round <= 4; round++) {
        try (LogStore store = opened(disk)) {
          store.write(List.of(log.append(log.random(round, 10, 50))));
        }
        assertRecovers(disk, null, log);
      }
    }
  }

  @Test
  default void writesOfAGroupTakeEffectInOrder() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        List<DurableWrite> group = new ArrayList<>();
        group.add(log.write(hardState(1), 0, null, log.random(1, 5, 20)));
        log.truncateFrom(4);
        group.add(log.write(hardState(2), 4, null, log.random(2, 3, 20)));
        group.add(log.append(log.random(2, 1, 20)));
        log.truncateFrom(6);
        group.add(log.write(hardState(3), 6, null, log.random(3, 2, 20)));
        store.write(group);

        assertSame(store.read(1, 100, 1 << 20), log.entries());
      }
      assertRecovers(disk, hardState(3), log);
    }
  }

  @Test
  default void partsOfAWriteTakeEffectInOrder() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(1, 10, 20))));
        LogBase base = log.baseAt(5);
        log.truncateFrom(8).dropThrough(5);
        store.write(List.of(log.write(hardState(9), 8, base, log.random(4, 3, 20))));

        assertSame(store.read(6, 100, 1 << 20), log.entries());
      }
      assertRecovers(disk, hardState(9), log);
    }
  }

  @Test
  default void anEmptyWriteChangesNothing() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.write(hardState(1), 0, null, log.random(1, 2, 20))));
        store.write(List.of());
        store.write(List.of(log.append(List.of())));
      }
      assertRecovers(disk, hardState(1), log);
    }
  }

  @Test
  default void hardStateStaysUntilReplaced() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.write(hardState(1), 0, null, List.of())));
        store.write(List.of(log.append(log.random(1, 2, 20))));
      }
      assertRecovers(disk, hardState(1), log);
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.write(new byte[0], 0, null, List.of())));
      }
      assertRecovers(disk, new byte[0], log);
    }
  }

  @Test
  default void truncatedEntriesNeverComeBack() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(1, 20, 100))));
        log.truncateFrom(6);
        store.write(List.of(log.write(null, 6, null, List.of())));

        assertThat(store.read(6, 20, 1 << 20)).isEmpty();
        assertSame(store.read(1, 20, 1 << 20), log.entries());
      }
      assertRecovers(disk, null, log);
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(2, 2, 100))));
        assertSame(store.read(1, 20, 1 << 20), log.entries());
      }
      assertRecovers(disk, null, log);
    }
  }

  @Test
  default void truncatingBehindTheEndForgetsNothing() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(1, 3, 20))));
        store.write(List.of(log.write(null, 4, null, log.random(2, 1, 20))));
      }
      assertRecovers(disk, null, log);
    }
  }

  @Test
  default void aLogMayBeTruncatedToNothing() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(1, 3, 20))));
        log.truncateFrom(1);
        store.write(List.of(log.write(null, 1, null, List.of())));
        assertThat(store.read(1, 3, 1 << 20)).isEmpty();
      }
      assertRecovers(disk, null, log);
    }
  }

  @Test
  default void theLogBeginsAfterItsBase() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(1, 5, 20))));
        store.write(List.of(log.append(log.random(2, 5, 20))));
        LogBase base = log.baseAt(7);
        log.dropThrough(7);
        store.write(List.of(log.write(null, 0, base, List.of())));

        assertThat(store.read(7, 10, 1 << 20)).isEmpty();
        assertThat(store.read(1, 10, 1 << 20)).isEmpty();
        assertSame(store.read(8, 10, 1 << 20), log.entries());
      }
      assertRecovers(disk, null, log);
    }
  }

  @Test
  default void droppingEverythingLeavesAnEmptyLogBehindItsBase() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(2, 5, 20))));
        LogBase base = log.baseAt(5);
        log.dropThrough(5);
        store.write(List.of(log.write(null, 0, base, List.of())));
      }
      assertRecovers(disk, null, log);
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(3, 2, 20))));
        assertSame(store.read(6, 7, 1 << 20), log.entries());
      }
      assertRecovers(disk, null, log);
    }
  }

  /** An installed snapshot replaces a log that ends before it, or that differs from it. */
  @Test
  default void aLogIsResetBehindASnapshot() throws IOException {
    LogFixture elsewhere = LogFixture.empty();
    elsewhere.random(1, 2, 20);
    elsewhere.random(5, 50, 20);
    for (long snapshotSlot : new long[] {4, 10, 40}) {
      SnapshotRef snapshot = elsewhere.snapshotDraft(snapshotSlot);
      LogFixture log = LogFixture.empty();
      try (LogDisk disk = disk()) {
        try (LogStore store = opened(disk)) {
          store.write(List.of(log.write(hardState(1), 0, null, log.random(2, 10, 20))));
          log.reset(snapshot);
          store.write(List.of(log.write(hardState(2), 1, snapshot.base(), List.of())));
          assertThat(store.read(1, 100, 1 << 20)).isEmpty();
          assertThat(store.read(snapshotSlot + 1, 100, 1 << 20)).isEmpty();
        }
        assertRecovers(disk, hardState(2), log);
        try (LogStore store = opened(disk)) {
          store.write(List.of(log.append(log.random(6, 3, 20))));
          assertSame(store.read(snapshotSlot + 1, 100, 1 << 20), log.entries());
        }
        assertRecovers(disk, hardState(2), log);
      }
    }
  }

  @Test
  default void aReadStopsAtItsBytesButGivesOneEntry() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk();
        LogStore store = opened(disk)) {
      store.write(List.of(log.append(log.random(1, 10, 1000))));
      int size = log.entry(1).sizeBytes();

      assertSame(store.read(1, 10, 1), log.entries(1, 1));
      assertSame(store.read(1, 10, 0), log.entries(1, 1));
      assertSame(store.read(3, 10, size), log.entries(3, 3));
      assertSame(store.read(3, 10, 2 * size - 1), log.entries(3, 3));
      assertSame(store.read(3, 10, 2 * size), log.entries(3, 4));
      assertSame(store.read(2, 10, Integer.MAX_VALUE), log.entries(2, 10));
    }
  }

  @Test
  default void aReadStaysWithinItsRange() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk();
        LogStore store = opened(disk)) {
      store.write(List.of(log.append(log.random(1, 10, 10))));

      assertSame(store.read(10, 10, 1 << 20), log.entries(10, 10));
      assertSame(store.read(9, 5000, 1 << 20), log.entries(9, 10));
      assertThat(store.read(11, 20, 1 << 20)).isEmpty();
      assertThat(store.read(5, 4, 1 << 20)).isEmpty();
    }
  }

  @Test
  default void theTailIsTheEndOfTheLogWithinItsBytes() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(log.random(1, 30, 500))));
      }
      int size = log.entry(1).sizeBytes();
      assertSame(tail(disk, 7L * size), log.entries(24, 30));
      assertSame(tail(disk, 7L * size + size - 1), log.entries(24, 30));
      assertSame(tail(disk, Long.MAX_VALUE), log.entries());
      // Without the last entry a replica would not know what the next one must link to.
      assertSame(tail(disk, 1), log.entries(30, 30));
      assertSame(tail(disk, 0), log.entries(30, 30));
    }
  }

  @Test
  default void configurationsAreCollectedFromTheWholeLog() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        log.configuration(1, "one");
        log.random(1, 10, 100);
        log.configuration(1, "two");
        log.random(2, 10, 100);
        log.configuration(2, "three");
        log.random(2, 10, 100);
        store.write(List.of(log.append(log.entries())));
      }
      assertThat(configurations(disk)).containsExactly("one", "two", "three");
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.write(null, 20, null, List.of())));
      }
      assertThat(configurations(disk)).containsExactly("one", "two");
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.write(null, 0, log.baseAt(3), List.of())));
      }
      assertThat(configurations(disk)).containsExactly("two");
    }
  }

  @Test
  default void epochsAreKnownForEverySlot() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        for (int epoch = 2; epoch < 40; epoch += 3) {
          store.write(List.of(log.append(log.random(epoch, epoch % 4 + 1, 10))));
        }
        LogBase base = log.baseAt(9);
        log.dropThrough(9);
        store.write(List.of(log.write(null, 0, base, List.of())));
      }
      assertRecovers(disk, null, log);
    }
  }

  @Test
  default void anEntryThatDoesNotLinkIsNeverAccepted() throws IOException {
    LogFixture log = LogFixture.empty();
    log.random(1, 3, 10);
    LogFixture other = log.fork();
    other.truncateFrom(3);
    other.random(1, 5, 10);
    List<Entry> gap = List.of(log.random(1, 2, 10).get(1));
    List<Entry> foreign = other.entries(4, 4);
    for (List<Entry> bad : List.of(gap, foreign)) {
      try (LogDisk disk = disk()) {
        try (LogStore store = opened(disk)) {
          store.write(List.of(log.append(log.entries(1, 3))));
          try {
            store.write(List.of(log.append(bad)));
          } catch (RuntimeException refused) {
            continue;
          }
        }
        assertThatThrownBy(() -> tail(disk, 1 << 20)).isInstanceOf(StorageFault.class);
      }
    }
  }

  @Test
  default void largeEntriesAreStoredWhole() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk()) {
      try (LogStore store = opened(disk)) {
        store.write(List.of(log.append(List.of(log.random(1, 8 << 20), log.random(1, 1)))));
        store.write(List.of(log.append(List.of(log.random(1, 3 << 20)))));
        assertSame(store.read(1, 3, 1 << 20), log.entries(1, 1));
        assertSame(store.read(1, 3, Integer.MAX_VALUE), log.entries());
      }
      assertRecovers(disk, null, log);
    }
  }

  @Test
  default void theSizeFollowsWhatIsStored() throws IOException {
    LogFixture log = LogFixture.empty();
    try (LogDisk disk = disk();
        LogStore store = opened(disk)) {
      assertThat(store.sizeBytes()).isNotNegative();
      store.write(List.of(log.append(log.random(1, 64, 1 << 16))));
      assertThat(store.sizeBytes()).isBetween(2L << 20, 16L << 20);
    }
  }

  /** One thread writes while others read: what they get is always a piece of one sound log. */
  @Test
  default void readersBesideTheWriterSeeASoundLog() throws IOException {
    LogFixture log = LogFixture.empty();
    AtomicBoolean done = new AtomicBoolean();
    try (LogDisk disk = disk();
        LogStore store = opened(disk)) {
      List<CompletableFuture<Long>> readers = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        long seed = reader;
        readers.add(CompletableFuture.supplyAsync(() -> readUntil(done, store, seed)));
      }
      try {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
          LogBase base = null;
          long truncateFrom = 0;
          if (round % 7 == 6 && log.lastSlot() > log.base().slot() + 4) {
            truncateFrom = log.lastSlot() - random.nextInt(3);
            log.truncateFrom(truncateFrom);
          }
          if (round % 11 == 10) {
            base = log.baseAt(log.base().slot() + (log.lastSlot() - log.base().slot()) / 2);
            log.dropThrough(base.slot());
          }
          List<Entry> added = log.random(round + 1, 3, 50);
          store.write(List.of(log.write(null, truncateFrom, base, added)));
        }
      } finally {
        done.set(true);
      }
      for (CompletableFuture<Long> reader : readers) {
        assertThat(reader.join()).isPositive();
      }
      assertSame(store.read(log.firstSlot(), log.lastSlot(), 1 << 20), log.entries());
    }
  }

  /** Random writes, reopenings and power failures against the model, {@link LogFixture}. */
  @Test
  default void randomWritesBehaveAsTheModel() throws IOException {
    LogDisk first = disk();
    LogStoreWalk.of(first, 1);
    for (long seed = 2; seed <= first.walks(); seed++) {
      LogStoreWalk.of(disk(), seed);
    }
  }

  @Test
  @Tag("slow")
  default void manyRandomWritesBehaveAsTheModel() throws IOException {
    for (long seed = 2; seed <= 50; seed++) {
      LogStoreWalk.of(disk(), seed);
    }
  }

  private static LogStore opened(LogDisk disk) throws IOException {
    LogStore store = disk.open();
    store.recover(null, 1 << 20);
    return store;
  }

  private static LogDisk crashCopy(LogDisk disk) throws IOException {
    Optional<LogDisk> copy = disk.crashCopy();
    assumeTrue(copy.isPresent(), "the adapter cannot tell what a power failure leaves");
    return copy.orElseThrow();
  }

  private static byte[] hardState(int value) {
    return new byte[] {(byte) value, 2, 3, 4, 5, 6, 7, 8};
  }

  private static List<Entry> tail(LogDisk disk, long bytesMax) throws IOException {
    try (LogStore store = disk.open()) {
      return store.recover(null, bytesMax).tail();
    }
  }

  private static List<String> configurations(LogDisk disk) throws IOException {
    try (LogStore store = disk.open()) {
      List<String> texts = new ArrayList<>();
      for (Entry entry : store.recover(null, 1).configurations()) {
        assertThat(entry.kind()).isEqualTo(EntryKind.CONFIGURATION);
        texts.add(new String(entry.body(), StandardCharsets.UTF_8));
      }
      return texts;
    }
  }

  private static long readUntil(AtomicBoolean done, LogStore store, long seed) {
    Random random = new Random(seed);
    long reads = 0;
    do {
      long from = 1L + random.nextInt(600);
      List<Entry> entries = store.read(from, from + random.nextInt(20), 1 << 16);
      long expected = from;
      ChainHash parent = null;
      for (Entry entry : entries) {
        assertThat(entry.slot()).isEqualTo(expected);
        if (parent != null) {
          assertThat(entry.parentHash()).isEqualTo(parent);
        }
        parent = entry.hash();
        expected++;
      }
      reads++;
    } while (!done.get());
    return reads;
  }

  /** Reopens the disk and compares everything that recovery tells with the model. */
  private static void assertRecovers(LogDisk disk, byte @Nullable [] hardState, LogFixture log)
      throws IOException {
    try (LogStore store = disk.open()) {
      assertState(store.recover(null, Long.MAX_VALUE), hardState, log);
      assertSame(store.read(log.firstSlot(), log.lastSlot(), Integer.MAX_VALUE), log.entries());
    }
  }

  /** Compares a recovered state with the model. */
  static void assertState(DurableState state, byte @Nullable [] hardState, LogFixture log) {
    assertThat(state.hardState()).isEqualTo(hardState);
    assertThat(state.base()).isEqualTo(log.base());
    assertSame(state.tail(), log.entries());
    assertThat(state.faulty()).isEmpty();
    assertThat(state.head().slot()).isEqualTo(log.lastSlot());
    assertThat(state.head().hash()).isEqualTo(log.lastHash());
    assertThat(state.headCertain()).isTrue();
    assertThat(state.epochs().baseSlot()).isEqualTo(log.base().slot());
    assertThat(state.epochs().lastSlot()).isEqualTo(log.lastSlot());
    assertThat(state.epochs().epochAt(log.base().slot())).isEqualTo(log.base().epoch());
    List<Entry> configurations = new ArrayList<>();
    for (Entry entry : log.entries()) {
      assertThat(state.epochs().epochAt(entry.slot())).isEqualTo(entry.epoch());
      if (entry.kind() == EntryKind.CONFIGURATION) {
        configurations.add(entry);
      }
    }
    assertSame(state.configurations(), configurations);
  }

  /** Compares entries byte for byte. */
  static void assertSame(List<Entry> found, List<Entry> expected) {
    assertThat(found).extracting(Entry::slot).isEqualTo(slots(expected));
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i).frame()).isEqualTo(expected.get(i).frame());
      assertThat(found.get(i).epoch()).isEqualTo(expected.get(i).epoch());
      assertThat(found.get(i).kind()).isEqualTo(expected.get(i).kind());
    }
  }

  private static List<Long> slots(List<Entry> entries) {
    return entries.stream().map(Entry::slot).toList();
  }
}
