// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.grpc.Channels;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.ConnectionProblem.Kind;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.EventLoops;
import io.quorate.grpc.HostLookup;
import io.quorate.grpc.codec.CallFrame;
import io.quorate.grpc.codec.QuorateMethods;
import io.quorate.grpc.codec.RecordPump;
import io.quorate.grpc.codec.RefusalTable;
import io.quorate.grpc.codec.Reports;
import io.quorate.grpc.proto.ClientHello;
import io.quorate.grpc.proto.ServerHello;
import java.net.InetSocketAddress;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a client, from its first attempt to its end; never used again. Calls gather
 * from the beginning and leave once the handshake succeeded.
 */
final class ClientStream extends ClientCall.Listener<CallFrame> {
  private static final Logger log = LoggerFactory.getLogger(ClientStream.class);
  private static final int READY_BELOW_BYTES = 256 << 10;

  /** Told once when the stream is over. */
  interface Owner {
    void onEnd(ClientStream stream, @Nullable ConnectionProblem problem, long lastedNanos);
  }

  private final ClientConfig config;
  private final Endpoint endpoint;
  private final Owner owner;
  private final int attempt;
  private final CallWire wire = new CallWire();
  private final RecordPump pump;
  private final CallTable table;
  private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();
  private volatile @Nullable ScheduledFuture<?> timeout;
  private volatile boolean closing;
  private volatile Refusal over;
  private @Nullable ConnectionProblem mismatch;
  private long welcomedNanos;

  ClientStream(ClientConfig config, Endpoint endpoint, int attempt, Owner owner) {
    this.config = config;
    this.endpoint = endpoint;
    this.attempt = attempt;
    this.owner = owner;
    over = Refusal.of(RefusalCode.NOT_READY, "the connection to " + endpoint + " was lost");
    ClientConfig.Limits limits = config.limits();
    pump = new RecordPump(wire, limits.frameBytes(), limits.queueBytesMax());
    table = new CallTable(limits.callsMax());
  }

  void start() {
    HostLookup.find(endpoint, attempt, this::start, status -> onClose(status, new Metadata()));
  }

  private void start(InetSocketAddress address) {
    ManagedChannel channel;
    try {
      channel = Channels.open(address, config.tls(), config.limits().messageBytesMax());
    } catch (IllegalArgumentException e) {
      onClose(Status.INTERNAL.withDescription(e.getMessage()), new Metadata()); // the TLS files
      return;
    }
    ClientCall<CallFrame, CallFrame> call =
        channel.newCall(
            QuorateMethods.CALLS, CallOptions.DEFAULT.withOnReadyThreshold(READY_BELOW_BYTES));
    call.start(this, new Metadata());
    call.request(2);
    if (!wire.open(channel, call)) {
      return; // refused so fast that it is over already
    }
    GroupId wanted = config.group();
    timeout =
        EventLoops.shared()
            .schedule(
                () ->
                    end(
                        "no handshake within "
                            + config.limits().handshakeTimeout().toMillis()
                            + " ms"),
                config.limits().handshakeTimeout().toNanos());
    pump.greet(
        new CallFrame.Hello(
            ClientHello.newBuilder()
                .setProtocolVersion(QuorateMethods.PROTOCOL_VERSION)
                .setGroup(wanted == null ? "" : wanted.value())
                .build()
                .toByteArray()));
  }

  /** Completes with the handshake, or fails with {@link ConnectionFailed}. */
  CompletableFuture<Welcome> welcome() {
    return welcome;
  }

  void offer(
      int what,
      int detail,
      long first,
      long second,
      long third,
      byte[] payload,
      int offset,
      int payloadBytes,
      ReplySink sink,
      long tag,
      boolean changesState) {
    int number = table.add(sink, tag, changesState);
    if (number < 0) {
      refuse(
          sink,
          tag,
          Refusal.of(
              RefusalCode.OVERLOADED,
              config.limits().callsMax() + " calls to " + endpoint + " are unanswered"));
      return;
    }
    RecordPump.Offer offer =
        pump.offer(what, detail, number, first, second, third, payload, offset, payloadBytes);
    if (offer != RecordPump.Offer.TAKEN && table.remove(number)) {
      refuse(
          sink,
          tag,
          offer == RecordPump.Offer.FULL
              ? Refusal.of(RefusalCode.OVERLOADED, "too much waits to be sent to " + endpoint)
              : over);
    }
  }

  static void refuse(ReplySink sink, long tag, Refusal refusal) {
    sink.refused(tag, refusal);
    sink.flush();
  }

  void flush() {
    pump.flush();
  }

  /** Ends the stream because the client wants no more of it. */
  void close() {
    closing = true;
    refuseAll("the client was closed", RefusalCode.CLOSED);
    end("closing");
  }

  private void end(String why) {
    pump.close(Status.CANCELLED.withDescription(why), new Metadata());
  }

  private void refuseAll(String why, RefusalCode ofUnsent) {
    Refusal unsent = Refusal.of(ofUnsent, why + " before the call was sent");
    over = unsent;
    pump.ended(number -> table.refuse(number, unsent));
    String text = why + " before the answer came";
    table.refuseAll(
        Refusal.of(RefusalCode.INDETERMINATE, text), Refusal.of(RefusalCode.NOT_READY, text));
  }

