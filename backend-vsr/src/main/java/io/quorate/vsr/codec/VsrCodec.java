// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quorate.core.log.Entry;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.vsr.codec.proto.CommitHead;
import io.quorate.vsr.codec.proto.CommitOkHead;
import io.quorate.vsr.codec.proto.DoViewChangeHead;
import io.quorate.vsr.codec.proto.GetPreparesHead;
import io.quorate.vsr.codec.proto.PrepareHead;
import io.quorate.vsr.codec.proto.PrepareOkHead;
import io.quorate.vsr.codec.proto.PreparesHead;
import io.quorate.vsr.codec.proto.ReadIndexHead;
import io.quorate.vsr.codec.proto.ReadIndexReplyHead;
import io.quorate.vsr.codec.proto.RecoveryHead;
import io.quorate.vsr.codec.proto.RecoveryResponseHead;
import io.quorate.vsr.codec.proto.RequestStartViewHead;
import io.quorate.vsr.codec.proto.StartViewChangeHead;
import io.quorate.vsr.codec.proto.StartViewHead;
import io.quorate.vsr.codec.proto.StateAckHead;
import io.quorate.vsr.codec.proto.StateChunkHead;
import io.quorate.vsr.codec.proto.VsrHead;
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
import java.util.ArrayList;
import java.util.List;

/**
 * VSR's messages as protobuf heads with entries and snapshot bytes beside them. Stateless, safe for
 * several threads. What it decodes is well-formed: logs are logs, entries are whole, dense, and of
 * no later view than their sender's.
 */
public final class VsrCodec implements MessageCodec {
  /** A codec. */
  public VsrCodec() {}

  @Override
  public WireMessage encode(ProtocolMessage message) {
    if (!(message instanceof VsrMessage vsr)) {
      throw new IllegalArgumentException(message.name() + " is not a message of VSR");
    }
    VsrHead.Builder head =
        VsrHead.newBuilder().setConfiguration(VsrMessage.CONFIGURATION).setView(vsr.view());
    List<byte[]> attachments = List.of();
    switch (vsr) {
      case Prepare prepare -> {
        head.setPrepare(PrepareHead.newBuilder().setCommit(prepare.commit()));
        attachments = List.of(prepare.entry().frame());
      }
      case PrepareOk ok -> {
        PrepareOkHead.Builder part =
            PrepareOkHead.newBuilder().setOp(ok.op()).setCheckpoint(ok.checkpoint());
        Heads.ifKnown(ok.hash(), part::setHash);
        head.setPrepareOk(part);
      }
      case Commit commit -> head.setCommit(commit(commit));
      case CommitOk ok -> head.setCommitOk(commitOk(ok));
      case StartViewChange vote ->
          head.setStartViewChange(
              StartViewChangeHead.newBuilder()
                  .setProposed(vote.proposed())
                  .setYields(vote.yields()));
      case DoViewChange change ->
          head.setDoViewChange(
              DoViewChangeHead.newBuilder()
                  .setLastNormalView(change.lastNormalView())
                  .setCommit(change.commit())
                  .setLog(Heads.of(change.log()))
                  .setBodies(change.bodies())
                  .addAllFaulty(change.faulty())
                  .addAllIncarnations(Heads.of(change.incarnations())));
      case StartView start ->
          head.setStartView(
              StartViewHead.newBuilder()
                  .setCommit(start.commit())
                  .setLog(Heads.of(start.log()))
                  .setNonce(start.nonce()));
      case RequestStartView question ->
          head.setRequestStartView(RequestStartViewHead.newBuilder().setNonce(question.nonce()));
      case Recovery question ->
          head.setRecovery(
              RecoveryHead.newBuilder()
                  .setIncarnation(question.incarnation())
                  .setNonce(question.nonce()));
      case RecoveryResponse answer -> head.setRecoveryResponse(response(answer));
      case GetPrepares question ->
          head.setGetPrepares(
              GetPreparesHead.newBuilder()
                  .setFromOp(question.fromOp())
                  .setThroughOp(question.throughOp() == Long.MAX_VALUE ? 0 : question.throughOp()));
      case Prepares prepares -> {
        head.setPrepares(PreparesHead.getDefaultInstance());
        attachments = frames(prepares.entries());
      }
      case StateChunk chunk -> {
        head.setStateChunk(
            StateChunkHead.newBuilder()
                .setSnapshot(Heads.of(chunk.snapshot()))
                .setOffset(chunk.offset()));
        attachments = List.of(chunk.bytes());
      }
      case StateAck ack ->
          head.setStateAck(
              StateAckHead.newBuilder()
                  .setSnapshotId(ack.snapshotId())
                  .setNextOffset(ack.nextOffset()));
      case ReadIndex question ->
          head.setReadIndex(ReadIndexHead.newBuilder().setRequestId(question.requestId()));
      case ReadIndexReply reply ->
          head.setReadIndexReply(
              ReadIndexReplyHead.newBuilder().setRequestId(reply.requestId()).setOp(reply.op()));
    }
    return new WireMessage(head.build().toByteArray(), attachments);
  }

