// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.raft.codec.proto.AppendHead;
import io.quorate.raft.codec.proto.AppendOkHead;
import io.quorate.raft.codec.proto.AppendRejectHead;
import io.quorate.raft.codec.proto.FaultyHead;
import io.quorate.raft.codec.proto.FetchEntriesHead;
import io.quorate.raft.codec.proto.FetchReplyHead;
import io.quorate.raft.codec.proto.HashHead;
import io.quorate.raft.codec.proto.PreVoteHead;
import io.quorate.raft.codec.proto.PreVoteReplyHead;
import io.quorate.raft.codec.proto.RaftHead;
import io.quorate.raft.codec.proto.ReadIndexHead;
import io.quorate.raft.codec.proto.ReadIndexReplyHead;
import io.quorate.raft.codec.proto.RepairGoalHead;
import io.quorate.raft.codec.proto.RepairQueryHead;
import io.quorate.raft.codec.proto.RequestVoteHead;
import io.quorate.raft.codec.proto.SnapshotAckHead;
import io.quorate.raft.codec.proto.SnapshotChunkHead;
import io.quorate.raft.codec.proto.SnapshotHead;
import io.quorate.raft.codec.proto.SnapshotWantedHead;
import io.quorate.raft.codec.proto.StaleTermHead;
import io.quorate.raft.codec.proto.TimeoutNowHead;
import io.quorate.raft.codec.proto.VoteReplyHead;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Raft's messages as protobuf heads with entries and snapshot bytes beside them. Stateless, safe
 * for several threads. What it decodes is well-formed: entries are whole, dense, and of no later
 * term than their sender's.
 */
public final class RaftCodec implements MessageCodec {
  private static final int SHA256_BYTES = 32;

  @Override
  public WireMessage encode(ProtocolMessage message) {
    if (!(message instanceof RaftMessage raft)) {
      throw new IllegalArgumentException(message.name() + " is not a message of Raft");
    }
    RaftHead.Builder head = RaftHead.newBuilder().setTerm(raft.term());
    List<byte[]> attachments = List.of();
    switch (raft) {
      case Append append -> {
        head.setAppend(append(append));
        attachments = frames(append.entries());
      }
      case SnapshotChunk chunk -> {
        head.setSnapshotChunk(
            SnapshotChunkHead.newBuilder()
                .setSnapshot(snapshot(chunk.snapshot()))
                .setOffset(chunk.offset()));
        attachments = List.of(chunk.bytes());
      }
      case AppendOk ok ->
          head.setAppendOk(AppendOkHead.newBuilder().setMatch(ok.match()).setRound(ok.round()));
      case AppendReject reject ->
          head.setAppendReject(
              AppendRejectHead.newBuilder()
                  .setPrevSlot(reject.prevSlot())
                  .setHintSlot(reject.hintSlot())
                  .setHintTerm(reject.hintTerm())
                  .setLastSlot(reject.lastSlot())
                  .setRound(reject.round()));
      case SnapshotAck ack ->
          head.setSnapshotAck(
              SnapshotAckHead.newBuilder()
                  .setSnapshotId(ack.snapshotId())
                  .setNextOffset(ack.nextOffset()));
      case ReadIndex question ->
          head.setReadIndex(ReadIndexHead.newBuilder().setRequestId(question.requestId()));
      case ReadIndexReply reply ->
          head.setReadIndexReply(
              ReadIndexReplyHead.newBuilder()
                  .setRequestId(reply.requestId())
                  .setSlot(reply.slot()));
      case PreVote ignored -> encodeElection(raft, head);
      case PreVoteReply ignored -> encodeElection(raft, head);
      case RequestVote ignored -> encodeElection(raft, head);
      case VoteReply ignored -> encodeElection(raft, head);
      case StaleTerm ignored -> head.setStaleTerm(StaleTermHead.getDefaultInstance());
      case TimeoutNow ignored -> head.setTimeoutNow(TimeoutNowHead.getDefaultInstance());
      case RepairQuery query ->
          head.setRepairQuery(RepairQueryHead.newBuilder().setNonce(query.nonce()));
      case RepairGoal goal ->
          head.setRepairGoal(
              RepairGoalHead.newBuilder().setNonce(goal.nonce()).setLastSlot(goal.lastSlot()));
      case FetchEntries fetch ->
          head.setFetchEntries(FetchEntriesHead.newBuilder().addAllSlots(slots(fetch.slots())));
      case FetchReply reply -> {
        head.setFetchReply(
            FetchReplyHead.newBuilder()
                .addAllAbsent(slots(reply.absent()))
                .addAllDamaged(slots(reply.damaged()))
                .addAllCompacted(slots(reply.compacted())));
        attachments = frames(reply.entries());
      }
      case SnapshotWanted wanted ->
          head.setSnapshotWanted(SnapshotWantedHead.newBuilder().setSlot(wanted.slot()));
    }
    return new WireMessage(head.build().toByteArray(), attachments);
  }

