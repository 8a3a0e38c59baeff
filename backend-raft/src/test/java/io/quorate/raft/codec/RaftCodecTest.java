// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.codec;

import static io.quorate.sim.contract.MessageSamples.bytes;
import static io.quorate.sim.contract.MessageSamples.entries;
import static io.quorate.sim.contract.MessageSamples.hash;
import static io.quorate.sim.contract.MessageSamples.snapshot;

import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.port.MessageCodec;
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
import io.quorate.sim.contract.CodecContract;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages as bytes: there and back, and as earlier releases wrote them. */
final class RaftCodecTest implements CodecContract<RaftMessage> {
  private final RaftCodec codec = new RaftCodec();

  @Override
  public MessageCodec codec() {
    return codec;
  }

  @Override
  public Class<RaftMessage> kind() {
    return RaftMessage.class;
  }

  private static FaultySlot slot(long slot) {
    return new FaultySlot(slot, 2, hash(slot));
  }

  @Override
  public List<RaftMessage> messages() {
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

  @Override
  public List<byte[]> attached(RaftMessage message) {
    return switch (message) {
      case Append append -> append.entries().stream().map(Entry::frame).toList();
      case SnapshotChunk chunk -> List.of(chunk.bytes());
      default -> List.of();
    };
  }

  /** A damaged entry, a hole, and an entry of a later term than the sender's are refused. */
  @Test
  void entriesAreChecked() {
    byte[] damaged = entries().get(1).frame().clone();
    damaged[damaged.length - 1] ^= 1;
    WireMessage whole = codec.encode(new Append(4, 3, 2, null, 0, 0, 0, entries()));
    assertRefused(whole.head(), List.of(whole.attachments().get(0), damaged), "damaged");
    assertRefused(whole.head(), whole.attachments().subList(1, 2), "does not follow");
    assertRefused(new Append(2, 3, 2, null, 0, 0, 0, entries()), "");
  }

  /** Attachments where none belong, and chunks beyond the end, are refused. */
  @Test
  void attachmentsAreChecked() {
    WireMessage ok = codec.encode(new AppendOk(1, 1, 1));
    assertRefused(ok.head(), List.of(new byte[1]), "attachments");
    assertRefused(new SnapshotChunk(4, snapshot(), 30, bytes(16)), "beyond");
    WireMessage chunk = codec.encode(new SnapshotChunk(4, snapshot(), 0, bytes(16)));
    assertRefused(chunk.head(), List.of(), "");
  }
}
