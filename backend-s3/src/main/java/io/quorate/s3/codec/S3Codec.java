// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quorate.api.NodeId;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.s3.codec.proto.HandOverHead;
import io.quorate.s3.codec.proto.HeartbeatHead;
import io.quorate.s3.codec.proto.PingHead;
import io.quorate.s3.codec.proto.PongHead;
import io.quorate.s3.codec.proto.PushCreditHead;
import io.quorate.s3.codec.proto.PushHead;
import io.quorate.s3.codec.proto.ReadIndexHead;
import io.quorate.s3.codec.proto.ReadIndexReplyHead;
import io.quorate.s3.codec.proto.S3Head;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.message.S3Message.HandOver;
import io.quorate.s3.message.S3Message.Heartbeat;
import io.quorate.s3.message.S3Message.Ping;
import io.quorate.s3.message.S3Message.Pong;
import io.quorate.s3.message.S3Message.Push;
import io.quorate.s3.message.S3Message.PushCredit;
import io.quorate.s3.message.S3Message.ReadIndex;
import io.quorate.s3.message.S3Message.ReadIndexReply;
import java.util.List;

/**
 * The messages of the S3 backend as protobuf heads with entries beside them. Stateless, safe for
 * several threads. What it decodes is well-formed: an entry is whole and of no later epoch than its
 * sender's.
 */
public final class S3Codec implements MessageCodec {

  @Override
  public WireMessage encode(ProtocolMessage message) {
    if (!(message instanceof S3Message s3)) {
      throw new IllegalArgumentException(message.name() + " is not a message of S3");
    }
    S3Head.Builder head = S3Head.newBuilder().setEpoch(s3.epoch());
    List<byte[]> attachments = List.of();
    switch (s3) {
      case Push push -> {
        head.setPush(PushHead.newBuilder().setRootVersion(push.rootVersion()));
        attachments = List.of(push.entry().frame());
      }
      case Heartbeat heartbeat ->
          head.setHeartbeat(
              HeartbeatHead.newBuilder()
                  .setRootVersion(heartbeat.rootVersion())
                  .setCommitted(heartbeat.committed()));
      case PushCredit credit ->
          head.setPushCredit(
              PushCreditHead.newBuilder().setSlot(credit.slot()).setBytes(credit.bytes()));
      case ReadIndex question ->
          head.setReadIndex(ReadIndexHead.newBuilder().setRequestId(question.requestId()));
      case ReadIndexReply reply ->
          head.setReadIndexReply(
              ReadIndexReplyHead.newBuilder()
                  .setRequestId(reply.requestId())
                  .setSlot(reply.slot()));
      case HandOver handOver ->
          head.setHandOver(
              HandOverHead.newBuilder()
                  .setEnd(handOver.end())
                  .setSuccessor(handOver.successor().value()));
      case Ping ignored -> head.setPing(PingHead.getDefaultInstance());
      case Pong pong -> head.setPong(PongHead.newBuilder().setHeard(pong.heard()));
    }
    return new WireMessage(head.build().toByteArray(), attachments);
  }

  @Override
  public ProtocolMessage decode(WireMessage wire) throws MalformedMessage {
    S3Head head;
    try {
      head = S3Head.parseFrom(wire.head());
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedMessage("the head is not a message of S3", e);
    }
    long epoch = notNegative(head.getEpoch(), "epoch");
    S3Message message =
        switch (head.getKindCase()) {
          case PUSH -> push(epoch, head.getPush(), wire.attachments());
          case HEARTBEAT ->
              new Heartbeat(
                  epoch,
                  notNegative(head.getHeartbeat().getRootVersion(), "version"),
                  notNegative(head.getHeartbeat().getCommitted(), "slot"));
          case PUSH_CREDIT ->
              new PushCredit(
                  epoch,
                  notNegative(head.getPushCredit().getSlot(), "slot"),
                  notNegative(head.getPushCredit().getBytes(), "credit"));
          case READ_INDEX -> new ReadIndex(epoch, head.getReadIndex().getRequestId());
          case READ_INDEX_REPLY ->
              new ReadIndexReply(
                  epoch,
                  head.getReadIndexReply().getRequestId(),
                  notNegative(head.getReadIndexReply().getSlot(), "slot"));
          case HAND_OVER ->
              new HandOver(
                  epoch,
                  notNegative(head.getHandOver().getEnd(), "slot"),
                  node(head.getHandOver().getSuccessor()));
          case PING -> new Ping(epoch);
          case PONG -> new Pong(epoch, head.getPong().getHeard());
          case KIND_NOT_SET ->
              throw new MalformedMessage("the kind of message is unknown to this release");
        };
    if (!(message instanceof Push) && !wire.attachments().isEmpty()) {
      throw new MalformedMessage(message.name() + " has attachments");
    }
    return message;
  }

  private static Push push(long epoch, PushHead head, List<byte[]> attachments)
      throws MalformedMessage {
    if (attachments.size() != 1) {
      throw new MalformedMessage("a push of " + attachments.size() + " entries instead of one");
    }
    try {
      Entry entry = Entry.decode(attachments.get(0));
      entry.verifyBody();
      if (entry.epoch() > epoch) {
        throw new MalformedMessage(entry + " pushed in epoch " + epoch);
      }
      return new Push(epoch, notNegative(head.getRootVersion(), "version"), entry);
    } catch (CorruptEntry e) {
      throw new MalformedMessage("an entry is damaged", e);
    }
  }

  private static NodeId node(String name) throws MalformedMessage {
    try {
      return NodeId.of(name);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessage("a node has no proper name", e);
    }
  }

  private static long notNegative(long value, String what) throws MalformedMessage {
    if (value < 0) {
      throw new MalformedMessage("a " + what + " is negative: " + value);
    }
    return value;
  }
}