  @Override
  public void onReady() {
    pump.drain();
  }

  @Override
  public void onMessage(CallFrame frame) {
    switch (frame) {
      case CallFrame.Hello hello -> onHello(hello);
      case CallFrame.Traffic traffic -> {
        if (!welcome.isDone()) {
          fail("answers before the handshake");
          return;
        }
        int strays = table.answer(traffic.records());
        if (strays > 0 && !closing) {
          log.debug("{} answers of {} belong to no call", strays, endpoint);
        }
        wire.request();
      }
      case CallFrame.Malformed malformed -> fail(malformed.reason());
    }
  }

  private void fail(String received) {
    log.warn("closing the connection to {}: received {}", endpoint, received);
    end("received " + received);
  }

  private void onHello(CallFrame.Hello frame) {
    if (welcome.isDone()) {
      fail("a second handshake");
      return;
    }
    ServerHello hello;
    NodeId node;
    GroupId group;
    SortedMap<NodeId, Endpoint> members;
    try {
      hello = ServerHello.parseFrom(frame.message());
      node = NodeId.of(hello.getNode());
      group = GroupId.of(hello.getGroup());
      members = Reports.decode(hello.getMembersList());
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      fail("a handshake that cannot be read: " + e.getMessage());
      return;
    }
    mismatch = check(hello);
    if (mismatch != null) {
      end(mismatch.text());
      return;
    }
    cancelTimeout();
    welcomedNanos = System.nanoTime();
    welcome.complete(new Welcome(group, node, members, hello.getCommandBytesMax()));
    pump.open(EventLoops.shared().current());
    wire.request();
  }

  private @Nullable ConnectionProblem check(ServerHello hello) {
    if (hello.getProtocolVersion() != QuorateMethods.PROTOCOL_VERSION) {
      return new ConnectionProblem(
          Kind.OTHER_VERSION,
          "node %s on %s speaks version %d of the protocol, this client speaks %d: use the same release"
              .formatted(
                  hello.getNode(),
                  endpoint,
                  hello.getProtocolVersion(),
                  QuorateMethods.PROTOCOL_VERSION));
    }
    GroupId wanted = config.group();
    if (wanted != null && !hello.getGroup().equals(wanted.value())) {
      return new ConnectionProblem(
          Kind.OTHER_GROUP,
          "node %s on %s belongs to group \"%s\", this client wants group \"%s\": correct the address or the group"
              .formatted(hello.getNode(), endpoint, hello.getGroup(), wanted));
    }
    return null;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    cancelTimeout();
    wire.ended();
    boolean welcomed = welcome.isDone() && !welcome.isCompletedExceptionally();
    ConnectionProblem problem = mismatch;
    if (problem == null && !welcomed) {
      Refusal written = RefusalTable.written(status, trailers);
      problem =
          written == null
              ? ConnectionProblem.of(endpoint, status)
              : new ConnectionProblem(Kind.NOT_READY, endpoint + ": " + written.text());
    }
    if (problem != null) {
      welcome.completeExceptionally(new ConnectionFailed(problem));
      refuseAll(problem.text(), RefusalCode.NOT_READY);
    } else {
      refuseAll(
          "the connection to " + endpoint + " was lost (" + RefusalTable.describe(status) + ")",
          RefusalCode.NOT_READY);
    }
    owner.onEnd(this, problem, welcomed ? System.nanoTime() - welcomedNanos : 0);
  }

  private void cancelTimeout() {
    ScheduledFuture<?> pending = timeout;
    if (pending != null) {
      pending.cancel(false);
    }
  }

  /** The call, once the host is found. */
  private static final class CallWire implements RecordPump.Wire {
    private @Nullable ManagedChannel channel;
    private volatile @Nullable ClientCall<CallFrame, CallFrame> call;
    private @Nullable Status cancelled;
    private boolean ended;

    /** Returns false if the call ended before it could be handed over; the channel is shut then. */
    synchronized boolean open(ManagedChannel toUse, ClientCall<CallFrame, CallFrame> toCall) {
      if (ended) {
        toUse.shutdownNow();
        return false;
      }
      channel = toUse;
      call = toCall;
      if (cancelled != null) {
        toCall.cancel(cancelled.getDescription(), null);
      }
      return true;
    }

    void request() {
      ClientCall<CallFrame, CallFrame> present = call;
      if (present != null) {
        present.request(1);
      }
    }

    synchronized void ended() {
      ended = true;
      if (channel != null) {
        channel.shutdownNow();
      }
    }

    @Override
    public boolean isReady() {
      ClientCall<CallFrame, CallFrame> present = call;
      return present != null && present.isReady();
    }

    @Override
    public void write(CallFrame frame) {
      ClientCall<CallFrame, CallFrame> present = call;
      if (present != null) {
        present.sendMessage(frame);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      cancelled = status;
      if (call != null) {
        call.cancel(status.getDescription(), null);
      }
    }
  }
}
