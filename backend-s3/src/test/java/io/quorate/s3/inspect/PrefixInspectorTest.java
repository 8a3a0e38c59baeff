// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.folder.FolderStore;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.Leader;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.SnapshotManifest;
import io.quorate.s3.layout.SnapshotPart;
import io.quorate.s3.layout.SnapshotPlace;
import io.quorate.s3.layout.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A group with epoch 1 (slots 1 to 4, sealed at 5), epoch 2 (slots 5 to 8, open), and a snapshot to
 * slot 3, in a folder; then something happens to it.
 */
class PrefixInspectorTest {
  private static final GroupId NAME = GroupId.of("orders");
  private static final UUID GROUP = new UUID(1, 2);
  private static final UUID WRITER = new UUID(3, 4);
  private static final ObjectKeys KEYS = new ObjectKeys("base", NAME);
  private static final long HOUR_NANOS = 3_600_000_000_000L;
  private static final long NOW = 100 * HOUR_NANOS;
  private static final long TIMEOUT_NANOS = 10_000_000_000L;
  private static final byte[] STATE = "state of the machine".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;
  private FolderStore store;
  private ChainHash last = ChainHash.ROOT;

  @BeforeEach
  void aWholeGroup() throws IOException, NoSuchAlgorithmException {
    store = FolderStore.open(folder);
    Leader leader = new Leader(NodeId.of("n1"), WRITER);
    Root root = Root.first(NAME, GROUP, new UUID(0, 1), leader, 0, 1);
    SnapshotPlace place = null;
    for (long slot = 1; slot <= 4; slot++) {
      entry(1, slot, NOW - 2 * HOUR_NANOS);
      if (slot == 3) {
        place = snapshot();
      }
    }
    seal(1, 5);
    root = root.published(new UUID(0, 2), Objects.requireNonNull(place), 0);
    root = root.takenOver(new UUID(0, 3), leader, 5, last, 0, 1);
    put(KEYS.root(), root.bytes());
    for (long slot = 5; slot <= 8; slot++) {
      entry(2, slot, NOW - 1);
    }
  }

  @AfterEach
  void close() {
    store.close();
  }

  private ObjectResult call(ObjectRequest request) {
    CompletableFuture<ObjectResult> answer = new CompletableFuture<>();
    store.submit(request, TIMEOUT_NANOS, answer::complete);
    return answer.join();
  }

  private void put(String key, byte[] bytes) {
    assertThat(call(new ObjectRequest.Put(key, bytes))).isInstanceOf(ObjectResult.Stored.class);
  }

  private void delete(String key) {
    assertThat(call(new ObjectRequest.Delete(key))).isInstanceOf(ObjectResult.Deleted.class);
  }

  private void flip(String key) {
    ObjectResult found = call(new ObjectRequest.Get(key, null));
    assertThat(found).isInstanceOf(ObjectResult.Found.class);
    byte[] bytes = ((ObjectResult.Found) found).bytes().clone();
    bytes[bytes.length - 1] ^= 1;
    put(key, bytes);
  }

  private void entry(long epoch, long slot, long timeNanos) {
    Entry entry =
        Entry.control(
            EntryKind.TAKEOVER,
            slot,
            epoch,
            1,
            timeNanos,
            last,
            ("slot " + slot).getBytes(StandardCharsets.UTF_8));
    last = entry.hash();
    put(KEYS.slot(epoch, slot), new StoredObject.Data(entry, WRITER).bytes(GROUP));
  }

  private void seal(long epoch, long slot) {
    put(
        KEYS.slot(epoch, slot),
        new StoredObject.Seal(epoch, slot, WRITER, 1, StoredObject.Reason.TAKEOVER, NOW - 1)
            .bytes(GROUP));
  }

  private SnapshotPlace snapshot() throws NoSuchAlgorithmException {
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(STATE);
    SnapshotRef ref = new SnapshotRef("3-1-ab", 3, 1, last, 0, 1, new byte[0], STATE.length, sum);
    SnapshotManifest manifest = new SnapshotManifest(ref, STATE.length);
    SnapshotPlace place = manifest.place(77);
    put(KEYS.part(place, 0), SnapshotPart.bytes(GROUP, WRITER, place, 0, STATE));
    put(KEYS.manifest(place), manifest.bytes(GROUP, WRITER));
    return place;
  }

  private PrefixReport inspect() throws StoreUnreadable {
    return PrefixInspector.inspect(store, "base", NAME, NOW);
  }

