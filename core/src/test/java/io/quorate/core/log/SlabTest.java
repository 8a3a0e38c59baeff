// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlabTest {
  private record Command(
      CommandKind kind, long session, long sequence, long acknowledgedBelow, byte[] payload) {}

  private static Entry sealed(byte[] frame, int count) {
    return Entry.seal(frame, EntryKind.COMMANDS, 1, 1, 1, count, 0, ChainHash.ROOT);
  }

  private static Slab.Writer oneCommand() {
    var writer = new Slab.Writer(0);
    writer.append(CommandKind.PLAIN, 0, 0, 0, new byte[] {1, 2, 3}, 0, 3);
    return writer;
  }

  @Test
  void readsBackAnyCommands() {
    var random = new Random(3);
    for (int round = 0; round < 200; round++) {
      List<Command> commands = new ArrayList<>();
      var writer = new Slab.Writer(random.nextInt(500));
      int bytes = 0;
      for (int i = random.nextInt(40); i > 0; i--) {
        byte[] source = new byte[random.nextInt(200)];
        random.nextBytes(source);
        int offset = random.nextInt(source.length + 1);
        int length = random.nextInt(source.length - offset + 1);
        CommandKind kind = List.of(CommandKind.values()).get(random.nextInt(6));
        var command =
            new Command(
                kind,
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                Arrays.copyOfRange(source, offset, offset + length));
        commands.add(command);
        writer.append(
            kind,
            command.session,
            command.sequence,
            command.acknowledgedBelow,
            source,
            offset,
            length);
        bytes += Slab.RECORD_HEADER_BYTES + length;
      }
      assertThat(writer.count()).isEqualTo(commands.size());
      assertThat(writer.sizeBytes()).isEqualTo(bytes);
      var cursor = new Slab.Cursor().reset(sealed(writer.frame(), commands.size()));
      for (Command command : commands) {
        assertThat(cursor.advance()).isTrue();
        assertThat(cursor.kind()).isEqualTo(command.kind);
        assertThat(cursor.session()).isEqualTo(command.session);
        assertThat(cursor.sequence()).isEqualTo(command.sequence);
        assertThat(cursor.acknowledgedBelow()).isEqualTo(command.acknowledgedBelow);
        assertThat(cursor.payloadBytes()).isEqualTo(command.payload.length);
        assertThat(cursor.payload()).isEqualTo(command.payload);
      }
      assertThat(cursor.advance()).isFalse();
      assertThat(cursor.advance()).isFalse();
    }
  }

  @Test
  void aCursorServesOneEntryAfterTheOther() {
    var cursor = new Slab.Cursor();
    for (int i = 0; i < 3; i++) {
      cursor.reset(sealed(oneCommand().frame(), 1));
      assertThat(cursor.advance()).isTrue();
      assertThat(cursor.payload()).containsExactly(1, 2, 3);
      assertThat(cursor.advance()).isFalse();
    }
  }

  @Test
  void anEntryWithoutASlabHasNoCommands() {
    Entry control = Entry.control(EntryKind.TAKEOVER, 1, 1, 1, 0, ChainHash.ROOT, new byte[0]);
    assertThatThrownBy(() -> new Slab.Cursor().reset(control))
        .isInstanceOf(InvariantViolation.class);
  }

  @Test // checksums are not all: a bug of the leader must not make a replica read elsewhere
  void lengthsThatReachBeyondTheSlabAreFound() {
    for (int length : new int[] {4, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30}) {
      byte[] frame = oneCommand().frame();
      Bytes.putInt(frame, Entry.HEADER_BYTES + 4, length);
      var cursor = new Slab.Cursor().reset(sealed(frame, 1));
      assertThatThrownBy(cursor::advance)
          .describedAs("length %s", length)
          .isInstanceOf(InvariantViolation.class);
    }
  }

  @Test
  void aRecordHeaderCutOffIsFound() {
    for (int length = 1; length < Slab.RECORD_HEADER_BYTES; length++) {
      byte[] frame = new byte[Entry.HEADER_BYTES + length];
      var cursor = new Slab.Cursor().reset(sealed(frame, 1));
      assertThatThrownBy(cursor::advance).isInstanceOf(InvariantViolation.class);
    }
  }

  @Test
  void unknownKindsHalt() {
    for (int number : new int[] {0, 9, 127, 128, 255}) {
      byte[] frame = oneCommand().frame();
      frame[Entry.HEADER_BYTES] = (byte) number;
      var cursor = new Slab.Cursor().reset(sealed(frame, 1));
      assertThat(cursor.advance()).isTrue();
      assertThatThrownBy(cursor::kind).isInstanceOf(InvariantViolation.class);
    }
  }

  @Test
  void kindsKeepTheirNumbers() {
    assertThat(Arrays.stream(CommandKind.values()).map(CommandKind::number))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    for (CommandKind kind : CommandKind.values()) {
      assertThat(CommandKind.ofNumber(kind.number())).isEqualTo(kind);
    }
    assertThat(Arrays.stream(EntryKind.values()).map(EntryKind::number)).containsExactly(1, 2, 3);
  }
}
