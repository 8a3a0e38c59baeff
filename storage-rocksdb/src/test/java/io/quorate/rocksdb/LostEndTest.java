// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.segments.SegmentDamage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A log whose end is torn or lost, or whose marker is, in each kind of files. */
@ParameterizedClass
@EnumSource(LogKind.class)
final class LostEndTest extends LogScene {
  LostEndTest(LogKind kind) {
    super(kind);
  }

  /** The file at whose end the log goes on. */
  private Path newest() throws IOException {
    String ending = kind == LogKind.SEGMENTS ? ".segment" : ".log";
    List<Path> logs = Disks.files(path.resolve("log"), ending);
    return logs.get(logs.size() - 1);
  }

  /** Makes the last group unreadable. */
  private void loseLastGroup() throws IOException {
    if (kind == LogKind.SEGMENTS) {
      SegmentDamage.spoilLastBlocks(path.resolve("log"), true, true);
      return;
    }
    try (RandomAccessFile file = new RandomAccessFile(newest().toFile(), "rw")) {
      file.setLength(file.length() - 5);
    }
  }

  @Test
  void aKilledProcessLosesNothing() throws IOException {
    writeGroupsAndDie(20, 200);
    Found found = reopen();
    assertThat(found.entries()).isEqualTo(20);
    assertThat(found.certain()).isTrue();
    assertThat(found.hardState()).isEqualTo(hardState(20));
  }

  @Test
  void aTornGroupThatWasNeverSyncedLeavesTheHeadCertain() throws IOException {
    writeGroupsAndDie(20, 200);
    Path wal = newest();
    byte[] bytes = Files.readAllBytes(wal);
    int frame = Disks.find(wal, log.entry(20).frame());
    int next = Disks.find(wal, log.entry(19).frame());
    // What group 21 could have left: its beginning, then zeros or rubbish.
    int end =
        kind == LogKind.SEGMENTS
            ? (int) SegmentDamage.endOf(path.resolve("log"), 20)
            : bytes.length;
    byte[] torn = Arrays.copyOf(bytes, Math.max(bytes.length, end + 150));
    System.arraycopy(bytes, next, torn, end, 90);
    Files.write(wal, torn);
    assertThat(frame).isGreaterThan(next);

    Found found = reopen();
    assertThat(found.entries()).isEqualTo(20);
    assertThat(found.certain()).isTrue();
  }

  @Test
  void aLogThatEndsBeforeTheMarkerIsUncertainUntilItGrowsBeyondIt() throws IOException {
    writeGroupsAndDie(20, 200);
    cutBefore(16);

    Found found = reopen();
    assertThat(found.entries()).isEqualTo(15);
    assertThat(found.certain()).isFalse();
    // Votes are not forgotten with the entries: the marker has them.
    assertThat(found.hardState()).isEqualTo(hardState(20));

    // A restart proves nothing.
    assertThat(reopen().certain()).isFalse();
    // Neither does an entry that is not the last one that had been acknowledged.
    append(16, 19);
    found = reopen();
    assertThat(found.entries()).isEqualTo(19);
    assertThat(found.certain()).isFalse();
    append(20, 20);
    found = reopen();
    assertThat(found.entries()).isEqualTo(20);
    assertThat(found.certain()).isTrue();
    assertThat(found.hardState()).isEqualTo(hardState(20));
  }

  /** Cuts the newest file off within the group of a slot. */
  private void cutBefore(long slot) throws IOException {
    Path wal = newest();
    int at = Disks.find(wal, log.entry(slot).frame());
    assertThat(at).isPositive();
    try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "rw")) {
      file.setLength(at + 10);
    }
  }

  @Test
  void aLostMarkerMakesTheHeadUncertain() throws IOException {
    writeGroupsAndDie(20, 200);
    Files.delete(path.resolve("marker"));
    assertThat(reopen()).usingRecursiveComparison().isEqualTo(new Found(20, false, hardState(20)));
    assertThat(reopen().certain()).isFalse();
    log.random(2, 10);
    append(21, 21);
    assertThat(reopen().certain()).isTrue();
  }

  @Test
  void oneOfTheMarkersRecordsIsEnough() throws IOException {
    writeGroupsAndDie(20, 200);
    byte[] marker = Files.readAllBytes(path.resolve("marker"));
    for (int record = 0; record < 2; record++) {
      Disks.flip(path.resolve("marker"), record * marker.length / 2 + 40);
      Path copy = Disks.copy(path);
      Path original = path;
      path = copy;
      assertThat(reopen().certain()).isTrue();
      Disks.delete(copy);
      path = original;
      Files.write(path.resolve("marker"), marker);
    }
    Disks.flip(path.resolve("marker"), 40);
    Disks.flip(path.resolve("marker"), marker.length / 2 + 40);
    assertThat(reopen().certain()).isFalse();
  }

  @Test
  void aLogThatIsGoneIsNotANewLog() throws IOException {
    writeGroupsAndDie(5, 200);
    Disks.delete(path.resolve("log"));
    assertThatThrownBy(this::reopen)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("is gone")
        .hasMessageContaining("keep the directory and leave this replica stopped");
  }

  @Test
  void aLogOfAnotherDirectoryIsRefused() throws IOException {
    writeGroupsAndDie(5, 200);
    Path other = Disks.fresh();
    Disks.open(other).close();
    Disks.delete(other.resolve("log"));
    Files.move(path.resolve("log"), other.resolve("log"));
    Files.move(
        path.resolve("marker"), other.resolve("marker"), StandardCopyOption.REPLACE_EXISTING);
    Disks.delete(path);
    path = other;
    assertThatThrownBy(this::reopen)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("made for another data directory");
  }

  /** The truncation was synced, then lost: what it removed does not come back. */
  @Test
  void aLostTruncationIsMadeGood() throws IOException {
    Path left;
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1 << 20);
      storage.log().write(List.of(log.append(log.random(1, 10, 200))));
      log.truncateFrom(8);
      storage.log().write(List.of(log.write(hardState(2), 8, null, List.of())));
      left = Disks.copy(path);
    }
    Disks.delete(path);
    path = left;
    loseLastGroup();
    assertThat(reopen()).usingRecursiveComparison().isEqualTo(new Found(7, true, hardState(2)));
    assertThat(reopen()).usingRecursiveComparison().isEqualTo(new Found(7, true, hardState(2)));
  }

  /** The end was replaced and the replacement lost: neither version may pass for certain. */
  @Test
  void aLostReplacementOfTheEndIsUncertain() throws IOException {
    Path left;
    try (RocksStorage storage = open()) {
      storage.log().recover(null, 1 << 20);
      storage.log().write(List.of(log.append(log.random(1, 10, 200))));
      log.truncateFrom(8);
      storage.log().write(List.of(log.write(hardState(2), 8, null, log.random(2, 2, 200))));
      left = Disks.copy(path);
    }
    Disks.delete(path);
    path = left;
    loseLastGroup();
    Found found = reopen();
    assertThat(found.entries()).isEqualTo(10);
    assertThat(found.certain()).isFalse();
    assertThat(found.hardState()).isEqualTo(hardState(2));
  }
}