  private static RecoveryResponseHead response(RecoveryResponse answer) {
    return RecoveryResponseHead.newBuilder()
        .setIncarnation(answer.incarnation())
        .setNonce(answer.nonce())
        .setGranted(answer.granted())
        .setPrimary(answer.primary())
        .addAllIncarnations(Heads.of(answer.incarnations()))
        .build();
  }

  private static CommitHead commit(Commit commit) {
    return CommitHead.newBuilder()
        .setOp(commit.op())
        .setCommit(commit.commit())
        .setCheckpoint(commit.checkpoint())
        .setRound(commit.round())
        .setQuorumAgeNanos(
            commit.quorumAgeNanos() == Long.MAX_VALUE ? 0 : commit.quorumAgeNanos() + 1)
        .setEchoedRound(commit.echoedRound())
        .setSentNanos(commit.sentNanos())
        .build();
  }

  private static CommitOkHead commitOk(CommitOk ok) {
    CommitOkHead.Builder part =
        CommitOkHead.newBuilder()
            .setOp(ok.op())
            .setCheckpoint(ok.checkpoint())
            .setRound(ok.round())
            .setSentNanos(ok.sentNanos())
            .setWallNanos(ok.wallNanos());
    Heads.ifKnown(ok.hash(), part::setHash);
    return part.build();
  }