  private static void encodeElection(RaftMessage message, RaftHead.Builder head) {
    if (message instanceof PreVote question) {
      head.setPreVote(
          PreVoteHead.newBuilder()
              .setLastSlot(question.lastSlot())
              .setLastTerm(question.lastTerm()));
    } else if (message instanceof PreVoteReply reply) {
      head.setPreVoteReply(
          PreVoteReplyHead.newBuilder().setForTerm(reply.forTerm()).setGranted(reply.granted()));
    } else if (message instanceof RequestVote question) {
      head.setRequestVote(
          RequestVoteHead.newBuilder()
              .setLastSlot(question.lastSlot())
              .setLastTerm(question.lastTerm())
              .setTransfer(question.transfer()));
    } else if (message instanceof VoteReply reply) {
      head.setVoteReply(VoteReplyHead.newBuilder().setGranted(reply.granted()));
    }
  }

  private static AppendHead append(Append append) {
    AppendHead.Builder head =
        AppendHead.newBuilder()
            .setPrevSlot(append.prevSlot())
            .setPrevTerm(append.prevTerm())
            .setCommit(append.commit())
            .setRound(append.round())
            .setQuorumAgeNanos(
                append.quorumAgeNanos() == Long.MAX_VALUE ? 0 : append.quorumAgeNanos() + 1)
            .setEchoedRound(append.echoedRound());
    ChainHash prevHash = append.prevHash();
    if (prevHash != null) {
      head.setPrevHash(hash(prevHash));
    }
    return head.build();
  }

  private static HashHead hash(ChainHash hash) {
    return HashHead.newBuilder().setHigh(hash.high()).setLow(hash.low()).build();
  }

  private static ChainHash hash(HashHead head) {
    return new ChainHash(head.getHigh(), head.getLow());
  }

