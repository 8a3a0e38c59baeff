// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class EntryTest {
  /** Computed by an independent program from the tables of {@link Entry} and {@link Slab}. */
  private static final String GOLDEN =
      "01010000450000000c0000000000000005000000000000006400000000000000"
          + "020000000000000000002a36fe9c9717e47125968b3b71049fbc4802d1e40a71"
          + "eaa98bae5ab6c08531c3b768d3d2ab2b47ca25e1627862cb95286432c7e5c475"
          + "f2ac76a6b8594605010000000500000007000000000000000300000000000000"
          + "0200000000000000646562697402000000000000000000000000000000000000"
          + "00000000000000000000000000";

  private static final long TIME = 1_700_000_000_000_000_000L;

  private static ChainHash parent() {
    byte[] bytes = "parent".getBytes(StandardCharsets.UTF_8);
    return ChainHash.of(bytes, 0, bytes.length);
  }

  private static Entry sample() {
    var slab = new Slab.Writer(16);
    byte[] payload = "debit".getBytes(StandardCharsets.UTF_8);
    slab.append(CommandKind.SESSION, 7, 3, 2, payload, 0, payload.length);
    slab.append(CommandKind.PLAIN, 0, 0, 0, payload, 0, 0);
    return Entry.seal(slab.frame(), EntryKind.COMMANDS, 12, 5, 100, slab.count(), TIME, parent());
  }

  @Test
  void isEncodedAsInTheFirstRelease() {
    assertThat(HexFormat.of().formatHex(sample().frame())).isEqualTo(GOLDEN);
  }

  @Test
  void bytesOfTheFirstReleaseStillDecode() throws CorruptEntry {
    Entry entry = Entry.decode(HexFormat.of().parseHex(GOLDEN));
    entry.verifyBody();
    entry.verifyHashes();
    assertThat(entry.kind()).isEqualTo(EntryKind.COMMANDS);
    assertThat(entry.slot()).isEqualTo(12);
    assertThat(entry.epoch()).isEqualTo(5);
    assertThat(entry.firstIndex()).isEqualTo(100);
    assertThat(entry.count()).isEqualTo(2);
    assertThat(entry.lastIndex()).isEqualTo(101);
    assertThat(entry.timeNanos()).isEqualTo(TIME);
    assertThat(entry.timeFloorNanos()).isEqualTo(TIME + 2);
    assertThat(entry.parentHash()).isEqualTo(parent());
    assertThat(entry.sizeBytes()).isEqualTo(GOLDEN.length() / 2);
    assertThat(entry.bodyBytes()).isEqualTo(69).isEqualTo(entry.body().length);
    var cursor = new Slab.Cursor().reset(entry);
    assertThat(cursor.advance()).isTrue();
    assertThat(cursor.payload()).asString(StandardCharsets.UTF_8).isEqualTo("debit");
  }

  @Test
  void everyFlippedBitIsDetected() {
    byte[] whole = sample().frame();
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatExceptionOfType(CorruptEntry.class)
          .describedAs("bit %s", bit)
          .isThrownBy(() -> Entry.decode(damaged).verifyBody());
    }
  }

  @Test
  void everyTruncationAndExtensionIsDetected() {
    byte[] whole = sample().frame();
    for (int length = 0; length < whole.length + 9; length++) {
      if (length != whole.length) {
        byte[] other = Arrays.copyOf(whole, length);
        assertThatExceptionOfType(CorruptEntry.class).isThrownBy(() -> Entry.decode(other));
      }
    }
  }

  @Test
  void anotherBodyUnderAMendedChecksumFailsTheHash() throws CorruptEntry {
    byte[] frame = sample().frame().clone();
    frame[frame.length - 1] ^= 1;
    Bytes.putInt(frame, 96, crc(frame, Entry.HEADER_BYTES, frame.length - Entry.HEADER_BYTES));
    Bytes.putInt(frame, 100, crc(frame, 0, 100));
    Entry forged = Entry.decode(frame);
    forged.verifyBody();
    assertThatExceptionOfType(CorruptEntry.class)
        .isThrownBy(forged::verifyHashes)
        .withMessageContaining("hash of the body");
  }

  @Test
  void anotherHeaderUnderAMendedChecksumFailsTheHash() throws CorruptEntry {
    byte[] frame = sample().frame().clone();
    Bytes.putLong(frame, 16, 6);
    Bytes.putInt(frame, 100, crc(frame, 0, 100));
    Entry forged = Entry.decode(frame);
    assertThat(forged.epoch()).isEqualTo(6);
    assertThatExceptionOfType(CorruptEntry.class)
        .isThrownBy(forged::verifyHashes)
        .withMessageContaining("hash of the header");
  }

  @Test
  void aNewerFormatAndAnUnknownKindAreNamed() {
    for (int at = 0; at <= 1; at++) {
      byte[] frame = sample().frame().clone();
      frame[at] = 9;
      Bytes.putInt(frame, 100, crc(frame, 0, 100));
      assertThatExceptionOfType(CorruptEntry.class)
          .isThrownBy(() -> Entry.decode(frame))
          .withMessageContaining((at == 0 ? "format" : "kind") + " 9 is unknown");
    }
  }

  @Test
  void theHashCoversHeaderBodyAndParent() {
    Entry entry = sample();
    byte[] body = {1};
    var hashes =
        List.of(
            entry.hash(),
            control(12, 5, 100, TIME, parent(), body).hash(),
            control(13, 5, 100, TIME, parent(), body).hash(),
            control(12, 6, 100, TIME, parent(), body).hash(),
            control(12, 5, 101, TIME, parent(), body).hash(),
            control(12, 5, 100, TIME + 1, parent(), body).hash(),
            control(12, 5, 100, TIME, ChainHash.ROOT, body).hash(),
            control(12, 5, 100, TIME, parent(), new byte[] {2}).hash());
    assertThat(hashes).doesNotHaveDuplicates();
    assertThat(sample().hash()).isEqualTo(entry.hash());
  }

  @Test
  void anEntryWithoutCommandsTakesOneNanosecondAndNoIndex() throws CorruptEntry {
    Entry entry = control(1, 0, 1, 50, ChainHash.ROOT, new byte[0]);
    assertThat(entry.lastIndex()).isZero();
    assertThat(entry.timeFloorNanos()).isEqualTo(51);
    Entry.decode(entry.frame()).verifyHashes();
  }

  @Test
  void whatCannotBeAnEntryIsNotSealed() {
    assertThatThrownBy(() -> control(0, 5, 1, 0, parent(), new byte[0]))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> control(1, -1, 1, 0, parent(), new byte[0]))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> control(1, 1, 0, 0, parent(), new byte[0]))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> Entry.seal(new byte[103], EntryKind.COMMANDS, 1, 1, 1, 0, 0, parent()))
        .isInstanceOf(InvariantViolation.class);
  }

  @Test
  void anyEntryReadsBackAsItWasSealed() throws CorruptEntry {
    var random = new Random(2);
    for (int i = 0; i < 500; i++) {
      byte[] frame = new byte[Entry.HEADER_BYTES + random.nextInt(300)];
      random.nextBytes(frame);
      // The room for the header may hold anything but in its reserved bytes, which are zero.
      Arrays.fill(frame, 0, Entry.HEADER_BYTES, (byte) 0);
      byte[] body = Arrays.copyOfRange(frame, Entry.HEADER_BYTES, frame.length);
      EntryKind kind = List.of(EntryKind.values()).get(random.nextInt(3));
      long slot = 1 + random.nextLong(Long.MAX_VALUE - 1);
      long epoch = random.nextLong(Long.MAX_VALUE);
      long first = 1 + random.nextLong(1L << 60);
      int count = random.nextInt(1 << 20);
      long time = random.nextLong(1L << 62);
      var parent = new ChainHash(random.nextLong(), random.nextLong());
      Entry sealed = Entry.seal(frame, kind, slot, epoch, first, count, time, parent);
      Entry read = Entry.decode(sealed.frame().clone());
      read.verifyBody();
      read.verifyHashes();
      assertThat(read.kind()).isEqualTo(kind);
      assertThat(read.slot()).isEqualTo(slot);
      assertThat(read.epoch()).isEqualTo(epoch);
      assertThat(read.firstIndex()).isEqualTo(first);
      assertThat(read.count()).isEqualTo(count);
      assertThat(read.timeNanos()).isEqualTo(time);
      assertThat(read.parentHash()).isEqualTo(parent);
      assertThat(read.hash()).isEqualTo(sealed.hash());
      assertThat(read.body()).isEqualTo(body);
    }
  }

  @Test
  void aHashReadsBackAndPrints() {
    var hash = new ChainHash(0x0123456789ABCDEFL, 5);
    byte[] bytes = new byte[20];
    hash.write(bytes, 3);
    assertThat(ChainHash.read(bytes, 3)).isEqualTo(hash);
    assertThat(hash).hasToString("0123456789abcdef0000000000000005");
  }

  private static Entry control(
      long slot, long epoch, long nextIndex, long time, ChainHash parent, byte[] body) {
    return Entry.control(EntryKind.CONFIGURATION, slot, epoch, nextIndex, time, parent, body);
  }

  private static int crc(byte[] bytes, int offset, int length) {
    var crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
