// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.SnapshotRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects of the bucket as bytes: there and back, as earlier releases wrote them, and damaged. */
final class LayoutTest {
  private static final String GOLDEN = "objects-v1.txt";
  private static final GroupId ORDERS = GroupId.of("orders");
  private static final UUID GROUP = new UUID(0x1122334455667788L, -9);
  private static final UUID WRITER = new UUID(7, 8);
  private static final ObjectKeys KEYS = new ObjectKeys("prod", ORDERS);

  private static ChainHash hash(long seed) {
    return new ChainHash(seed * 0x9E3779B97F4A7C15L, -seed);
  }

  private static Root root() {
    return new Root(
        ORDERS,
        GROUP,
        new UUID(77, 78),
        12,
        5,
        new Leader(NodeId.of("n2"), WRITER),
        List.of(
            new Segment(2, 90, 140, hash(89)),
            new Segment(4, 140, 190, hash(139)),
            new Segment(5, 190, Segment.OPEN, hash(189))),
        new SnapshotPlace(170, 4, -3, hash(170), 1_700, 123_456),
        new SnapshotPlace(120, 2, 44, hash(120), 1_200, 100_000),
        121,
        List.of(
            new Sealed(1, 90, hash(89)),
            new Sealed(2, 140, hash(139)),
            new Sealed(3, 140, hash(139)),
            new Sealed(4, 190, hash(189))),
        5_000,
        1_700_000_000_000_000_000L,
        Root.State.ACTIVE);
  }

  private static Root firstRoot() {
    return Root.first(
        ORDERS, GROUP, new UUID(1, 2), new Leader(NodeId.of("n1"), WRITER), 0, 1_700L);
  }

  private static StoredObject.Data data() {
    Entry entry =
        Entry.control(
            EntryKind.TAKEOVER,
            190,
            5,
            1_701,
            1_700_000_000_000_000_000L,
            hash(189),
            new byte[] {5, 6});
    return new StoredObject.Data(entry, WRITER);
  }

  private static StoredObject.Seal seal() {
    return new StoredObject.Seal(
        4, 190, WRITER, 11, StoredObject.Reason.HANDOVER, 1_700_000_000_000_000_001L);
  }

  private static SnapshotManifest manifest() {
    return new SnapshotManifest(
        new SnapshotRef(
            "snap-170",
            170,
            4,
            hash(170),
            1_700,
            1_700_000_000_000_000_002L,
            new byte[] {1, 2, 3},
            123_456,
            new byte[32]),
        50_000);
  }

  private static SnapshotPlace place() {
    return manifest().place(-3);
  }

  private static Map<String, byte[]> objects() {
    Map<String, byte[]> objects = new LinkedHashMap<>();
    objects.put(KEYS.root(), root().bytes());
    objects.put(KEYS.slot(5, 190), data().bytes(GROUP));
    objects.put(KEYS.slot(4, 190), seal().bytes(GROUP));
    objects.put(KEYS.manifest(place()), manifest().bytes(GROUP, WRITER));
    objects.put(
        KEYS.part(place(), 2), SnapshotPart.bytes(GROUP, WRITER, place(), 2, new byte[] {9, 8, 7}));
    return objects;
  }

  private static Object decode(String key, byte[] bytes) throws CorruptObject {
    if (key.equals(KEYS.root())) {
      return Root.decode(key, ORDERS, bytes);
    }
    if (key.equals(KEYS.slot(5, 190))) {
      return StoredObject.decode(key, GROUP, 5, 190, bytes);
    }
    if (key.equals(KEYS.slot(4, 190))) {
      return StoredObject.decode(key, GROUP, 4, 190, bytes);
    }
    if (key.equals(KEYS.manifest(place()))) {
      return SnapshotManifest.decode(key, GROUP, place(), bytes);
    }
    return SnapshotPart.decode(key, GROUP, place(), 2, bytes);
  }

  private static Object expected(String key) {
    if (key.equals(KEYS.root())) {
      return root();
    }
    if (key.equals(KEYS.slot(5, 190))) {
      return data();
    }
    if (key.equals(KEYS.slot(4, 190))) {
      return seal();
    }
    return key.equals(KEYS.manifest(place())) ? manifest() : new byte[] {9, 8, 7};
  }

