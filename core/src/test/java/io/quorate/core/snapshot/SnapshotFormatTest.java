// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class SnapshotFormatTest {
  /** Computed by an independent program from the table of {@link SnapshotOutput}. */
  private static final String GOLDEN =
      "51554f52534e4150010000004e000000020000000c0000000000000005000000"
          + "0000000001000000000000000200000000000000650000000000000002002a36"
          + "fe9c9717060000006f72646572730500000074616c6c790300000063666722d8"
          + "168301000000040000004d099baf726f7773000000004d099baf040000000000"
          + "0000020000000000000000000000000000000000000000000000";

  private static final SnapshotHeader HEADER =
      new SnapshotHeader(
          GroupId.of("orders"),
          "tally",
          2,
          12,
          5,
          new ChainHash(1, 2),
          101,
          1_700_000_000_000_000_002L,
          "cfg".getBytes(StandardCharsets.UTF_8));

  private static byte[] write(byte[] sessions, byte[] state) throws IOException {
    var out = new ByteArrayOutputStream();
    var snapshot = new SnapshotOutput(out, HEADER);
    try (OutputStream section = snapshot.section(SnapshotSection.SESSIONS)) {
      section.write(sessions);
    }
    try (OutputStream section = snapshot.section(SnapshotSection.STATE)) {
      section.write(state);
    }
    snapshot.finish();
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SnapshotInput open(byte[] bytes) throws IOException {
    return new SnapshotInput(new ByteArrayInputStream(bytes));
  }

  private static void readAll(byte[] bytes) throws IOException {
    SnapshotInput snapshot = open(bytes);
    snapshot.section(SnapshotSection.SESSIONS).close();
    snapshot.section(SnapshotSection.STATE).close();
    snapshot.finish();
  }

  @Test
  void isWrittenAsInTheFirstRelease() throws IOException {
    assertThat(HexFormat.of().formatHex(write(bytes("rows"), new byte[0]))).isEqualTo(GOLDEN);
  }

  @Test
  void aSnapshotOfTheFirstReleaseIsRead() throws IOException {
    SnapshotInput snapshot = open(HexFormat.of().parseHex(GOLDEN));
    assertThat(snapshot.header()).isEqualTo(HEADER);
    try (InputStream section = snapshot.section(SnapshotSection.SESSIONS)) {
      assertThat(section.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("rows");
    }
    try (InputStream section = snapshot.section(SnapshotSection.STATE)) {
      assertThat(section.read()).isEqualTo(-1);
    }
    snapshot.finish();
  }

  @Test
  void contentOfAnySizeAndPieceReadsBack() throws IOException {
    var random = new Random(5);
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 131_072, 300_000}) {
      byte[] state = new byte[size];
      random.nextBytes(state);
      var out = new ByteArrayOutputStream();
      var output = new SnapshotOutput(out, HEADER);
      output.section(SnapshotSection.SESSIONS).close();
      OutputStream section = output.section(SnapshotSection.STATE);
      int at = 0;
      while (at < size) {
        if (random.nextInt(4) == 0) {
          section.write(state[at++]);
        } else {
          int part = Math.min(random.nextInt(100_000), size - at);
          section.write(state, at, part);
          at += part;
        }
      }
      section.close();
      output.finish();
      SnapshotInput input = open(out.toByteArray());
      input.section(SnapshotSection.SESSIONS).close();
      InputStream back = input.section(SnapshotSection.STATE);
      assertThat(back.readAllBytes()).isEqualTo(state);
      assertThat(back.read(new byte[4], 0, 4)).isEqualTo(-1);
      back.close();
      input.finish();
    }
  }

  @Test
  void aReaderThatStopsEarlyIsChecked() throws IOException {
    byte[] whole = write(new byte[0], new byte[200_000]);
    byte[] damaged = whole.clone();
    damaged[whole.length - 100] ^= 1;
    SnapshotInput input = open(damaged);
    input.section(SnapshotSection.SESSIONS).close();
    InputStream section = input.section(SnapshotSection.STATE);
    assertThat(section.read()).isZero();
    assertThatThrownBy(section::close)
        .isInstanceOf(CorruptSnapshot.class)
        .hasMessageContaining("section 2 behind byte 196608");
  }

  @Test
  void everyFlippedBitIsDetected() throws IOException {
    byte[] whole = write(bytes("rows"), bytes("state"));
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> readAll(damaged))
          .describedAs("bit %s", bit)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void blocksThatAreSwappedOrMissingAreDetected() throws IOException {
    byte[] state = new byte[3 * 65_536];
    new Random(6).nextBytes(state);
    byte[] whole = write(new byte[0], state);
    int block = 8 + 65_536;
    int first = whole.length - 4 - 16 - 3 * block;
    byte[] swapped = whole.clone();
    System.arraycopy(whole, first, swapped, first + block, block);
    System.arraycopy(whole, first + block, swapped, first, block);
    assertThatThrownBy(() -> readAll(swapped)).isInstanceOf(CorruptSnapshot.class);
    byte[] missing = new byte[whole.length - block];
    System.arraycopy(whole, 0, missing, 0, first + block);
    System.arraycopy(
        whole, first + 2 * block, missing, first + block, missing.length - first - block);
    assertThatThrownBy(() -> readAll(missing)).isInstanceOf(CorruptSnapshot.class);
    readAll(whole);
  }

  @Test
  void aNewerFormatNamesTheReleaseToStart() throws IOException {
    byte[] newer = write(new byte[0], new byte[0]);
    newer[8] = 2;
    assertThatThrownBy(() -> open(newer))
        .isInstanceOf(SnapshotMismatch.class)
        .hasMessage(
            "snapshot has format 2, this release reads 1: start a release that reads format 2");
  }

  @Test
  void whatIsNoSnapshotIsNamed() {
    assertThatThrownBy(() -> open(new byte[500]))
        .isInstanceOf(CorruptSnapshot.class)
        .hasMessageContaining("does not begin as a snapshot");
    assertThatThrownBy(() -> open(new byte[3]))
        .isInstanceOf(CorruptSnapshot.class)
        .hasMessageContaining("cut off");
  }

  @Test
  void lengthsWithinTheHeaderMustFit() throws IOException {
    byte[] whole = write(new byte[0], new byte[0]);
    for (int length : new int[] {-1, 7, 1_000_000, Integer.MAX_VALUE}) {
      byte[] damaged = whole.clone();
      Bytes.putInt(damaged, 68, length);
      int end = 16 + Bytes.getInt(damaged, 12);
      var crc = new CRC32C();
      crc.update(damaged, 0, end);
      Bytes.putInt(damaged, end, (int) crc.getValue());
      assertThatThrownBy(() -> open(damaged)).isInstanceOf(CorruptSnapshot.class);
    }
  }

  @Test
  void sectionsComeOneAfterTheOther() throws IOException {
    var output = new SnapshotOutput(new ByteArrayOutputStream(), HEADER);
    assertThatThrownBy(() -> output.section(SnapshotSection.STATE))
        .isInstanceOf(InvariantViolation.class);
    OutputStream sessions = output.section(SnapshotSection.SESSIONS);
    assertThatThrownBy(() -> output.section(SnapshotSection.STATE))
        .isInstanceOf(InvariantViolation.class);
    sessions.close();
    sessions.close();
    assertThatThrownBy(() -> sessions.write(1)).isInstanceOf(IOException.class);
    assertThatThrownBy(output::finish).isInstanceOf(InvariantViolation.class);
    output.section(SnapshotSection.STATE).close();
    output.finish();
    SnapshotInput input = open(write(bytes("rows"), bytes("state")));
    assertThatThrownBy(() -> input.section(SnapshotSection.STATE))
        .isInstanceOf(InvariantViolation.class);
  }

  @Test
  void aSnapshotThatWasNotFinishedIsCutOff() throws IOException {
    var out = new ByteArrayOutputStream();
    var output = new SnapshotOutput(out, HEADER);
    output.section(SnapshotSection.SESSIONS).close();
    output.section(SnapshotSection.STATE).close();
    assertThatThrownBy(() -> readAll(out.toByteArray()))
        .isInstanceOf(CorruptSnapshot.class)
        .hasMessageContaining("cut off");
  }
}