  private static List<byte[]> frames(List<Entry> entries) {
    if (entries.isEmpty()) {
      return List.of();
    }
    List<byte[]> frames = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      frames.add(entry.frame());
    }
    return frames;
  }

  private static List<FaultyHead> slots(List<FaultySlot> slots) {
    List<FaultyHead> heads = new ArrayList<>(slots.size());
    for (FaultySlot slot : slots) {
      heads.add(
          FaultyHead.newBuilder()
              .setSlot(slot.slot())
              .setTerm(slot.epoch())
              .setHash(hash(slot.hash()))
              .build());
    }
    return heads;
  }

  private static SnapshotHead snapshot(SnapshotRef snapshot) {
    return SnapshotHead.newBuilder()
        .setId(snapshot.id())
        .setSlot(snapshot.slot())
        .setEpoch(snapshot.epoch())
        .setHash(hash(snapshot.hash()))
        .setLastIndex(snapshot.lastIndex())
        .setTimeFloorNanos(snapshot.timeFloorNanos())
        .setConfiguration(ByteString.copyFrom(snapshot.configuration()))
        .setSizeBytes(snapshot.sizeBytes())
        .setSha256(ByteString.copyFrom(snapshot.sha256()))
        .build();
  }

  @Override
  public ProtocolMessage decode(WireMessage wire) throws MalformedMessage {
    RaftHead head;
    try {
      head = RaftHead.parseFrom(wire.head());
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedMessage("the head is not a message of Raft", e);
    }
    long term = head.getTerm();
    notNegative(term, "term");
    RaftMessage message =
        switch (head.getKindCase()) {
          case APPEND -> append(term, head.getAppend(), wire.attachments());
          case SNAPSHOT_CHUNK -> chunk(term, head.getSnapshotChunk(), wire.attachments());
          case PRE_VOTE, PRE_VOTE_REPLY, REQUEST_VOTE, VOTE_REPLY -> decodeElection(term, head);
          case APPEND_OK ->
              new AppendOk(
                  term,
                  notNegative(head.getAppendOk().getMatch(), "match"),
                  notNegative(head.getAppendOk().getRound(), "round"));
          case APPEND_REJECT -> reject(term, head.getAppendReject());
          case STALE_TERM -> new StaleTerm(term);
          case SNAPSHOT_ACK ->
              new SnapshotAck(
                  term,
                  head.getSnapshotAck().getSnapshotId(),
                  notNegative(head.getSnapshotAck().getNextOffset(), "offset"));
          case TIMEOUT_NOW -> new TimeoutNow(term);
          case READ_INDEX -> new ReadIndex(term, head.getReadIndex().getRequestId());
          case READ_INDEX_REPLY ->
              new ReadIndexReply(
                  term,
                  head.getReadIndexReply().getRequestId(),
                  notNegative(head.getReadIndexReply().getSlot(), "slot"));
          case REPAIR_QUERY -> new RepairQuery(term, head.getRepairQuery().getNonce());
          case REPAIR_GOAL ->
              new RepairGoal(
                  term,
                  head.getRepairGoal().getNonce(),
                  notNegative(head.getRepairGoal().getLastSlot(), "slot"));
          case FETCH_ENTRIES ->
              new FetchEntries(term, faulty(head.getFetchEntries().getSlotsList()));
          case FETCH_REPLY -> fetched(term, head.getFetchReply(), wire.attachments());
          case SNAPSHOT_WANTED ->
              new SnapshotWanted(term, notNegative(head.getSnapshotWanted().getSlot(), "slot"));
          case KIND_NOT_SET ->
              throw new MalformedMessage("the kind of message is unknown to this release");
        };
    boolean carries =
        message instanceof Append
            || message instanceof SnapshotChunk
            || message instanceof FetchReply;
    if (!carries && !wire.attachments().isEmpty()) {
      throw new MalformedMessage(message.name() + " has attachments");
    }
    return message;
  }

  private static RaftMessage decodeElection(long term, RaftHead head) throws MalformedMessage {
    if (head.hasPreVote()) {
      return new PreVote(
          term,
          notNegative(head.getPreVote().getLastSlot(), "slot"),
          notNegative(head.getPreVote().getLastTerm(), "term"));
    }
    if (head.hasPreVoteReply()) {
      return new PreVoteReply(
          term, head.getPreVoteReply().getForTerm(), head.getPreVoteReply().getGranted());
    }
    if (head.hasRequestVote()) {
      return new RequestVote(
          term,
          notNegative(head.getRequestVote().getLastSlot(), "slot"),
          notNegative(head.getRequestVote().getLastTerm(), "term"),
          head.getRequestVote().getTransfer());
    }
    return new VoteReply(term, head.getVoteReply().getGranted());
  }

  private static Append append(long term, AppendHead head, List<byte[]> attachments)
      throws MalformedMessage {
    long prevSlot = notNegative(head.getPrevSlot(), "slot");
    long lastTerm = notNegative(head.getPrevTerm(), "term");
    List<Entry> entries = attachments.isEmpty() ? List.of() : new ArrayList<>(attachments.size());
    for (byte[] frame : attachments) {
      Entry entry = entry(frame);
      if (entry.slot() != prevSlot + entries.size() + 1
          || entry.epoch() < lastTerm
          || entry.epoch() > term) {
        throw new MalformedMessage(
            entry
                + " does not follow slot "
                + (prevSlot + entries.size())
                + " of term "
                + lastTerm);
      }
      lastTerm = entry.epoch();
      entries.add(entry);
    }
    @Nullable ChainHash prevHash = head.hasPrevHash() ? hash(head.getPrevHash()) : null;
    long age = notNegative(head.getQuorumAgeNanos(), "age");
    return new Append(
        term,
        prevSlot,
        head.getPrevTerm(),
        prevHash,
        notNegative(head.getCommit(), "slot"),
        notNegative(head.getRound(), "round"),
        age == 0 ? Long.MAX_VALUE : age - 1,
        notNegative(head.getEchoedRound(), "round"),
        entries);
  }

  private static Entry entry(byte[] frame) throws MalformedMessage {
    try {
      Entry entry = Entry.decode(frame);
      entry.verifyBody();
      return entry;
    } catch (CorruptEntry e) {
      throw new MalformedMessage("an entry is damaged", e);
    }
  }

  private static List<FaultySlot> faulty(List<FaultyHead> heads) throws MalformedMessage {
    List<FaultySlot> slots = new ArrayList<>(heads.size());
    for (FaultyHead head : heads) {
      slots.add(
          new FaultySlot(
              notNegative(head.getSlot(), "slot"),
              notNegative(head.getTerm(), "term"),
              hash(head.getHash())));
    }
    return slots;
  }

  private static FetchReply fetched(long term, FetchReplyHead head, List<byte[]> attachments)
      throws MalformedMessage {
    List<Entry> entries = new ArrayList<>(attachments.size());
    for (byte[] frame : attachments) {
      Entry entry = entry(frame);
      if (entry.epoch() > term) {
        throw new MalformedMessage(entry + " is of a later term than its sender's");
      }
      entries.add(entry);
    }
    return new FetchReply(
        term,
        entries,
        faulty(head.getAbsentList()),
        faulty(head.getDamagedList()),
        faulty(head.getCompactedList()));
  }

  private static AppendReject reject(long term, AppendRejectHead head) throws MalformedMessage {
    return new AppendReject(
        term,
        notNegative(head.getPrevSlot(), "slot"),
        notNegative(head.getHintSlot(), "slot"),
        notNegative(head.getHintTerm(), "term"),
        notNegative(head.getLastSlot(), "slot"),
        notNegative(head.getRound(), "round"));
  }

  private static SnapshotChunk chunk(long term, SnapshotChunkHead head, List<byte[]> attachments)
      throws MalformedMessage {
    SnapshotHead snapshot = head.getSnapshot();
    if (attachments.size() != 1 || snapshot.getSha256().size() != SHA256_BYTES) {
      throw new MalformedMessage("a chunk of a snapshot has one attachment and a checksum");
    }
    long offset = notNegative(head.getOffset(), "offset");
    long sizeBytes = notNegative(snapshot.getSizeBytes(), "size");
    if (offset > sizeBytes - attachments.get(0).length) {
      throw new MalformedMessage("a chunk at " + offset + " reaches beyond the snapshot");
    }
    return new SnapshotChunk(
        term,
        new SnapshotRef(
            snapshot.getId(),
            notNegative(snapshot.getSlot(), "slot"),
            notNegative(snapshot.getEpoch(), "term"),
            hash(snapshot.getHash()),
            notNegative(snapshot.getLastIndex(), "index"),
            snapshot.getTimeFloorNanos(),
            snapshot.getConfiguration().toByteArray(),
            sizeBytes,
            snapshot.getSha256().toByteArray()),
        offset,
        attachments.get(0));
  }

  private static long notNegative(long value, String what) throws MalformedMessage {
    if (value < 0) {
      throw new MalformedMessage("a " + what + " is negative: " + value);
    }
    return value;
  }
}