  @Test
  void keysAreAsDocumented() {
    assertThat(KEYS.root()).isEqualTo("prod/8a/orders/root");
    assertThat(KEYS.slot(5, 190)).isEqualTo("prod/8a/orders/log/0000000000000005/00000000000000be");
    assertThat(KEYS.manifest(place()))
        .isEqualTo(
            "prod/8a/orders/snap/00000000000000aa-0000000000000004-fffffffffffffffd/manifest");
    assertThat(KEYS.part(place(), 2)).endsWith("/part-00002");
    assertThat(KEYS.probes()).isEqualTo("prod/8a/orders/probe/");
    assertThat(new ObjectKeys("", ORDERS).root()).isEqualTo("8a/orders/root");
  }

  @Test
  void keysAreReadBack() {
    assertThat(KEYS.parse(KEYS.root())).isEqualTo(new ObjectKeys.Named.RootKey());
    assertThat(KEYS.parse(KEYS.slot(5, Long.MAX_VALUE)))
        .isEqualTo(new ObjectKeys.Named.SlotKey(5, Long.MAX_VALUE));
    assertThat(KEYS.parse(KEYS.manifest(place())))
        .isEqualTo(new ObjectKeys.Named.SnapshotKey(170, 4, -3));
    assertThat(KEYS.parse(KEYS.part(place(), 7)))
        .isEqualTo(new ObjectKeys.Named.SnapshotKey(170, 4, -3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "prod/8a/orders/",
        "prod/8a/orders/roots",
        "prod/8a/other/root",
        "prod/8a/orders/log/",
        "prod/8a/orders/log/0000000000000005/00000000000000bE",
        "prod/8a/orders/log/0000000000000005/ffffffffffffffff",
        "prod/8a/orders/log/0000000000000005/00000000000000be0",
        "prod/8a/orders/log/0000000000000005-00000000000000be",
        "prod/8a/orders/snap/00000000000000aa-0000000000000004-fffffffffffffffd",
        "prod/8a/orders/snap/00000000000000aa-0000000000000004-fffffffffffffffd/other",
        "prod/8a/orders/snap/00000000000000aa-0000000000000004-fffffffffffffffg/manifest",
        "prod/8a/orders/probe/1"
      })
  void foreignKeysAreTold(String key) {
    assertThat(KEYS.parse(key)).isNull();
  }

  @Test
  void everyObjectComesBackAsItWas() throws CorruptObject {
    for (Map.Entry<String, byte[]> object : objects().entrySet()) {
      assertThat(decode(object.getKey(), object.getValue()))
          .as(object.getKey())
          .usingRecursiveComparison()
          .isEqualTo(expected(object.getKey()));
    }
    assertThat(Root.decode("root", ORDERS, firstRoot().bytes())).isEqualTo(firstRoot());
  }

  /** What version 1 wrote is still read, and still written. */
  @Test
  void oldBytesStillDecode() throws IOException, CorruptObject {
    Map<String, byte[]> golden = golden();
    for (Map.Entry<String, byte[]> object : objects().entrySet()) {
      String key = object.getKey();
      byte[] old = golden.remove(key);
      assertThat(old).as("%s is missing in %s:\n%s", key, GOLDEN, render()).isNotNull();
      if (old != null) {
        assertThat(decode(key, old)).usingRecursiveComparison().isEqualTo(expected(key));
        assertThat(object.getValue()).as(key).isEqualTo(old);
      }
    }
    assertThat(golden).isEmpty();
  }

  private static String render() {
    StringBuilder text = new StringBuilder();
    objects()
        .forEach((key, bytes) ->
            text.append(key).append(' ').append(HexFormat.of().formatHex(bytes)).append('\n'));
    return text.toString();
  }

  private static Map<String, byte[]> golden() throws IOException {
    Map<String, byte[]> golden = new LinkedHashMap<>();
    try (InputStream in = LayoutTest.class.getResourceAsStream(GOLDEN)) {
      if (in != null) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        for (String line : text.lines().toList()) {
          String[] words = line.split(" ", 2);
          golden.put(words[0], HexFormat.of().parseHex(words[1]));
        }
      }
    }
    return golden;
  }