  private static List<byte[]> frames(List<Entry> entries) {
    List<byte[]> frames = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      frames.add(entry.frame());
    }
    return frames;
  }

  @Override
  public ProtocolMessage decode(WireMessage wire) throws MalformedMessage {
    VsrHead head;
    try {
      head = VsrHead.parseFrom(wire.head());
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedMessage("the head is not a message of VSR", e);
    }
    if (head.getConfiguration() != VsrMessage.CONFIGURATION) {
      throw new MalformedMessage(
          "of configuration epoch "
              + Long.toUnsignedString(head.getConfiguration())
              + ", which this release does not know");
    }
    long view = Heads.notNegative(head.getView(), "view");
    boolean carries = head.hasPrepare() || head.hasPrepares() || head.hasStateChunk();
    if (!carries && !wire.attachments().isEmpty()) {
      throw new MalformedMessage("this kind of message has no attachments");
    }
    return switch (head.getKindCase()) {
      case START_VIEW_CHANGE -> vote(view, head.getStartViewChange());
      case DO_VIEW_CHANGE -> change(view, head.getDoViewChange());
      case START_VIEW -> start(view, head.getStartView());
      case REQUEST_START_VIEW -> new RequestStartView(view, head.getRequestStartView().getNonce());
      case PREPARE -> prepare(view, head.getPrepare(), wire.attachments());
      case PREPARE_OK ->
          new PrepareOk(
              view,
              Heads.notNegative(head.getPrepareOk().getOp(), "op"),
              head.getPrepareOk().hasHash() ? Heads.hash(head.getPrepareOk().getHash()) : null,
              Heads.notNegative(head.getPrepareOk().getCheckpoint(), "op"));
      case COMMIT -> commit(view, head.getCommit());
      case COMMIT_OK -> commitOk(view, head.getCommitOk());
      case RECOVERY ->
          new Recovery(
              view,
              Heads.positive(head.getRecovery().getIncarnation(), "incarnation"),
              head.getRecovery().getNonce());
      case RECOVERY_RESPONSE -> response(view, head.getRecoveryResponse());
      case GET_PREPARES -> getPrepares(view, head.getGetPrepares());
      case PREPARES -> new Prepares(view, Heads.entries(view, wire.attachments()));
      case STATE_CHUNK -> chunk(view, head.getStateChunk(), wire.attachments());
      case STATE_ACK ->
          new StateAck(
              view,
              head.getStateAck().getSnapshotId(),
              Heads.notNegative(head.getStateAck().getNextOffset(), "offset"));
      case READ_INDEX -> new ReadIndex(view, head.getReadIndex().getRequestId());
      case READ_INDEX_REPLY ->
          new ReadIndexReply(
              view,
              head.getReadIndexReply().getRequestId(),
              Heads.notNegative(head.getReadIndexReply().getOp(), "op"));
      case KIND_NOT_SET ->
          throw new MalformedMessage("the kind of message is unknown to this release");
    };
  }

  private static RecoveryResponse response(long view, RecoveryResponseHead head)
      throws MalformedMessage {
    return new RecoveryResponse(
        view,
        Heads.positive(head.getIncarnation(), "incarnation"),
        head.getNonce(),
        head.getGranted(),
        head.getPrimary(),
        Heads.incarnations(head.getIncarnationsList()));
  }

  private static GetPrepares getPrepares(long view, GetPreparesHead head) throws MalformedMessage {
    long through = Heads.notNegative(head.getThroughOp(), "op");
    return new GetPrepares(
        view, Heads.notNegative(head.getFromOp(), "op"), through == 0 ? Long.MAX_VALUE : through);
  }

  private static StartViewChange vote(long view, StartViewChangeHead head) throws MalformedMessage {
    if (head.getProposed() <= view) {
      throw new MalformedMessage("view " + head.getProposed() + " is proposed in view " + view);
    }
    return new StartViewChange(view, head.getProposed(), head.getYields());
  }

  private static DoViewChange change(long view, DoViewChangeHead head) throws MalformedMessage {
    LogShape log = Heads.shape(head.getLog());
    long lastNormalView = Heads.notNegative(head.getLastNormalView(), "view");
    long commit = Heads.notNegative(head.getCommit(), "op");
    long bodies = Heads.notNegative(head.getBodies(), "op");
    if (lastNormalView > view || commit > bodies || bodies < log.base() || bodies > log.op()) {
      throw new MalformedMessage(
          "log of view "
              + lastNormalView
              + " in view "
              + view
              + ", commit "
              + commit
              + ", bodies up to "
              + bodies
              + " of ops "
              + (log.base() + 1)
              + ".."
              + log.op());
    }
    List<Long> faulty = new ArrayList<>(head.getFaultyCount());
    long before = log.base();
    for (long op : head.getFaultyList()) {
      if (op <= before || op > bodies) {
        throw new MalformedMessage(
            "op " + op + " cannot be faulty among " + (log.base() + 1) + ".." + bodies);
      }
      faulty.add(op);
      before = op;
    }
    return new DoViewChange(
        view,
        lastNormalView,
        commit,
        log,
        bodies,
        faulty,
        Heads.incarnations(head.getIncarnationsList()));
  }

  private static StartView start(long view, StartViewHead head) throws MalformedMessage {
    LogShape log = Heads.shape(head.getLog());
    long commit = Heads.notNegative(head.getCommit(), "op");
    if (commit < log.base() || commit > log.op() || log.lastView() > view) {
      throw new MalformedMessage(
          "commit "
              + commit
              + " of ops "
              + (log.base() + 1)
              + ".."
              + log.op()
              + " in view "
              + view);
    }
    return new StartView(view, commit, log, head.getNonce());
  }

  private static Prepare prepare(long view, PrepareHead head, List<byte[]> attachments)
      throws MalformedMessage {
    List<Entry> entries = Heads.entries(view, attachments);
    if (entries.size() != 1) {
      throw new MalformedMessage("a Prepare of " + entries.size() + " ops");
    }
    return new Prepare(view, Heads.notNegative(head.getCommit(), "op"), entries.get(0));
  }

  private static Commit commit(long view, CommitHead head) throws MalformedMessage {
    long age = Heads.notNegative(head.getQuorumAgeNanos(), "age");
    long op = Heads.notNegative(head.getOp(), "op");
    long commit = Heads.notNegative(head.getCommit(), "op");
    if (commit > op) {
      throw new MalformedMessage("commit " + commit + " beyond op " + op);
    }
    return new Commit(
        view,
        op,
        commit,
        Heads.notNegative(head.getCheckpoint(), "op"),
        Heads.notNegative(head.getRound(), "round"),
        age == 0 ? Long.MAX_VALUE : age - 1,
        Heads.notNegative(head.getEchoedRound(), "round"),
        head.getSentNanos());
  }

  private static CommitOk commitOk(long view, CommitOkHead head) throws MalformedMessage {
    return new CommitOk(
        view,
        Heads.notNegative(head.getOp(), "op"),
        head.hasHash() ? Heads.hash(head.getHash()) : null,
        Heads.notNegative(head.getCheckpoint(), "op"),
        Heads.notNegative(head.getRound(), "round"),
        head.getSentNanos(),
        head.getWallNanos());
  }

  private static StateChunk chunk(long view, StateChunkHead head, List<byte[]> attachments)
      throws MalformedMessage {
    if (attachments.size() != 1) {
      throw new MalformedMessage("a part of a snapshot has one attachment");
    }
    long offset = Heads.notNegative(head.getOffset(), "offset");
    long sizeBytes = Heads.notNegative(head.getSnapshot().getSizeBytes(), "size");
    if (offset > sizeBytes - attachments.get(0).length) {
      throw new MalformedMessage("a part at " + offset + " reaches beyond the snapshot");
    }
    return new StateChunk(view, Heads.snapshot(head.getSnapshot()), offset, attachments.get(0));
  }
}
