// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.raft.message.RaftMessage;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.AppendReject;
import io.quorate.raft.message.RaftMessage.FetchEntries;
import io.quorate.raft.message.RaftMessage.FetchReply;
import io.quorate.raft.message.RaftMessage.PreVote;
import io.quorate.raft.message.RaftMessage.PreVoteReply;
import io.quorate.raft.message.RaftMessage.ReadIndex;
import io.quorate.raft.message.RaftMessage.ReadIndexReply;
import io.quorate.raft.message.RaftMessage.RepairGoal;
import io.quorate.raft.message.RaftMessage.RepairQuery;
import io.quorate.raft.message.RaftMessage.RequestVote;
import io.quorate.raft.message.RaftMessage.SnapshotAck;
import io.quorate.raft.message.RaftMessage.SnapshotChunk;
import io.quorate.raft.message.RaftMessage.SnapshotWanted;
import io.quorate.raft.message.RaftMessage.StaleTerm;
import io.quorate.raft.message.RaftMessage.TimeoutNow;
import io.quorate.raft.message.RaftMessage.VoteReply;
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
class RaftCodecTest {
  private static final String GOLDEN = "messages-v1.txt";

  private final RaftCodec codec = new RaftCodec();

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

  private static FaultySlot slot(long slot) {
    return new FaultySlot(slot, 2, hash(slot));
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

  static List<RaftMessage> messages() {
    return List.of(
        new PreVote(3, 7, 2),
        new PreVoteReply(3, 4, true),
        new RequestVote(4, 7, 2, true),
        new VoteReply(4, true),
        new Append(4, 3, 2, hash(3), 5, 17, 1_000_000, entries()),
        new Append(4, 0, 0, null, 0, 0, Long.MAX_VALUE, List.of()),
        new AppendOk(4, 9, 17),
        new AppendReject(4, 9, 6, 2, 7, 17),
        new StaleTerm(9),
        new SnapshotChunk(4, snapshot(), 8, bytes(16)),
        new SnapshotAck(4, "00000007-3-abc", 24),
        new TimeoutNow(4),
        new ReadIndex(4, 4_611_686_018_427_387_903L),
        new ReadIndexReply(4, 1, 9),
        new RepairQuery(4, -1),
        new RepairGoal(4, -1, 9),
        new FetchEntries(4, List.of(slot(4), slot(9))),
        new FetchReply(4, entries(), List.of(slot(6)), List.of(slot(7), slot(8)), List.of(slot(1))),
        new SnapshotWanted(4, 9));
  }

  /** Every message comes back as it was, with its attachments by reference. */
  @ParameterizedTest
  @MethodSource("messages")
  void comesBackAsItWas(RaftMessage message) throws MalformedMessage {
    WireMessage wire = codec.encode(message);
    assertThat(codec.decode(wire)).usingRecursiveComparison().isEqualTo(message);
    if (message instanceof Append append && !append.entries().isEmpty()) {
      assertThat(wire.attachments().get(0)).isSameAs(append.entries().get(0).frame());
    }
    if (message instanceof SnapshotChunk chunk) {
      assertThat(wire.attachments().get(0)).isSameAs(chunk.bytes());
    }
  }

  /** There is a message of every kind above. */
  @Test
  void everyKindIsCovered() {
    assertThat(messages().stream().map(RaftMessage::getClass).distinct())
        .hasSize(RaftMessage.class.getPermittedSubclasses().length);
  }

  /** What version 1 wrote is still read, and still written. */
  @Test
  void oldBytesStillDecode() throws IOException, MalformedMessage {
    Map<String, WireMessage> golden = golden();
    int number = 0;
    for (RaftMessage message : messages()) {
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
    for (RaftMessage message : messages()) {
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
    try (InputStream in = RaftCodecTest.class.getResourceAsStream(GOLDEN)) {
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
      RaftMessage message = messages().get(random.nextInt(messages().size()));
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

  /** A damaged entry, a hole, and an entry of a later term than the sender's are refused. */
  @Test
  void entriesAreChecked() {
    byte[] damaged = entries().get(1).frame().clone();
    damaged[damaged.length - 1] ^= 1;
    WireMessage whole = codec.encode(new Append(4, 3, 2, null, 0, 0, 0, entries()));
    assertThatThrownBy(() ->
            codec.decode(
                new WireMessage(whole.head(), List.of(whole.attachments().get(0), damaged))))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("damaged");
    assertThatThrownBy(
            () -> codec.decode(new WireMessage(whole.head(), whole.attachments().subList(1, 2))))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("does not follow");
    WireMessage early = codec.encode(new Append(2, 3, 2, null, 0, 0, 0, entries()));
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
    WireMessage ok = codec.encode(new AppendOk(1, 1, 1));
    assertThatThrownBy(() -> codec.decode(new WireMessage(ok.head(), List.of(new byte[1]))))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("attachments");
    WireMessage beyond = codec.encode(new SnapshotChunk(4, snapshot(), 30, bytes(16)));
    assertThatThrownBy(() -> codec.decode(beyond))
        .isInstanceOf(MalformedMessage.class)
        .hasMessageContaining("beyond");
    WireMessage chunk = codec.encode(new SnapshotChunk(4, snapshot(), 0, bytes(16)));
    assertThatThrownBy(() -> codec.decode(new WireMessage(chunk.head(), List.of())))
        .isInstanceOf(MalformedMessage.class);
  }
}
