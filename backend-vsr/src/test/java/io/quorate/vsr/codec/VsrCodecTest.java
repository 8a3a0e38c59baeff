// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.vsr.message.Incarnation;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.ReadIndex;
import io.quorate.vsr.message.VsrMessage.ReadIndexReply;
import io.quorate.vsr.message.VsrMessage.Recovery;
import io.quorate.vsr.message.VsrMessage.RecoveryResponse;
import io.quorate.vsr.message.VsrMessage.RequestStartView;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import io.quorate.vsr.message.VsrMessage.StateAck;
import io.quorate.vsr.message.VsrMessage.StateChunk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages as bytes: there and back, and as earlier releases wrote them. */
class VsrCodecTest {
  private static final String GOLDEN = "messages-v1.txt";

  private final VsrCodec codec = new VsrCodec();

  static List<Entry> entries() {
    Entry first =
        Entry.control(
            EntryKind.TAKEOVER, 4, 2, 9, 1_700_000_000_000_000_000L, hash(3), new byte[0]);
    Entry second =
        Entry.control(
            EntryKind.CONFIGURATION, 5, 3, 9, first.timeFloorNanos(), first.hash(), bytes(7));
    return List.of(first, second);
  }

  private static ChainHash hash(long seed) {
    return new ChainHash(seed * 0x9E3779B97F4A7C15L, -seed);
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 37);
    }
    return bytes;
  }

  private static SnapshotRef snapshot() {
    return new SnapshotRef(
        "00000007-3-abc", 7, 3, hash(7), 12, 1_700_000_000_000_000_005L, bytes(9), 40, bytes(32));
  }

  private static LogShape shape() {
    return new LogShape(3, 1, List.of(new LogShape.Run(4, 1), new LogShape.Run(6, 3)), 8, hash(8));
  }

  static List<VsrMessage> messages() {
    return List.of(
        new StartViewChange(3, 4, true),
        new StartViewChange(3, 6, false),
        new DoViewChange(4, 3, 5, shape(), 7, List.of(5L, 7L)),
        new DoViewChange(1, 0, 0, new LogShape(0, 0, List.of(), 0, null), 0, List.of()),
        new StartView(4, 5, shape(), -1),
        new StartView(4, 5, shape().cutAfter(7), 0),
        new RequestStartView(4, -1),
        new Prepare(4, 5, entries().get(1)),
        new PrepareOk(4, 9, hash(9), 7),
        new PrepareOk(4, 0, null, 0),
        new Commit(4, 9, 8, 7, 17, 1_000_000, 16, -5),
        new Commit(4, 0, 0, 0, 1, Long.MAX_VALUE, 0, 5),
        new CommitOk(4, 9, hash(9), 7, 17, -5, 1_700_000_000_000_000_000L),
        new CommitOk(4, 9, null, 7, 17, 5, -1),
        new GetPrepares(4, 6, Long.MAX_VALUE),
        new GetPrepares(4, 6, 8),
        new Prepares(4, entries()),
        new Prepares(4, List.of()),
        new StateChunk(4, snapshot(), 8, bytes(16)),
        new StateAck(4, "00000007-3-abc", 24),
        new ReadIndex(4, 4_611_686_018_427_387_903L),
        new ReadIndexReply(4, 1, 9),
        new DoViewChange(
            4, 3, 5, shape(), 7, List.of(), List.of(new Incarnation(NodeId.of("n2"), 3, -7))),
        new Recovery(2, 1, -7),
        new RecoveryResponse(4, 1, -7, true, true, List.of(new Incarnation(NodeId.of("n1"), 1, 5))),
        new RecoveryResponse(4, 9, 7, false, false, List.of()));
  }

  /** Every message comes back as it was, with its attachments by reference. */
  @ParameterizedTest
  @MethodSource("messages")
  void comesBackAsItWas(VsrMessage message) throws MalformedMessage {
    WireMessage wire = codec.encode(message);
    assertThat(codec.decode(wire)).usingRecursiveComparison().isEqualTo(message);
    if (message instanceof Prepare prepare) {
      assertThat(wire.attachments().get(0)).isSameAs(prepare.entry().frame());
    }
    if (message instanceof StateChunk chunk) {
      assertThat(wire.attachments().get(0)).isSameAs(chunk.bytes());
    }
  }

  /** There is a message of every kind above. */
  @Test
  void everyKindIsCovered() {
    assertThat(messages().stream().map(VsrMessage::getClass).distinct())
        .hasSize(VsrMessage.class.getPermittedSubclasses().length);
  }

  /** What version 1 wrote is still read, and still written. */
  @Test
  void oldBytesStillDecode() throws IOException, MalformedMessage {
    Map<String, WireMessage> golden = golden();
    int number = 0;
    for (VsrMessage message : messages()) {
      String name = ++number + " " + message.name();
      WireMessage old = golden.remove(name);
      assertThat(old).as("%s is missing in %s:\n%s", name, GOLDEN, render()).isNotNull();
      if (old != null) {
        assertThat(codec.decode(old)).as(name).usingRecursiveComparison().isEqualTo(message);
        assertThat(codec.encode(message).head()).as(name).isEqualTo(old.head());
      }
    }
    assertThat(golden).isEmpty();
  }

  private String render() {
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (VsrMessage message : messages()) {
      WireMessage wire = codec.encode(message);
      text.append(++number).append(' ').append(message.name()).append('\n');
      text.append("  head ").append(HexFormat.of().formatHex(wire.head())).append('\n');
      for (byte[] attachment : wire.attachments()) {
        text.append("  attachment ").append(HexFormat.of().formatHex(attachment)).append('\n');
      }
    }
    return text.toString();
  }

  private static Map<String, WireMessage> golden() throws IOException {
    Map<String, WireMessage> golden = new LinkedHashMap<>();
    try (InputStream in = VsrCodecTest.class.getResourceAsStream(GOLDEN)) {
      if (in == null) {
        return golden;
      }
      String name = "";
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.strip().split(" ", 2);
        if (!line.startsWith(" ")) {
          name = line;
        } else if (words[0].equals("head")) {
          byte[] head = words.length == 1 ? new byte[0] : HexFormat.of().parseHex(words[1]);
          golden.put(name, new WireMessage(head, new ArrayList<>()));
        } else {
          golden.get(name).attachments().add(HexFormat.of().parseHex(words[1]));
        }
      }
    }
    return golden;
  }

  /** Whatever arrives, the answer is a message or a refusal, never another exception. */
  @Test
  void garbageIsRefused() {
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      VsrMessage message = messages().get(random.nextInt(messages().size()));
      WireMessage wire = codec.encode(message);
      byte[] head = wire.head().clone();
      if (head.length > 0) {
        head[random.nextInt(head.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        assertThat(codec.decode(new WireMessage(head, wire.attachments()))).isNotNull();
      } catch (MalformedMessage e) {
        refused++;
        assertThat(e).hasMessageNotContaining("null");
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  /** A damaged entry, a hole, and an entry of a later view than the sender's are refused. */
  @Test
  void entriesAreChecked() {
    byte[] damaged = entries().get(1).frame().clone();
    damaged[damaged.length - 1] ^= 1;
    WireMessage whole = codec.encode(new Prepares(4, entries()));
    assertThatThrownBy(() ->
            codec.decode(
                new WireMessage(whole.head(), List.of(whole.attachments().get(0), damaged))))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("damaged");
    byte[] again = whole.attachments().get(1);
    assertThatThrownBy(() -> codec.decode(new WireMessage(whole.head(), List.of(again, again))))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("does not follow");
    WireMessage early = codec.encode(new Prepares(2, entries()));
    assertThatThrownBy(() -> codec.decode(early)).isInstanceOf(MalformedMessage.class);
  }

  /** A kind of message that this release does not know is refused by name. */
  @Test
  void unknownKindIsRefused() {
    byte[] future = {(byte) 0xfa, 0x07, 0x00}; // field 127, empty message
    assertThatThrownBy(() -> codec.decode(new WireMessage(future, List.of())))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("unknown to this release");
  }

  /** Attachments where none belong, and chunks beyond the end, are refused. */
  @Test
  void attachmentsAreChecked() {
    WireMessage ok = codec.encode(new PrepareOk(1, 1, null, 1));
    assertThatThrownBy(() -> codec.decode(new WireMessage(ok.head(), List.of(new byte[1]))))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("attachments");
    WireMessage beyond = codec.encode(new StateChunk(4, snapshot(), 30, bytes(16)));
    assertThatThrownBy(() -> codec.decode(beyond))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("beyond");
    WireMessage chunk = codec.encode(new StateChunk(4, snapshot(), 0, bytes(16)));
    assertThatThrownBy(() -> codec.decode(new WireMessage(chunk.head(), List.of())))
        .isInstanceOf(MalformedMessage.class);
  }

  /** Logs that are none, and a configuration that this release does not know, are refused. */
  @Test
  void contentsAreChecked() {
    WireMessage beyond = codec.encode(new DoViewChange(4, 5, 5, shape(), 7, List.of()));
    assertThatThrownBy(() -> codec.decode(beyond)).isInstanceOf(MalformedMessage.class);
    WireMessage outside = codec.encode(new DoViewChange(4, 3, 5, shape(), 7, List.of(8L)));
    assertThatThrownBy(() -> codec.decode(outside))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("cannot be faulty");
    WireMessage commit = codec.encode(new StartView(4, 9, shape(), 0));
    assertThatThrownBy(() -> codec.decode(commit)).isInstanceOf(MalformedMessage.class);
    WireMessage vote = codec.encode(new StartViewChange(4, 4, false));
    assertThatThrownBy(() -> codec.decode(vote)).isInstanceOf(MalformedMessage.class);
    byte[] reconfigured = {0x08, 0x01, 0x10, 0x04, 0x3a, 0x00}; // configuration 1
    assertThatThrownBy(() -> codec.decode(new WireMessage(reconfigured, List.of())))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("configuration epoch 1");
  }
}
