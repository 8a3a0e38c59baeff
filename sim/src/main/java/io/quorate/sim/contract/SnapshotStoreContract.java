// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.SnapshotStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SnapshotStore} owes. A test class of an adapter implements {@link
 * #snapshotDisk()}; JUnit runs the rest.
 */
@Tag("contract")
public interface SnapshotStoreContract {

  /** A fresh, empty disk; closed by the test. */
  SnapshotDisk snapshotDisk() throws IOException;

  @Test
  default void anEmptyDiskHasNoSnapshots() throws IOException {
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      assertThat(store.list()).isEmpty();
      store.prune(0);
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  default void whatWasSavedIsReadBack() throws IOException {
    byte[] content = content(100_000);
    SnapshotRef draft = draft(7);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      SnapshotRef saved = store.save(draft, out -> out.write(content));

      assertThat(saved.sizeBytes()).isEqualTo(content.length);
      assertThat(saved.sha256()).isEqualTo(sha256(content));
      assertSameIdentity(saved, draft);
      assertThat(store.list()).containsExactly(saved);
      assertThat(readAll(store, saved)).isEqualTo(content);
    }
  }

  @Test
  default void contentMayBeWrittenInAnyPieces() throws IOException {
    byte[] content = content(3 << 20);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      SnapshotRef saved =
          store.save(
              draft(7),
              out -> {
                int at = 0;
                for (int piece = 0; at < content.length; piece++) {
                  int length = Math.min(content.length - at, 1 + piece * 7919 % 100_000);
                  if (length == 1) {
                    out.write(content[at]);
                  } else {
                    out.write(content, at, length);
                  }
                  at += length;
                }
                out.flush();
              });
      assertThat(saved.sha256()).isEqualTo(sha256(content));
      assertThat(readAll(store, saved)).isEqualTo(content);
    }
  }

  @Test
  default void snapshotsAreListedBySlotAndSurvive() throws IOException {
    try (SnapshotDisk disk = snapshotDisk()) {
      SnapshotRef second;
      SnapshotRef first;
      try (SnapshotStore store = disk.open()) {
        second = store.save(draft(20), out -> out.write(content(5000)));
        first = store.save(draft(3), out -> out.write(content(70_000)));
        assertThat(store.list()).containsExactly(first, second);
      }
      try (SnapshotStore store = disk.open()) {
        assertThat(store.list()).containsExactly(first, second);
        assertSameIdentity(store.list().get(0), draft(3));
        assertSameIdentity(store.list().get(1), draft(20));
        assertThat(readAll(store, first)).isEqualTo(content(70_000));
        assertThat(readAll(store, second)).isEqualTo(content(5000));
      }
    }
  }

  @Test
  default void aSavedSnapshotSurvivesAPowerFailure() throws IOException {
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      SnapshotRef saved = store.save(draft(3), out -> out.write(content(70_000)));
      try (SnapshotDisk crashed = crashCopy(disk);
          SnapshotStore again = crashed.open()) {
        assertThat(again.list()).containsExactly(saved);
        assertThat(readAll(again, saved)).isEqualTo(content(70_000));
      }
    }
  }

  @Test
  default void aPowerFailureWhileSavingLeavesNothing() throws IOException {
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      SnapshotRef earlier = store.save(draft(3), out -> out.write(content(1000)));
      store.save(
          draft(9),
          out -> {
            out.write(content(300_000));
            out.flush();
            try (SnapshotDisk crashed = crashCopy(disk);
                SnapshotStore again = crashed.open()) {
              assertThat(again.list()).containsExactly(earlier);
              SnapshotRef retried = again.save(draft(9), retry -> retry.write(content(10)));
              assertThat(again.list()).containsExactly(earlier, retried);
            }
          });
    }
  }

  @Test
  default void aFailedSaveLeavesNothing() throws IOException {
    try (SnapshotDisk disk = snapshotDisk()) {
      try (SnapshotStore store = disk.open()) {
        assertThatThrownBy(() ->
                store.save(
                    draft(9),
                    out -> {
                      out.write(content(100_000));
                      throw new IOException("the state could not be read");
                    }))
            .isInstanceOf(RuntimeException.class);
        assertThat(store.list()).isEmpty();
      }
      try (SnapshotStore store = disk.open()) {
        assertThat(store.list()).isEmpty();
        SnapshotRef saved = store.save(draft(9), out -> out.write(content(10)));
        assertThat(store.list()).containsExactly(saved);
      }
    }
  }

  @Test
  default void chunksMakeUpTheSnapshot() throws IOException {
    byte[] content = content(250_000);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      SnapshotRef saved = store.save(draft(7), out -> out.write(content));
      for (int chunkBytes : new int[] {1 << 13, 65_536, 99_999, 1 << 20}) {
        ByteArrayOutputStream collected = new ByteArrayOutputStream();
        while (collected.size() < content.length) {
          byte[] chunk = store.readChunk(saved, collected.size(), chunkBytes);
          assertThat(chunk.length).isBetween(1, chunkBytes);
          collected.writeBytes(chunk);
        }
        assertThat(collected.toByteArray()).isEqualTo(content);
      }
      assertThat(store.readChunk(saved, content.length, 100)).isEmpty();
    }
  }

  @Test
  default void aChunkOfASnapshotThatIsGoneIsEmpty() throws IOException {
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      SnapshotRef saved = store.save(draft(7), out -> out.write(content(1000)));
      store.save(draft(8), out -> out.write(content(1000)));
      store.prune(1);
      assertThat(store.readChunk(saved, 0, 100)).isEmpty();
      assertThat(store.readChunk(saved, 500, 100)).isEmpty();
    }
  }

  @Test
  default void chunksReceivedInOrderBecomeASnapshot() throws IOException {
    byte[] content = content(200_000);
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk()) {
      try (SnapshotStore store = disk.open()) {
        int at = 0;
        while (at < content.length) {
          assertThat(store.list()).isEmpty();
          byte[] chunk = chunk(content, at, 33_333);
          at += chunk.length;
          assertThat(store.receive(remote, at - chunk.length, chunk)).isEqualTo(at);
        }
        assertThat(store.list()).containsExactly(remote);
        assertThat(readAll(store, remote)).isEqualTo(content);
      }
      try (SnapshotStore store = disk.open()) {
        assertThat(store.list()).containsExactly(remote);
        assertSameIdentity(store.list().get(0), remote);
        assertThat(readAll(store, remote)).isEqualTo(content);
      }
    }
  }

  @Test
  default void aReceivedSnapshotSurvivesAPowerFailure() throws IOException {
    byte[] content = content(20_000);
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      store.receive(remote, 0, chunk(content, 0, 9_000));
      try (SnapshotDisk crashed = crashCopy(disk);
          SnapshotStore again = crashed.open()) {
        assertThat(again.list()).isEmpty();
      }
      store.receive(remote, 9_000, chunk(content, 9_000, 11_000));
      try (SnapshotDisk crashed = crashCopy(disk);
          SnapshotStore again = crashed.open()) {
        assertThat(again.list()).containsExactly(remote);
        assertThat(readAll(again, remote)).isEqualTo(content);
      }
    }
  }

  @Test
  default void aChunkThatIsNotNextIsIgnored() throws IOException {
    byte[] content = content(1000);
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      assertThat(store.receive(remote, 500, chunk(content, 500, 100))).isZero();
      assertThat(store.receive(remote, 0, chunk(content, 0, 400))).isEqualTo(400);
      assertThat(store.receive(remote, 700, chunk(content, 700, 300))).isEqualTo(400);
      assertThat(store.receive(remote, 300, chunk(content, 300, 100))).isEqualTo(400);
      assertThat(store.receive(remote, 400, chunk(content, 400, 300))).isEqualTo(700);
      assertThat(store.receive(remote, 400, chunk(content, 400, 300))).isEqualTo(700);
      assertThat(store.receive(remote, 700, chunk(content, 700, 300))).isEqualTo(1000);
      assertThat(readAll(store, remote)).isEqualTo(content);
    }
  }

  @Test
  default void offsetZeroBeginsAnew() throws IOException {
    byte[] content = content(1000);
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      assertThat(store.receive(remote, 0, content(600))).isEqualTo(600);
      assertThat(store.receive(remote, 0, chunk(content, 0, 400))).isEqualTo(400);
      assertThat(store.receive(remote, 400, chunk(content, 400, 600))).isEqualTo(1000);
      assertThat(store.list()).containsExactly(remote);
      assertThat(readAll(store, remote)).isEqualTo(content);
    }
  }

  /** A restart may keep what was received or drop it; the store says where to go on. */
  @Test
  default void receivingGoesOnAfterARestart() throws IOException {
    byte[] content = content(1000);
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk()) {
      try (SnapshotStore store = disk.open()) {
        store.receive(remote, 0, chunk(content, 0, 400));
      }
      try (SnapshotStore store = disk.open()) {
        assertThat(store.list()).isEmpty();
        long at = store.receive(remote, 400, chunk(content, 400, 100));
        assertThat(at).isIn(0L, 500L);
        while (at < content.length) {
          long next = store.receive(remote, at, chunk(content, (int) at, 250));
          assertThat(next).isGreaterThan(at);
          at = next;
        }
        assertThat(store.list()).containsExactly(remote);
        assertThat(readAll(store, remote)).isEqualTo(content);
      }
    }
  }

  @Test
  default void aSnapshotThatDoesNotMatchItsChecksumStartsOver() throws IOException {
    byte[] content = content(1000);
    byte[] wrong = content.clone();
    wrong[450] ^= 1;
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk()) {
      try (SnapshotStore store = disk.open()) {
        assertThat(store.receive(remote, 0, chunk(wrong, 0, 600))).isEqualTo(600);
        assertThat(store.receive(remote, 600, chunk(wrong, 600, 400))).isZero();
        assertThat(store.list()).isEmpty();
      }
      try (SnapshotStore store = disk.open()) {
        assertThat(store.list()).isEmpty();
        assertThat(store.receive(remote, 0, chunk(content, 0, 600))).isEqualTo(600);
        assertThat(store.receive(remote, 600, chunk(content, 600, 400))).isEqualTo(1000);
        assertThat(store.list()).containsExactly(remote);
      }
    }
  }

  @Test
  default void moreBytesThanAnnouncedAreNotASnapshot() throws IOException {
    byte[] content = content(1000);
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      store.receive(remote, 0, chunk(content, 0, 600));
      assertThat(store.receive(remote, 600, content(401))).isNotEqualTo(remote.sizeBytes());
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  default void aNewerSnapshotMayArriveInTheMiddleOfAnother() throws IOException {
    byte[] old = content(1000);
    byte[] young = content(2000);
    SnapshotRef older = remote(12, old);
    SnapshotRef younger = remote(15, young);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      store.receive(older, 0, chunk(old, 0, 400));
      assertThat(store.receive(younger, 0, chunk(young, 0, 1500))).isEqualTo(1500);
      assertThat(store.receive(younger, 1500, chunk(young, 1500, 500))).isEqualTo(2000);
      assertThat(store.list()).containsExactly(younger);
      assertThat(readAll(store, younger)).isEqualTo(young);
    }
  }

  @Test
  default void aSnapshotReceivedTwiceIsListedOnce() throws IOException {
    byte[] content = content(1000);
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      assertThat(store.receive(remote, 0, content)).isEqualTo(1000);
      assertThat(store.receive(remote, 0, content)).isEqualTo(1000);
      assertThat(store.list()).containsExactly(remote);
      assertThat(readAll(store, remote)).isEqualTo(content);
    }
  }

  @Test
  default void pruningKeepsTheNewest() throws IOException {
    try (SnapshotDisk disk = snapshotDisk()) {
      SnapshotRef third;
      SnapshotRef second;
      try (SnapshotStore store = disk.open()) {
        store.save(draft(10), out -> out.write(content(100)));
        third = store.save(draft(30), out -> out.write(content(300)));
        second = store.save(draft(20), out -> out.write(content(200)));
        store.prune(5);
        assertThat(store.list()).hasSize(3);
        store.prune(2);
        assertThat(store.list()).containsExactly(second, third);
        store.prune(1);
        assertThat(store.list()).containsExactly(third);
      }
      try (SnapshotStore store = disk.open()) {
        assertThat(store.list()).containsExactly(third);
        assertThat(readAll(store, third)).isEqualTo(content(300));
      }
    }
  }

  @Test
  default void whatIsPinnedOutlivesNewerOnes() throws IOException {
    byte[] content = content(100_000);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      SnapshotRef first = store.save(draft(10), out -> out.write(content));
      SnapshotRef second = store.save(draft(20), out -> out.write(content(200)));
      SnapshotRef third = store.save(draft(30), out -> out.write(content(300)));
      SnapshotRef elsewhere = remote(5, content(50));
      store.prune(1, List.of(first, elsewhere));
      assertThat(store.list()).containsExactly(first, third);
      assertThat(readAll(store, first)).isEqualTo(content);
      assertThat(store.readChunk(first, 0, 100)).hasSize(100);
      assertThat(store.readChunk(second, 0, 100)).isEmpty();
      store.prune(2, List.of(first)); // among the newest anyhow: takes nobody else's place
      assertThat(store.list()).containsExactly(first, third);
      store.prune(1);
      assertThat(store.list()).containsExactly(third);
      assertThat(store.readChunk(first, 0, 100)).isEmpty();
    }
  }

  @Test
  default void pruningForgetsAbandonedPieces() throws IOException {
    byte[] content = content(1000);
    SnapshotRef remote = remote(12, content);
    try (SnapshotDisk disk = snapshotDisk();
        SnapshotStore store = disk.open()) {
      store.receive(remote, 0, chunk(content, 0, 400));
      store.prune(2);
      assertThat(store.receive(remote, 400, chunk(content, 400, 100))).isZero();
      assertThat(store.receive(remote, 0, content)).isEqualTo(1000);
    }
  }

  @Test
  default void damagedBytesAreNeverHandedOut() throws IOException {
    byte[] content = content(200_000);
    for (long offset : new long[] {0, 70_000, 199_999}) {
      try (SnapshotDisk disk = snapshotDisk()) {
        SnapshotRef older;
        SnapshotRef damaged;
        try (SnapshotStore store = disk.open()) {
          older = store.save(draft(3), out -> out.write(content(100)));
          damaged = store.save(draft(7), out -> out.write(content));
        }
        assumeTrue(disk.corrupt(damaged, offset), "the adapter cannot damage a snapshot");
        try (SnapshotStore store = disk.open()) {
          assertThat(store.list()).contains(older);
          assertThatThrownBy(() -> readAll(store, damaged))
              .isInstanceOfAny(IOException.class, StorageFault.class);
          assertChunksAreSound(store, damaged, content);
          assertThat(readAll(store, older)).isEqualTo(content(100));
        }
      }
    }
  }

  private static SnapshotDisk crashCopy(SnapshotDisk disk) throws IOException {
    Optional<SnapshotDisk> copy = disk.crashCopy();
    assumeTrue(copy.isPresent(), "the adapter cannot tell what a power failure leaves");
    return copy.orElseThrow();
  }

  private static SnapshotRef draft(long slot) {
    LogFixture log = LogFixture.empty();
    log.configuration(2, "configuration of " + slot);
    log.random(2 + slot, (int) slot - 1, 10);
    return log.snapshotDraft(slot);
  }

  private static SnapshotRef remote(long slot, byte[] content) {
    SnapshotRef draft = draft(slot);
    return new SnapshotRef(
        draft.id(),
        draft.slot(),
        draft.epoch(),
        draft.hash(),
        draft.lastIndex(),
        draft.timeFloorNanos(),
        draft.configuration(),
        content.length,
        sha256(content));
  }

  /** Equality of references leaves out what is compared here. */
  private static void assertSameIdentity(SnapshotRef found, SnapshotRef expected) {
    assertThat(found.id()).isEqualTo(expected.id());
    assertThat(found.slot()).isEqualTo(expected.slot());
    assertThat(found.epoch()).isEqualTo(expected.epoch());
    assertThat(found.hash()).isEqualTo(expected.hash());
    assertThat(found.lastIndex()).isEqualTo(expected.lastIndex());
    assertThat(found.timeFloorNanos()).isEqualTo(expected.timeFloorNanos());
    assertThat(found.configuration()).isEqualTo(expected.configuration());
  }

  private static byte[] content(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] chunk(byte[] content, int from, int length) {
    return Arrays.copyOfRange(content, from, Math.min(content.length, from + length));
  }

  private static byte[] readAll(SnapshotStore store, SnapshotRef snapshot) throws IOException {
    try (InputStream in = store.open(snapshot)) {
      return in.readAllBytes();
    }
  }

  /** A damaged snapshot may be refused or be gone; what it gives until then is as it was. */
  private static void assertChunksAreSound(
      SnapshotStore store, SnapshotRef damaged, byte[] content) {
    try {
      byte[] found = readChunks(store, damaged);
      assertThat(found.length).isLessThan(content.length);
      assertThat(found).isEqualTo(Arrays.copyOf(content, found.length));
    } catch (StorageFault refused) {
      assertThat(refused).hasMessageContaining(damaged.id());
    }
  }

  private static byte[] readChunks(SnapshotStore store, SnapshotRef snapshot) {
    ByteArrayOutputStream collected = new ByteArrayOutputStream();
    byte[] chunk = store.readChunk(snapshot, 0, 8192);
    while (chunk.length > 0) {
      collected.writeBytes(chunk);
      chunk = store.readChunk(snapshot, collected.size(), 8192);
    }
    return collected.toByteArray();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
