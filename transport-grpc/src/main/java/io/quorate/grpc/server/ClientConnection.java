// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.server;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.grpc.EventLoops;
import io.quorate.grpc.codec.CallFrame;
import io.quorate.grpc.codec.QuorateMethods;
import io.quorate.grpc.codec.RecordPump;
import io.quorate.grpc.codec.Records;
import io.quorate.grpc.codec.RefusalTable;
import io.quorate.grpc.codec.Reports;
import io.quorate.grpc.proto.ClientHello;
import io.quorate.grpc.proto.ServerHello;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream: calls are read out of the frames straight into the replica's door, answers
 * are gathered into frames. The callbacks of the stream come from one event loop; answers come from
 * any thread.
 *
 * <p>Memory is bounded by not reading: no further frame is asked for while too many calls are
 * unanswered or too many answers wait for the client to take them.
 */
final class ClientConnection extends ServerCall.Listener<CallFrame> implements ReplySink {
  private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);
  private static final int READY_BELOW_BYTES = 256 << 10;

  private final ServerConfig config;
  private final ReplicaDoor door;
  private final Runnable onEnd;
  private final ServerCall<CallFrame, CallFrame> call;
  private final RecordPump pump;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean paused = new AtomicBoolean();
  private volatile boolean draining;
  private boolean welcomed;

  ClientConnection(
      ServerConfig config,
      ReplicaDoor door,
      ServerCall<CallFrame, CallFrame> call,
      Runnable onEnd) {
    this.config = config;
    this.door = door;
    this.call = call;
    this.onEnd = onEnd;
    ServerConfig.Limits limits = config.limits();
    pump = new RecordPump(new CallWire(call), limits.frameBytes(), Long.MAX_VALUE);
  }

  void start() {
    call.setOnReadyThreshold(READY_BELOW_BYTES);
    call.sendHeaders(new Metadata());
    call.request(1);
  }

  /** Sends what was answered, then ends the stream. */
  void close() {
    refuseStream(Refusal.of(RefusalCode.CLOSED, "node " + config.self() + " is closing"));
  }

  /** Refuses further calls, and ends the stream once those that came before have answers. */
  void drain() {
    draining = true;
    if (unanswered.get() == 0) {
      close();
    }
  }

  private void refuseStream(Refusal refusal) {
    StatusRuntimeException refused = RefusalTable.status(refusal);
    Metadata trailers = refused.getTrailers();
    pump.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  @Override
  public void onReady() {
    pump.drain();
    readOn();
  }

  @Override
  public void onMessage(CallFrame frame) {
    switch (frame) {
      case CallFrame.Hello hello -> onHello(hello);
      case CallFrame.Traffic traffic -> {
        if (!welcomed) {
          fail("calls before the handshake");
          return;
        }
        calls(traffic.records());
        paused.set(true);
        readOn();
      }
      case CallFrame.Malformed malformed -> fail(malformed.reason());
    }
  }

  private void calls(Records records) {
    unanswered.getAndIncrement(); // the frame counts, too: the stream must not end within it
    while (records.advance()) {
      unanswered.getAndIncrement();
      if (draining) {
        refused(
            records.tag(), Refusal.of(RefusalCode.CLOSED, "node " + config.self() + " is closing"));
      } else {
        take(records);
      }
    }
    door.flushHere();
    pump.flush(); // what was refused here
    answered();
  }

  /** Asks for the next frame, unless too much is unanswered or untaken. */
  private void readOn() {
    if (paused.get()
        && unanswered.get() <= config.limits().callsMax()
        && pump.waitingBytes() <= config.limits().repliesBytesMax()
        && paused.compareAndSet(true, false)) {
      call.request(1);
    }
  }

  private void fail(String received) {
    log.warn("closing the connection of a client: received {}", received);
    pump.close(Status.INVALID_ARGUMENT.withDescription("received " + received), new Metadata());
  }

  private void onHello(CallFrame.Hello frame) {
    if (welcomed) {
      fail("a second handshake");
      return;
    }
    ClientHello hello;
    try {
      hello = ClientHello.parseFrom(frame.message());
    } catch (InvalidProtocolBufferException e) {
      fail("a handshake that cannot be read: " + e.getMessage());
      return;
    }
    // Sent in any case: the client tells both values when they differ.
    pump.greet(
        new CallFrame.Hello(
            ServerHello.newBuilder()
                .setProtocolVersion(QuorateMethods.PROTOCOL_VERSION)
                .setGroup(config.group().value())
                .setNode(config.self().value())
                .addAllMembers(Reports.encode(config.members()))
                .setCommandBytesMax(config.limits().commandBytesMax())
                .build()
                .toByteArray()));
    if (hello.getProtocolVersion() != QuorateMethods.PROTOCOL_VERSION) {
      refuseStream(
          Refusal.of(
              RefusalCode.UNSUPPORTED,
              "the client speaks version %d of the protocol, node %s speaks %d"
                  .formatted(
                      hello.getProtocolVersion(), config.self(), QuorateMethods.PROTOCOL_VERSION)));
      return;
    }
    if (!hello.getGroup().isEmpty() && !hello.getGroup().equals(config.group().value())) {
      refuseStream(
          Refusal.of(
              RefusalCode.UNSUPPORTED,
              "the client wants group \"%s\", node %s belongs to group \"%s\""
                  .formatted(hello.getGroup(), config.self(), config.group())));
      return;
    }
    welcomed = true;
    pump.open(EventLoops.shared().current());
    call.request(1);
  }

  private void take(Records record) {
    long tag = record.tag();
    switch (record.what()) {
      case Records.What.COMMAND -> command(record, tag);
      case Records.What.READ -> {
        ReadConsistency consistency = consistency(record.detail(), record.first());
        if (consistency == null) {
          refused(tag, unknown("freshness", record.detail()));
        } else {
          door.read(consistency, record.payload(), this, tag);
        }
      }
      case Records.What.ADMIN -> admin(record, tag);
      default -> refused(tag, unknown("kind of call", record.what()));
    }
  }

  private void command(Records record, long tag) {
    int kind = record.detail();
    // Only leaders expire sessions; and a number that is not one would stop the replica.
    boolean allowed =
        kind >= CommandKind.SESSION.number() && kind < CommandKind.EXPIRE_SESSIONS.number();
    if (!allowed) {
      refused(tag, unknown("kind of command", kind));
      return;
    }
    door.submit(
        CommandKind.ofNumber(kind),
        record.first(),
        record.second(),
        record.third(),
        record.bytes(),
        record.payloadAt(),
        record.payloadBytes(),
        this,
        tag);
  }

  private void admin(Records record, long tag) {
    switch (record.detail()) {
      case 1 -> {
        NodeId target = null;
        if (record.payloadBytes() > 0) {
          try {
            target = NodeId.of(new String(record.payload(), StandardCharsets.UTF_8));
          } catch (IllegalArgumentException e) {
            refused(tag, Refusal.of(RefusalCode.UNSUPPORTED, String.valueOf(e.getMessage())));
            return;
          }
        }
        door.admin(new AdminCommand.TransferLeadership(target), this, tag);
      }
      case 2 -> door.admin(new AdminCommand.TakeSnapshot(), this, tag);
      default -> refused(tag, unknown("administrative request", record.detail()));
    }
  }

  private static @Nullable ReadConsistency consistency(int detail, long argument) {
    return switch (detail) {
      case 1 -> ReadConsistency.LINEARIZABLE;
      case 2 -> ReadConsistency.LEASE;
      case 3 -> argument > 0 ? ReadConsistency.bounded(Duration.ofNanos(argument)) : null;
      case 4 -> argument >= 0 ? ReadConsistency.local(argument) : null;
      default -> null;
    };
  }

  private Refusal unknown(String what, int number) {
    return Refusal.of(
        RefusalCode.UNSUPPORTED,
        "node " + config.self() + " knows no " + what + " " + number + "; it runs another release");
  }

  @Override
  public void done(long tag, long index, long epoch, byte[] result) {
    RecordPump.Offer unused =
        pump.offer(Records.What.DONE, 0, tag, index, epoch, 0, result, 0, result.length);
    answered();
  }

  @Override
  public void refused(long tag, Refusal refusal) {
    pump.refuse(tag, refusal);
    answered();
  }

  private void answered() {
    int left = unanswered.decrementAndGet();
    if (draining && left == 0) {
      close();
    } else if (paused.get()) {
      readOn();
    }
  }

  @Override
  public void flush() {
    pump.flush();
  }

  @Override
  public void onHalfClose() {
    pump.close(Status.OK, new Metadata());
  }

  @Override
  public void onCancel() {
    end();
  }

  @Override
  public void onComplete() {
    end();
  }

  private void end() {
    pump.ended(tag -> {});
    onEnd.run();
  }

  private record CallWire(ServerCall<CallFrame, CallFrame> call) implements RecordPump.Wire {
    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void write(CallFrame frame) {
      call.sendMessage(frame);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      call.close(status, trailers);
    }
  }
}
