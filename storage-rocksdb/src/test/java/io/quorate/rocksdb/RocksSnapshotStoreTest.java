// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore.StorageFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to snapshots in files; what every store owes is in the contract suite. */
final class RocksSnapshotStoreTest {
  private static final int MEBIBYTE = SnapshotFile.BLOCK_BYTES;

  @TempDir Path temporary;

  private RocksStorage open() {
    return Disks.open(temporary);
  }

  private static SnapshotRef ref(String id, long slot, byte[] content) {
    byte[] sha256 = SnapshotFile.sha256().digest(content);
    return new SnapshotRef(
        id, slot, 3, new ChainHash(1, slot), slot, 77, new byte[] {4}, content.length, sha256);
  }

  private static byte[] content(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return content;
  }

  private Path file(SnapshotRef snapshot) {
    return temporary.resolve("snapshots").resolve(snapshot.id() + ".snapshot");
  }

  @Test
  void sizesAroundABlockAreStoredWhole() throws IOException {
    int[] sizes = {0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 3 * MEBIBYTE};
    try (RocksStorage storage = open()) {
      for (int size : sizes) {
        byte[] content = content(size);
        SnapshotRef saved =
            storage
                .snapshots()
                .save(ref("s" + size, size + 1, new byte[0]), out -> out.write(content));
        assertThat(saved).isEqualTo(ref("s" + size, size + 1, content));
      }
    }
    try (RocksStorage storage = open()) {
      assertThat(storage.snapshots().list()).hasSize(sizes.length);
      for (SnapshotRef saved : storage.snapshots().list()) {
        byte[] content = content((int) saved.sizeBytes());
        try (InputStream in = storage.snapshots().open(saved)) {
          assertThat(in.readAllBytes()).isEqualTo(content);
          assertThat(in.read()).isEqualTo(-1);
        }
        // A chunk may span blocks.
        byte[] chunk = storage.snapshots().readChunk(saved, content.length / 3, 2 * MEBIBYTE);
        assertThat(chunk)
            .isEqualTo(
                Arrays.copyOfRange(
                    content,
                    content.length / 3,
                    Math.min(content.length, content.length / 3 + 2 * MEBIBYTE)));
      }
    }
  }

  @Test
  void receivingGoesOnBehindTheWholeBlocksAfterARestart() throws IOException {
    byte[] content = content(5 * MEBIBYTE / 2);
    SnapshotRef remote = ref("remote", 9, content);
    try (RocksStorage storage = open()) {
      int at = 0;
      while (at < 3 * MEBIBYTE / 2) {
        byte[] chunk = Arrays.copyOfRange(content, at, at + 100_000);
        at = (int) storage.snapshots().receive(remote, at, chunk);
      }
      assertThat(at).isEqualTo(1_600_000);
    }
    try (RocksStorage storage = open()) {
      // The sender does not know of the restart and sends what it thinks is next.
      byte[] chunk = Arrays.copyOfRange(content, 1_600_000, 1_700_000);
      assertThat(storage.snapshots().receive(remote, 1_600_000, chunk)).isEqualTo(MEBIBYTE);
      byte[] rest = Arrays.copyOfRange(content, MEBIBYTE, content.length);
      assertThat(storage.snapshots().receive(remote, MEBIBYTE, rest)).isEqualTo(content.length);
      assertThat(storage.snapshots().list()).containsExactly(remote);
      try (InputStream in = storage.snapshots().open(remote)) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
    }
  }

  @Test
  void aDamagedSnapshotIsPassedOverAndDeletedOnceThereIsASoundOne() throws IOException {
    SnapshotRef older;
    SnapshotRef newer;
    try (RocksStorage storage = open()) {
      older =
          storage
              .snapshots()
              .save(ref("a", 1, new byte[0]), out -> out.write(content(3 * MEBIBYTE)));
      newer =
          storage
              .snapshots()
              .save(ref("b", 2, new byte[0]), out -> out.write(content(3 * MEBIBYTE)));
    }
    for (long at : new long[] {20, MEBIBYTE + 500, Files.size(file(newer)) - 3}) {
      Disks.flip(file(newer), at);
      try (RocksStorage storage = open()) {
        assertThat(storage.snapshots().list()).containsExactly(older);
      }
      Disks.flip(file(newer), at);
    }
    Disks.flip(file(newer), 20);
    try (RocksStorage storage = open()) {
      storage.snapshots().prune(2);
      assertThat(file(newer)).doesNotExist();
      assertThat(file(older)).exists();
    }
  }

  @Test
  void damageThatComesLaterIsFoundOnReading() throws IOException {
    try (RocksStorage storage = open()) {
      byte[] content = content(2 * MEBIBYTE);
      SnapshotRef saved =
          storage.snapshots().save(ref("a", 1, new byte[0]), out -> out.write(content));
      Disks.flip(file(saved), MEBIBYTE + 4000);
      assertThat(storage.snapshots().list()).containsExactly(saved);
      try (InputStream in = storage.snapshots().open(saved)) {
        assertThat(in.readNBytes(MEBIBYTE)).isEqualTo(Arrays.copyOf(content, MEBIBYTE));
        assertThatThrownBy(in::read)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("checksum of block 1");
      }
      assertThat(storage.snapshots().list()).isEmpty();
    }
  }

  @Test
  void whatACrashLeftIsRemoved() throws IOException {
    open().close();
    Path abandoned = temporary.resolve("snapshots").resolve("x.saving");
    Files.write(abandoned, content(100));
    try (RocksStorage storage = open()) {
      assertThat(abandoned).doesNotExist();
      assertThat(storage.snapshots().list()).isEmpty();
    }
  }

  @Test
  void aNameFromElsewhereCannotLeaveTheDirectory() {
    try (RocksStorage storage = open()) {
      for (String id : new String[] {"../identity", "a/b", "", ".hidden", "..", "a\0b"}) {
        SnapshotRef remote = ref(id, 1, new byte[] {1});
        assertThatThrownBy(() -> storage.snapshots().receive(remote, 0, new byte[] {1}))
            .isInstanceOf(StorageFault.class)
            .hasMessageContaining("cannot name a snapshot");
        assertThatThrownBy(() -> storage.snapshots().readChunk(remote, 0, 1))
            .isInstanceOf(StorageFault.class);
      }
    }
  }

  @Test
  void aClosedStoreRefuses() {
    RocksStorage storage = open();
    storage.close();
    assertThatThrownBy(() -> storage.snapshots().list())
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("are closed");
  }
}