  @Test
  void aWholeGroupIsDescribed() throws StoreUnreadable {
    PrefixReport report = inspect();
    assertThat(report.damage()).isEmpty();
    assertThat(report.notes()).isEmpty();
    assertThat(report.facts())
        .contains(
            Map.entry("version", "3"),
            Map.entry("epoch", "2"),
            Map.entry("segment", "epoch 1 from slot 1, to slot 4"),
            Map.entry("segment", "epoch 2 from slot 5, open"),
            Map.entry("watermark", "slot 1"),
            Map.entry("last slot", "8"),
            Map.entry("seals", "1"),
            Map.entry("snapshot", "to slot 3, epoch 1, 20 bytes, complete"));
    assertThat(report.createdLastHour()).isEqualTo(5); // four entries and the seal
  }

  @Test
  void aFlippedBitOfAnEntryIsDamage() throws StoreUnreadable {
    flip(KEYS.slot(1, 2));
    assertThat(inspect().damage())
        .singleElement()
        .satisfies(damage -> assertThat(damage).contains(KEYS.slot(1, 2), "checksum"));
  }

  @Test
  void aMissingSlotOfAnEndedEpochIsDamage() throws StoreUnreadable {
    delete(KEYS.slot(1, 3));
    assertThat(inspect().damage())
        .singleElement()
        .satisfies(damage -> assertThat(damage).contains(KEYS.slot(1, 3), "is missing"));
  }

  @Test
  void aMissingSealIsDamage() throws StoreUnreadable {
    delete(KEYS.slot(1, 5));
    assertThat(inspect().damage())
        .singleElement()
        .satisfies(damage -> assertThat(damage).contains("the seal that ends epoch 1"));
  }

  @Test
  void anEntryThatDoesNotLinkIsDamage() throws StoreUnreadable {
    last = new ChainHash(9, 9);
    entry(2, 8, NOW);
    assertThat(inspect().damage())
        .singleElement()
        .satisfies(damage -> assertThat(damage).contains(KEYS.slot(2, 8), "does not link"));
  }

  @Test
  void anOrphanIsNoDamage() throws StoreUnreadable {
    entry(1, 7, NOW - 2 * HOUR_NANOS);
    PrefixReport report = inspect();
    assertThat(report.damage()).isEmpty();
    assertThat(report.notes()).singleElement().asString().startsWith("1 orphans: ");
  }

  @Test
  void aHoleWithinTheWindowIsNoDamageAndOneThatIsTooOldIs() throws StoreUnreadable {
    entry(2, 10, NOW);
    PrefixReport underWay = inspect();
    assertThat(underWay.damage()).isEmpty();
    assertThat(underWay.notes()).singleElement().asString().startsWith("1 objects behind slot 9");
    entry(2, 25, NOW);
    assertThat(inspect().damage())
        .singleElement()
        .satisfies(damage -> assertThat(damage).contains(KEYS.slot(2, 9), "is missing"));
  }

  @Test
  void aDamagedPartOfASnapshotIsDamage() throws StoreUnreadable {
    SnapshotPlace place = Objects.requireNonNull(root().snapshot());
    flip(KEYS.part(place, 0));
    assertThat(inspect().damage())
        .singleElement()
        .satisfies(damage -> assertThat(damage).contains("part-00000"));
  }

  @Test
  void aSnapshotThatNothingNamesIsToldOf() throws StoreUnreadable {
    put(KEYS.snapshots() + new SnapshotPlace(2, 1, 5, last, 0, 1).folder() + "/manifest", STATE);
    PrefixReport report = inspect();
    assertThat(report.damage()).isEmpty();
    assertThat(report.notes()).singleElement().asString().startsWith("1 objects of snapshots");
  }

  @Test
  void objectsOfALaterEpochMeanThatTheRootWentBack() throws StoreUnreadable {
    entry(3, 9, NOW);
    assertThat(inspect().damage()).singleElement().asString().contains("the root went back");
  }

  @Test
  void objectsWithoutARootAreDamageAndNothingIsNot() throws StoreUnreadable {
    delete(KEYS.root());
    assertThat(inspect().damage()).singleElement().asString().contains(KEYS.root());
    PrefixReport nothing = PrefixInspector.inspect(store, "elsewhere", NAME, NOW);
    assertThat(nothing.damage()).isEmpty();
    assertThat(nothing.notes()).singleElement().asString().startsWith("nothing is below");
  }

  @Test
  void aDamagedRootIsDamage() throws StoreUnreadable {
    flip(KEYS.root());
    assertThat(inspect().damage()).singleElement().asString().contains(KEYS.root());
  }

  private Root root() {
    ObjectResult found = call(new ObjectRequest.Get(KEYS.root(), null));
    try {
      return Root.decode(KEYS.root(), NAME, ((ObjectResult.Found) found).bytes());
    } catch (CorruptObject e) {
      throw new AssertionError(e);
    }
  }
}
