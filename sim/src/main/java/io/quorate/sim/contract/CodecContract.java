// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.core.protocol.ProtocolMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link MessageCodec} owes: messages come back as they were, are read and written as
 * version 1 did, and rubbish is refused. A test class of a codec names its messages; JUnit runs the
 * rest. What version 1 wrote stands beside the test class, in {@code messages-v1.txt}: name and
 * number of each message, its head, its attachments, in hex.
 *
 * @param <M> the sealed interface of the messages
 */
@Tag("contract")
public interface CodecContract<M extends ProtocolMessage> {
  /** File of the golden bytes. */
  String GOLDEN = "messages-v1.txt";

  /** The codec under test. */
  MessageCodec codec();

  /** The sealed interface of the messages. */
  Class<M> kind();

  /** At least one message of every kind, always the same, in the order of the golden file. */
  List<M> messages();

  /** What of a message travels by reference; empty if nothing does. */
  List<byte[]> attached(M message);

  @Test
  default void messagesComeBackAsTheyWere() throws MalformedMessage {
    for (M message : messages()) {
      WireMessage wire = codec().encode(message);
      assertThat(codec().decode(wire)).usingRecursiveComparison().isEqualTo(message);
      List<byte[]> attached = attached(message);
      for (int i = 0; i < attached.size(); i++) {
        assertThat(wire.attachments().get(i)).as(message.name()).isSameAs(attached.get(i));
      }
    }
  }

  @Test
  default void everyKindIsAmongTheMessages() {
    assertThat(messages().stream().map(ProtocolMessage::getClass).distinct())
        .hasSize(kind().getPermittedSubclasses().length);
  }

  /** What version 1 wrote is still read, and still written. */
  @Test
  default void oldBytesStillDecode() throws IOException, MalformedMessage {
    Map<String, WireMessage> golden = golden();
    int number = 0;
    for (M message : messages()) {
      String name = ++number + " " + message.name();
      WireMessage old = golden.remove(name);
      assertThat(old).as("%s is missing in %s:\n%s", name, GOLDEN, render()).isNotNull();
      if (old != null) {
        assertThat(codec().decode(old)).as(name).usingRecursiveComparison().isEqualTo(message);
        assertThat(codec().encode(message).head()).as(name).isEqualTo(old.head());
      }
    }
    assertThat(golden).isEmpty();
  }

  private String render() {
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (M message : messages()) {
      WireMessage wire = codec().encode(message);
      text.append(++number).append(' ').append(message.name()).append('\n');
      text.append("  head ").append(HexFormat.of().formatHex(wire.head())).append('\n');
      for (byte[] attachment : wire.attachments()) {
        text.append("  attachment ").append(HexFormat.of().formatHex(attachment)).append('\n');
      }
    }
    return text.toString();
  }

  private Map<String, WireMessage> golden() throws IOException {
    Map<String, WireMessage> golden = new LinkedHashMap<>();
    try (InputStream in = getClass().getResourceAsStream(GOLDEN)) {
      if (in == null) {
        return golden;
      }
      List<byte[]> attachments = new ArrayList<>();
      String name = "";
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.strip().split(" ", 2);
        byte[] bytes =
            line.startsWith(" ") && words.length > 1
                ? HexFormat.of().parseHex(words[1])
                : new byte[0];
        if (!line.startsWith(" ")) {
          name = line;
        } else if (words[0].equals("head")) {
          attachments = new ArrayList<>();
          golden.put(name, new WireMessage(bytes, attachments));
        } else {
          attachments.add(bytes);
        }
      }
    }
    return golden;
  }

  /** Whatever arrives, the answer is a message or a refusal, never another exception. */
  @Test
  default void garbageIsRefused() {
    Random random = new Random(11);
    List<M> messages = messages();
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      WireMessage wire = codec().encode(messages.get(random.nextInt(messages.size())));
      byte[] head = wire.head().clone();
      if (head.length > 0) {
        head[random.nextInt(head.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        assertThat(codec().decode(new WireMessage(head, wire.attachments()))).isNotNull();
      } catch (MalformedMessage e) {
        refused++;
        assertThat(e).hasMessageNotContaining("null");
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  /** A kind of message that this release does not know is refused by name. */
  @Test
  default void unknownKindsAreRefused() {
    byte[] future = {(byte) 0xfa, 0x07, 0x00}; // field 127, an empty message
    assertRefused(future, List.of(), "unknown to this release");
  }

  /** That bytes are no message, and why. */
  default void assertRefused(byte[] head, List<byte[]> attachments, String why) {
    assertThatThrownBy(() -> codec().decode(new WireMessage(head, attachments)))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining(why);
  }

  /** That a message which no sound replica sends is refused, and why. */
  default void assertRefused(M message, String why) {
    WireMessage wire = codec().encode(message);
    assertRefused(wire.head(), wire.attachments(), why);
  }
}
