// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.message.S3Message.HandOver;
import io.quorate.s3.message.S3Message.Heartbeat;
import io.quorate.s3.message.S3Message.Ping;
import io.quorate.s3.message.S3Message.Pong;
import io.quorate.s3.message.S3Message.Push;
import io.quorate.s3.message.S3Message.PushCredit;
import io.quorate.s3.message.S3Message.ReadIndex;
import io.quorate.s3.message.S3Message.ReadIndexReply;
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
final class S3CodecTest {
  private static final String GOLDEN = "messages-v1.txt";

  private final S3Codec codec = new S3Codec();

  private static Entry entry() {
    return Entry.control(
        EntryKind.TAKEOVER,
        4,
        2,
        9,
        1_700_000_000_000_000_000L,
        new ChainHash(0xDAA66D2C7DDF743FL, -3),
        new byte[] {1, 2, 3});
  }

  static List<S3Message> messages() {
    return List.of(
        new Push(3, 17, entry()),
        new Heartbeat(3, 17, 900),
        new PushCredit(3, 899, 16 << 20),
        new ReadIndex(3, 4_611_686_018_427_387_903L),
        new ReadIndexReply(3, 1, 900),
        new HandOver(3, 901, NodeId.of("n2")),
        new Ping(3),
        new Pong(3, true));
  }

  /** Every message comes back as it was, with its attachment by reference. */
  @ParameterizedTest
  @MethodSource("messages")
  void comesBackAsItWas(S3Message message) throws MalformedMessage {
    WireMessage wire = codec.encode(message);
    assertThat(codec.decode(wire)).usingRecursiveComparison().isEqualTo(message);
    if (message instanceof Push push) {
      assertThat(wire.attachments().get(0)).isSameAs(push.entry().frame());
    }
  }

  /** There is a message of every kind above. */
  @Test
  void everyKindIsCovered() {
    assertThat(messages().stream().map(S3Message::getClass).distinct())
        .hasSize(S3Message.class.getPermittedSubclasses().length);
  }

  /** What version 1 wrote is still read, and still written. */
  @Test
  void oldBytesStillDecode() throws IOException, MalformedMessage {
    Map<String, WireMessage> golden = golden();
    for (S3Message message : messages()) {
      String name = message.name();
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
    for (S3Message message : messages()) {
      WireMessage wire = codec.encode(message);
      text.append(message.name()).append('\n');
      text.append("  head ").append(HexFormat.of().formatHex(wire.head())).append('\n');
      for (byte[] attachment : wire.attachments()) {
        text.append("  attachment ").append(HexFormat.of().formatHex(attachment)).append('\n');
      }
    }
    return text.toString();
  }

  private static Map<String, WireMessage> golden() throws IOException {
    Map<String, WireMessage> golden = new LinkedHashMap<>();
    try (InputStream in = S3CodecTest.class.getResourceAsStream(GOLDEN)) {
      if (in == null) {
        return golden;
      }
      String name = "";
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.strip().split(" ", 2);
        if (!line.startsWith(" ")) {
          name = line;
        } else if (words[0].equals("head")) {
          golden.put(name, new WireMessage(HexFormat.of().parseHex(words[1]), new ArrayList<>()));
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
      WireMessage wire = codec.encode(messages().get(random.nextInt(messages().size())));
      byte[] head = wire.head().clone();
      head[random.nextInt(head.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(codec.decode(new WireMessage(head, wire.attachments()))).isNotNull();
      } catch (MalformedMessage e) {
        refused++;
        assertThat(e).hasMessageNotContaining("null");
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  /** A damaged entry, none, several, and one of a later epoch than the sender's are refused. */
  @Test
  void entriesAreChecked() {
    WireMessage whole = codec.encode(new Push(3, 17, entry()));
    byte[] damaged = entry().frame().clone();
    damaged[damaged.length - 1] ^= 1;
    assertRefused(whole.head(), List.of(damaged), "damaged");
    assertRefused(whole.head(), List.of(), "0 entries");
    assertRefused(whole.head(), List.of(damaged, damaged), "2 entries");
    WireMessage early = codec.encode(new Push(1, 17, entry()));
    assertRefused(early.head(), early.attachments(), "pushed in epoch 1");
  }

  /** A kind that this release does not know, and attachments where none belong, are refused. */
  @Test
  void unknownKindsAndStrayAttachmentsAreRefused() {
    byte[] future = {(byte) 0xfa, 0x07, 0x00}; // Field 127, an empty message.
    assertRefused(future, List.of(), "unknown to this release");
    assertRefused(codec.encode(new Ping(1)).head(), List.of(new byte[1]), "attachments");
  }

  private void assertRefused(byte[] head, List<byte[]> attachments, String why) {
    assertThatThrownBy(() -> codec.decode(new WireMessage(head, attachments)))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining(why);
  }
}
