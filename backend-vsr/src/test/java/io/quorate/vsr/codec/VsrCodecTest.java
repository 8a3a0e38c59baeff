// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.codec;

import static io.quorate.sim.contract.MessageSamples.bytes;
import static io.quorate.sim.contract.MessageSamples.entries;
import static io.quorate.sim.contract.MessageSamples.hash;
import static io.quorate.sim.contract.MessageSamples.snapshot;

import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.sim.contract.CodecContract;
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
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages as bytes: there and back, and as earlier releases wrote them. */
final class VsrCodecTest implements CodecContract<VsrMessage> {
  private final VsrCodec codec = new VsrCodec();

  @Override
  public MessageCodec codec() {
    return codec;
  }

  @Override
  public Class<VsrMessage> kind() {
    return VsrMessage.class;
  }

  private static LogShape shape() {
    return new LogShape(3, 1, List.of(new LogShape.Run(4, 1), new LogShape.Run(6, 3)), 8, hash(8));
  }

  @Override
  public List<VsrMessage> messages() {
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

  @Override
  public List<byte[]> attached(VsrMessage message) {
    return switch (message) {
      case Prepare prepare -> List.of(prepare.entry().frame());
      case StateChunk chunk -> List.of(chunk.bytes());
      default -> List.of();
    };
  }

  /** A damaged entry, a hole, and an entry of a later view than the sender's are refused. */
  @Test
  void entriesAreChecked() {
    byte[] damaged = entries().get(1).frame().clone();
    damaged[damaged.length - 1] ^= 1;
    WireMessage whole = codec.encode(new Prepares(4, entries()));
    assertRefused(whole.head(), List.of(whole.attachments().get(0), damaged), "damaged");
    byte[] again = whole.attachments().get(1);
    assertRefused(whole.head(), List.of(again, again), "does not follow");
    assertRefused(new Prepares(2, entries()), "");
  }

  /** Attachments where none belong, and chunks beyond the end, are refused. */
  @Test
  void attachmentsAreChecked() {
    WireMessage ok = codec.encode(new PrepareOk(1, 1, null, 1));
    assertRefused(ok.head(), List.of(new byte[1]), "attachments");
    assertRefused(new StateChunk(4, snapshot(), 30, bytes(16)), "beyond");
    WireMessage chunk = codec.encode(new StateChunk(4, snapshot(), 0, bytes(16)));
    assertRefused(chunk.head(), List.of(), "");
  }

  /** Logs that are none, and a configuration that this release does not know, are refused. */
  @Test
  void contentsAreChecked() {
    assertRefused(new DoViewChange(4, 5, 5, shape(), 7, List.of()), "");
    assertRefused(new DoViewChange(4, 3, 5, shape(), 7, List.of(8L)), "cannot be faulty");
    assertRefused(new StartView(4, 9, shape(), 0), "");
    assertRefused(new StartViewChange(4, 4, false), "");
    byte[] reconfigured = {0x08, 0x01, 0x10, 0x04, 0x3a, 0x00}; // configuration 1
    assertRefused(reconfigured, List.of(), "configuration epoch 1");
  }
}
