// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.codec;

import io.quorate.api.NodeId;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.port.MessageCodec;
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
import io.quorate.sim.contract.CodecContract;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages as bytes: there and back, and as earlier releases wrote them. */
final class S3CodecTest implements CodecContract<S3Message> {
  private final S3Codec codec = new S3Codec();

  @Override
  public MessageCodec codec() {
    return codec;
  }

  @Override
  public Class<S3Message> kind() {
    return S3Message.class;
  }

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

  @Override
  public List<S3Message> messages() {
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

  @Override
  public List<byte[]> attached(S3Message message) {
    return message instanceof Push push ? List.of(push.entry().frame()) : List.of();
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
    assertRefused(new Push(1, 17, entry()), "pushed in epoch 1");
  }

  @Test
  void strayAttachmentsAreRefused() {
    assertRefused(codec.encode(new Ping(1)).head(), List.of(new byte[1]), "attachments");
  }
}
