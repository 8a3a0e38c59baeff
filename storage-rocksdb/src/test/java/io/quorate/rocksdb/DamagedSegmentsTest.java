// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogHead;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.segments.SegmentDamage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is particular to segment files: damage to their groups, and files that come and go. */
final class DamagedSegmentsTest extends LogScene {

  DamagedSegmentsTest() {
    super(LogKind.SEGMENTS);
  }

  private Path logFolder() {
    return path.resolve("log");
  }

  private List<Path> segments() {
    return Disks.files(logFolder(), ".segment");
  }

  private String inspected() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    LogInspector.Verdict verdict = LogInspector.inspect(path, new InspectionText(out));
    out.println(verdict.text());
    out.flush();
    return text.toString();
  }

  /** Damage is damage where a later group, or the marker, proves that the group was synced. */
  @Test
  void aFlippedBitMakesItsEntryFaulty() throws IOException {
    for (long slot : new long[] {1, 8, 20}) {
      writeGroupsAndDie(20, 200);
      SegmentDamage.flipFrame(logFolder(), Disks.claimed(path), slot, 130);
      assertThat(inspected()).contains("damaged: slot " + slot);
      assertThat(recoveredFaulty()).containsExactly(faulty(slot));
      try (RocksStorage storage = open()) {
        storage.log().recover(null, 1);
        storage.log().write(List.of(DurableWrite.repairing(1, List.of(log.entry(slot)))));
      }
      assertThat(inspected()).contains("sound: slots 1 to 20");
      assertThat(reopen()).usingRecursiveComparison().isEqualTo(found(20, true, 20));
      log.truncateFrom(1);
      Disks.delete(path);
      path = Disks.fresh();
    }
  }

  @Test
  void eitherBlockOfAGroupIsEnough() throws IOException {
    for (long slot : new long[] {1, 8, 20}) {
      writeGroupsAndDie(20, 200);
      Path sound = Disks.copy(path);
      for (boolean before : new boolean[] {true, false}) {
        SegmentDamage.spoilBlocks(logFolder(), slot, before, !before);
        assertThat(reopen()).usingRecursiveComparison().isEqualTo(found(20, true, 20));
        Disks.delete(path);
        path = Disks.copy(sound);
      }
      Disks.delete(sound);
      log.truncateFrom(1);
      Disks.delete(path);
      path = Disks.fresh();
    }
  }

  @Test
  void aGroupThatIsLostInTheMiddleIsAFault() throws IOException {
    writeGroupsAndDie(20, 200);
    SegmentDamage.spoilBlocks(logFolder(), 8, true, true);
    assertThat(inspected()).contains("damaged");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(this::reopen)
          .isInstanceOf(StorageFault.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("behind group 8 is lost")
          .hasMessageContaining("leave this replica stopped");
    }
  }

  @Test
  void aLastGroupThatIsLostMakesTheHeadUncertain() throws IOException {
    writeGroupsAndDie(20, 200);
    SegmentDamage.spoilLastBlocks(logFolder(), true, true);
    assertThat(reopen()).usingRecursiveComparison().isEqualTo(found(19, false, 20));
    assertThat(reopen().certain()).isFalse();
    append(20, 20);
    assertThat(reopen()).usingRecursiveComparison().isEqualTo(found(20, true, 20));
  }

  /** A power loss may take back a marker that was not synced; later groups speak for the rest. */
  @Test
  void anOldMarkerHidesNothingThatALaterGroupProves() throws IOException {
    byte[] old;
    Path left;
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1 << 20);
      storage.log().write(List.of(log.append(List.of(log.random(1, 100)))));
      old = Files.readAllBytes(path.resolve("marker"));
      for (int i = 0; i < 300; i++) {
        storage.log().write(List.of(log.append(List.of(log.random(1, 100)))));
      }
      left = Disks.copy(path);
    }
    Disks.delete(path);
    path = left;
    Files.write(path.resolve("marker"), old);
    assertThat(segments().size()).isGreaterThan(2);
    Path sound = Disks.copy(path);
    assertThat(reopen()).isEqualTo(new Found(301, true, null));
    for (long slot : new long[] {1, 2, 60, 299, 300}) {
      Disks.delete(path);
      path = Disks.copy(sound);
      SegmentDamage.flipFrame(logFolder(), Long.MAX_VALUE, slot, 130);
      assertThat(recoveredFaulty()).containsExactly(faulty(slot));
    }
    // Of the last one nobody knows that it was ever acknowledged.
    Disks.delete(path);
    path = Disks.copy(sound);
    SegmentDamage.flipFrame(logFolder(), Long.MAX_VALUE, 301, 130);
    assertThat(reopen()).isEqualTo(new Found(300, true, null));
    Disks.delete(sound);
  }

  @Test
  void aLostFileIsNoticedUnlessItIsNotNeeded() throws IOException {
    writeGroupsAndDie(300, 200);
    Path sound = Disks.copy(path);
    List<Path> all = segments();
    assertThat(all.size()).isGreaterThan(3);
    for (int i = 0; i < all.size(); i++) {
      Disks.delete(path);
      path = Disks.copy(sound);
      Files.delete(segments().get(i));
      if (i < all.size() - 1) {
        assertThatThrownBy(this::reopen)
            .isInstanceOf(StorageFault.class)
            .hasMessageContaining("it is missing");
      } else {
        Found found = reopen();
        assertThat(found.certain()).isFalse();
        assertThat(found.hardState()).isEqualTo(hardState(300));
        assertThat(found.entries()).isBetween(100, 299);
      }
    }
    Disks.delete(path);
    path = sound;
  }

  /** Files that a crash has given back their names, although the log had forgotten them. */
  @Test
  void aForgottenFileThatComesBackIsHarmless() throws IOException {
    Path old;
    Path left;
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1 << 20);
      appendMany(storage, 300, 800);
      old = Disks.copy(path);
      storage.log().write(List.of(log.write(null, 0, log.baseAt(250), List.of())));
      log.dropThrough(250);
      appendMany(storage, 20, 800);
      left = Disks.copy(path);
    }
    Disks.delete(path);
    path = left;
    List<Path> kept = segments();
    List<Path> before = Disks.files(old.resolve("log"), ".segment");
    assertThat(before.size()).isGreaterThan(kept.size());
    Files.copy(before.getFirst(), logFolder().resolve(before.getFirst().getFileName()));
    assertThat(reopen()).isEqualTo(new Found(70, true, null));
    Disks.delete(old);
  }

  private void appendMany(RocksStorage storage, int count, int payloadBytes) {
    for (int i = 0; i < count; i++) {
      storage.log().write(List.of(log.append(List.of(log.random(1, payloadBytes)))));
    }
  }

  @Test
  void segmentsAreRecycledAndWhatTheyHeldIsForgotten() throws IOException {
    byte[] hardState = {7, 7};
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1 << 20);
      storage.log().write(List.of(log.write(hardState, 0, null, log.random(1, 1, 10))));
      for (int round = 0; round < 12; round++) {
        appendMany(storage, 100, 800);
        long base = log.lastSlot() - 50;
        storage.log().write(List.of(log.write(null, 0, log.baseAt(base), List.of())));
        log.dropThrough(base);
      }
      SortedMap<String, String> counts = storage.log().statistics();
      assertThat(Integer.parseInt(counts.get("segments.recycled"))).isGreaterThan(12);
      assertThat(Integer.parseInt(counts.get("segments"))).isLessThan(5);
      assertThat(segments()).hasSize(Integer.parseInt(counts.get("segments")));
      assertThat(Disks.files(logFolder(), ".spare").size()).isLessThanOrEqualTo(3);
    }
    assertThat(reopen()).usingRecursiveComparison().isEqualTo(new Found(50, true, hardState));
    assertThat(inspected()).contains("sound: slots 1152 to 1201");
  }

  /** The end of the log at every byte: a group counts if all of it is there. */
  @Test
  void aGroupThatIsCutShortWasNeverWritten() throws IOException {
    Path before;
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1 << 20);
      storage.log().write(List.of(log.write(hardState(1), 0, null, log.random(1, 6, 100))));
      before = Disks.copy(path);
      log.truncateFrom(5);
      storage.log().write(List.of(log.write(hardState(2), 5, null, log.random(2, 4, 700))));
    }
    byte[] old = Files.readAllBytes(Disks.files(before, ".segment").getFirst());
    byte[] whole = Files.readAllBytes(segments().getFirst());
    int first = Arrays.mismatch(old, whole);
    int end = whole.length;
    while (whole[end - 1] == 0) {
      end--;
    }
    Random random = new Random(3);
    for (int i = 0; i < 25; i++) {
      int cut = i < 8 ? end - 1 - i : first + random.nextInt(end - first);
      Disks.delete(path);
      path = Disks.copy(before);
      byte[] torn = Arrays.copyOf(Arrays.copyOf(whole, cut), whole.length);
      if (Arrays.equals(torn, whole)) {
        continue;
      }
      Files.write(segments().getFirst(), torn);
      Found found = reopen();
      assertThat(found).usingRecursiveComparison().isEqualTo(found(6, true, 1));
    }
    Disks.delete(before);
  }

  /** What a torn group left is not there when a shorter one is written in its place. */
  @Test
  void theRemainsOfATornGroupDoNotOutliveIt() throws IOException {
    writeGroupsAndDie(5, 100);
    for (int i = 0; i < 40; i++) {
      SegmentDamage.tear(logFolder(), i);
      try (RocksStorage storage = open()) {
        DurableState state = storage.log().recover(null, 1 << 20);
        assertThat(state.head()).isEqualTo(LogHead.of(log.entry(log.lastSlot())));
        assertThat(state.headCertain()).isTrue();
        storage.log().write(List.of(log.append(log.random(1, 1, 10))));
      }
    }
    assertThat(reopen().entries()).isEqualTo(45);
  }

  @Test
  void aTornFirstGroupOfASegmentLeavesTheOneBefore() throws IOException {
    writeGroupsAndDie(300, 200);
    List<Path> all = segments();
    Path last = all.getLast();
    byte[] bytes = Files.readAllBytes(last);
    Arrays.fill(bytes, 100, bytes.length, (byte) 0);
    Files.write(last, bytes);
    // All groups of the last segment are gone; the marker knows that they were synced.
    Found found = reopen();
    assertThat(found.certain()).isFalse();
    assertThat(found.hardState()).isEqualTo(hardState(300));
    int entries = found.entries();
    Entry next = log.entry(entries + 1);
    append(next.slot(), 300);
    assertThat(reopen()).usingRecursiveComparison().isEqualTo(found(300, true, 300));
  }

  @Test
  void theOtherKindOfLogIsRefused() throws IOException {
    writeGroupsAndDie(3, 10);
    assertThatThrownBy(() -> Disks.open(path, LogKind.ROCKSDB))
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining(
            "was made with rocksdb.log = segments, the configuration says rocksdb, which cannot"
                + " read it: put back rocksdb.log = segments");
    assertThat(reopen().entries()).isEqualTo(3);
    Path other = Disks.fresh();
    Disks.open(other, LogKind.ROCKSDB).close();
    assertThatThrownBy(() -> Disks.open(other, LogKind.SEGMENTS))
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("was made with rocksdb.log = rocksdb");
    Disks.delete(other);
  }

  @Test
  void unlessItIsSaidALogStaysWhatItIsAndANewOneIsOfSegments() throws IOException {
    for (LogKind kind : LogKind.values()) {
      Path there = Disks.fresh();
      Disks.open(there, kind).close();
      RocksStorage.open(there, Disks.GROUP, Disks.NODE, Disks.SMALL).close();
      assertThat(LogFolder.kindOf(there.resolve("log"))).isEqualTo(kind);
      Disks.delete(there);
    }
    Path fresh = Disks.fresh();
    RocksStorage.open(fresh, Disks.GROUP, Disks.NODE, Disks.SMALL).close();
    assertThat(LogFolder.kindOf(fresh.resolve("log"))).isEqualTo(LogKind.SEGMENTS);
    Disks.delete(fresh);
  }

  @Test
  void aLogThatIsHardlyWrittenToIsSmallAndGrowsByDoubling() throws IOException {
    int mebibyte = 1 << 20;
    LogOptions options = LogOptions.DEFAULT.withSegmentBytes(4L * mebibyte);
    try (RocksStorage storage = RocksStorage.open(path, Disks.GROUP, Disks.NODE, options)) {
      storage.log().recover(null, 1);
      appendMany(storage, 1, 800);
      assertThat(segmentSizes()).containsExactly(mebibyte);
      appendMany(storage, 120, 100_000);
      assertThat(segmentSizes())
          .containsExactly(mebibyte, 2 * mebibyte, 4 * mebibyte, 4 * mebibyte, 4 * mebibyte);
    }
    assertThat(Disks.files(logFolder(), ".allocating")).isEmpty();
    assertThat(reopen().entries()).isEqualTo(121);
  }

  private List<Integer> segmentSizes() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    for (Path segment : segments()) {
      sizes.add((int) Files.size(segment));
    }
    return sizes;
  }

  @Test
  void largeGroupsAndMendedEntriesOutliveTheirSegments() throws IOException {
    writeGroupsAndDie(200, 300);
    List<Long> slots = List.of(3L, 150L, 199L);
    for (long slot : slots) {
      SegmentDamage.flipFrame(logFolder(), Disks.claimed(path), slot, 200);
    }
    List<Entry> repair = new ArrayList<>();
    slots.forEach(slot -> repair.add(log.entry(slot)));
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1);
      storage.log().write(List.of(DurableWrite.repairing(1, repair)));
      storage.log().write(List.of(log.append(List.of(log.random(1, 300_000)))));
      appendMany(storage, 100, 800);
      storage.log().write(List.of(log.write(null, 0, log.baseAt(140), List.of())));
      log.dropThrough(140);
      appendMany(storage, 100, 800);
    }
    assertThat(reopen()).usingRecursiveComparison().isEqualTo(new Found(261, true, hardState(200)));
  }

  /**
   * Bytes that are wrong anywhere: the log is refused, or its end is uncertain, or it is what was
   * written, as far as it is not known to be faulty. The hard state is never another one.
   */
  @Test
  void wrongBytesAnywhereAreNeverTakenForTheLog() throws IOException {
    damageAnywhere(40);
  }

  @Tag("slow")
  @Test
  void wrongBytesAnywhereAreNeverTakenForTheLogManyTimes() throws IOException {
    damageAnywhere(2000);
  }

  private void damageAnywhere(int times) throws IOException {
    Path left;
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1 << 20);
      for (int i = 1; i <= 120; i++) {
        long truncateFrom = i % 9 == 0 ? log.lastSlot() - 1 : 0;
        if (truncateFrom > 0) {
          log.truncateFrom(truncateFrom);
        }
        LogBase base = i % 50 == 0 ? log.baseAt(log.lastSlot() - 60) : null;
        if (base != null) {
          log.dropThrough(base.slot());
        }
        byte[] hard = i % 5 == 0 ? hardState(i) : null;
        List<Entry> added = log.random(1 + i / 9, 1 + i % 3, 10 + i % 7 * 200);
        storage.log().write(List.of(log.write(hard, truncateFrom, base, added)));
      }
      left = Disks.copy(path);
    }
    int refused = 0;
    int faulty = 0;
    for (int seed = 0; seed < times; seed++) {
      Disks.delete(path);
      path = Disks.copy(left);
      damage(new Random(seed));
      try (RocksStorage storage = open()) {
        DurableState state = storage.log().recover(null, Long.MAX_VALUE);
        assertThat(state.hardState()).as("seed %d", seed).isEqualTo(hardState(120));
        if (state.headCertain()) {
          assertThat(state.head().hash()).as("seed %d", seed).isEqualTo(log.lastHash());
          assertThat(state.base()).isEqualTo(log.base());
          for (FaultySlot slot : state.faulty()) {
            assertThat(slot).as("seed %d", seed).isEqualTo(faulty(slot.slot()));
          }
          for (Entry entry : state.tail()) {
            assertThat(entry.frame()).isEqualTo(log.entry(entry.slot()).frame());
          }
          faulty += state.faulty().isEmpty() ? 0 : 1;
        }
      } catch (StorageFault e) {
        refused++;
      }
    }
    assertThat(faulty).isPositive();
    assertThat(refused).isLessThan(times / 2);
    Disks.delete(left);
  }

  /** A few single bits, or a run of bytes like a bad sector. */
  private void damage(Random random) throws IOException {
    List<Path> files = segments();
    for (int i = random.nextInt(3); i >= 0; i--) {
      Path file = files.get(random.nextInt(files.size()));
      byte[] bytes = Files.readAllBytes(file);
      int at = random.nextInt(bytes.length);
      int run = random.nextInt(3) == 0 ? 512 : 1;
      for (int j = at; j < Math.min(bytes.length, at + run); j++) {
        bytes[j] ^= (byte) (run == 1 ? 1 << random.nextInt(8) : random.nextInt());
      }
      Files.write(file, bytes);
    }
  }

  private static Found found(int entries, boolean certain, int hardState) {
    return new Found(entries, certain, hardState(hardState));
  }
}