  /** No flipped bit and no cut goes unnoticed, and none ends in another exception. */
  @Test
  void damageIsRefused() {
    Random random = new Random(5);
    objects()
        .forEach((key, bytes) -> {
          for (int i = 0; i < 2_000; i++) {
            byte[] flipped = bytes.clone();
            flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            assertRefused(key, flipped);
            byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            assertRefused(key, cut);
          }
        });
  }

  /** Sound envelopes around nonsense: the fields inside are checked as well. */
  @Test
  void nonsenseBehindASoundEnvelopeIsRefused() {
    Random random = new Random(6);
    for (int i = 0; i < 5_000; i++) {
      byte[] body = Envelope.body(root().bytes());
      body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
      byte[] object = new Envelope(Envelope.Kind.ROOT, GROUP, 5, 12, 0, WRITER).wrap(body);
      try {
        assertThat(Root.decode("root", ORDERS, object)).isNotEqualTo(root());
      } catch (CorruptObject e) {
        assertThat(e).hasMessageStartingWith("object root cannot be used: ");
      }
    }
  }

  private static void assertRefused(String key, byte[] bytes) {
    assertThatThrownBy(() -> decode(key, bytes))
        .isInstanceOf(CorruptObject.class)
        .hasMessageContaining(key);
  }

  @Test
  void misplacedAndForeignObjectsAreTold() {
    byte[] data = data().bytes(GROUP);
    assertThatThrownBy(() -> StoredObject.decode("k", GROUP, 5, 191, data))
        .hasMessage("object k cannot be used: it was written for epoch 5, slot 190, part 0");
    assertThatThrownBy(() -> StoredObject.decode("k", GROUP, 4, 190, data))
        .isInstanceOf(CorruptObject.class);
    assertThatThrownBy(() -> StoredObject.decode("k", new UUID(0, 1), 5, 190, data))
        .hasMessageContaining("it is of group");
    assertThatThrownBy(() -> Root.decode("k", GroupId.of("stock"), root().bytes()))
        .hasMessageContaining("it is the root of group orders, not of stock");
    assertThatThrownBy(() -> Root.decode("k", ORDERS, data)).hasMessageContaining("not a root");
    assertThatThrownBy(() -> StoredObject.decode("k", GROUP, 5, 12, root().bytes()))
        .hasMessageContaining("not an entry or a seal");
    byte[] part = SnapshotPart.bytes(GROUP, WRITER, place(), 2, new byte[3]);
    assertThatThrownBy(() -> SnapshotPart.decode("k", GROUP, place(), 3, part))
        .isInstanceOf(CorruptObject.class);
    assertThatThrownBy(() -> SnapshotPart.decode("k", GROUP, place(), 2, new byte[100]))
        .hasMessageContaining("does not begin like an object of Quorate");
  }

  @Test
  void aManifestOfAnotherSnapshotIsTold() {
    byte[] bytes = manifest().bytes(GROUP, WRITER);
    SnapshotPlace other = new SnapshotPlace(170, 4, -3, hash(171), 1_700, 123_456);
    assertThatThrownBy(() -> SnapshotManifest.decode("k", GROUP, other, bytes))
        .hasMessageContaining("the root says");
  }

  @Test
  void aFormatOfTheFutureIsTold() {
    byte[] bytes = seal().bytes(GROUP);
    bytes[4] = 2;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 68);
    Bytes.putInt(bytes, 68, (int) crc.getValue());
    assertThatThrownBy(() -> StoredObject.decode("k", GROUP, 4, 190, bytes))
        .hasMessageContaining("its format is 2, this release reads 1");
  }

  @Test
  void partsCoverTheSnapshot() {
    assertThat(manifest().parts()).isEqualTo(3);
    assertThat(manifest().offset(2)).isEqualTo(100_000);
  }
}
