// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.quorate.api.NodeId;
import io.quorate.grpc.Backoff;
import io.quorate.grpc.Channels;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.ConnectionProblem.Kind;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.EventLoops;
import io.quorate.grpc.HostLookup;
import io.quorate.grpc.codec.PeerFrame;
import io.quorate.grpc.codec.QuorateMethods;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection to one peer: one attempt at a time, each a channel of its own, with growing
 * waits between them.
 */
final class PeerDialer {
  private static final Logger log = LoggerFactory.getLogger(PeerDialer.class);

  private final PeerConfig config;
  private final PeerLink link;
  private final Endpoint endpoint;
  private final PeerInbox inbox;
  private final TransportStats stats;
  private final Backoff backoff;
  private int attempts;
  private boolean closed;
  private @Nullable Attempt attempt;
  private @Nullable ScheduledFuture<?> retry;

  PeerDialer(
      PeerConfig config, PeerLink link, Endpoint endpoint, PeerInbox inbox, TransportStats stats) {
    this.config = config;
    this.link = link;
    this.endpoint = endpoint;
    this.inbox = inbox;
    this.stats = stats;
    backoff = new Backoff(config.limits().backoffMin(), config.limits().backoffMax());
  }

  synchronized void dial() {
    HostLookup.find(endpoint, attempts++, this::dial, this::unready);
  }

  private synchronized void dial(InetSocketAddress address) {
    if (!closed) {
      try {
        attempt = new Attempt(address);
        attempt.start();
      } catch (IllegalArgumentException e) {
        unready(Status.INTERNAL.withDescription(e.getMessage())); // the TLS files
      }
    }
  }

  /** It did not come to an attempt. */
  private void unready(Status status) {
    ConnectionProblem problem = ConnectionProblem.of(endpoint, status);
    link.failed(problem);
    onEnd(problem.lasting(), 0);
  }

  /** Ends the connection, and all attempts to get a new one. */
  void close() {
    Attempt last;
    synchronized (this) {
      closed = true;
      last = attempt;
      if (retry != null) {
        retry.cancel(false);
      }
    }
    if (last != null) {
      last.stream.close(Status.CANCELLED.withDescription("closing"));
    }
  }

  private synchronized void onEnd(boolean lasting, long lastedNanos) {
    attempt = null;
    if (!closed) {
      long delayNanos =
          lasting
              ? Backoff.jittered(config.limits().mismatchRetry().toNanos())
              : backoff.afterNanos(lastedNanos);
      retry = EventLoops.shared().schedule(this::dial, delayNanos);
    }
  }

  /** One channel with one stream. Its callbacks come from one event loop, one at a time. */
  private final class Attempt extends ClientCall.Listener<PeerFrame> {
    private final ManagedChannel channel;
    private final ClientCall<PeerFrame, PeerFrame> call;
    private final PeerStream stream;
    private final NodeId peer = link.peer();
    private @Nullable ScheduledFuture<?> timeout;
    private @Nullable ConnectionProblem mismatch;
    private long establishedNanos;
    private boolean established;

    Attempt(InetSocketAddress address) {
      channel = Channels.open(address, config.tls(), config.limits().messageBytesMax());
      call =
          channel.newCall(
              QuorateMethods.EXCHANGE,
              CallOptions.DEFAULT.withOnReadyThreshold(PeerStream.READY_BELOW_BYTES));
      stream = new PeerStream(new CallWire(call), config.limits(), stats);
    }

    void start() {
      timeout =
          EventLoops.shared()
              .schedule(
                  () ->
                      stream.close(
                          Status.CANCELLED.withDescription(
                              "no handshake within " + config.limits().handshakeTimeout())),
                  config.limits().handshakeTimeout().toNanos());
      call.start(this, new Metadata());
      call.request(1);
      stream.greet(Handshake.own(config));
    }

    @Override
    public void onReady() {
      stream.drain();
    }

    @Override
    public void onMessage(PeerFrame frame) {
      switch (frame) {
        case PeerFrame.Hello hello -> onHello(hello);
        case PeerFrame.Messages messages -> {
          if (!established) {
            fail(new PeerFrame.Malformed("messages before the handshake"));
            return;
          }
          inbox.deliver(peer, messages);
          stream.request();
        }
        case PeerFrame.Malformed malformed -> fail(malformed);
      }
    }

    private void onHello(PeerFrame.Hello hello) {
      if (established) {
        fail(new PeerFrame.Malformed("a second handshake"));
        return;
      }
      mismatch = Handshake.check(config, peer, hello.hello());
      if (mismatch != null) {
        // The other side has our handshake, and finds the same.
        stream.close(Status.CANCELLED.withDescription(mismatch.text()));
        return;
      }
      established = true;
      establishedNanos = System.nanoTime();
      cancelTimeout();
      stream.open(EventLoops.shared().current());
      link.established(stream);
      stream.request();
    }

    private void fail(PeerFrame.Malformed malformed) {
      stats.malformed.increment();
      log.warn("closing the connection to {}: received {}", peer, malformed.reason());
      stream.close(Status.CANCELLED.withDescription(malformed.reason()));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      cancelTimeout();
      stream.ended();
      link.ended(stream);
      channel.shutdownNow();
      ConnectionProblem why = mismatch;
      if (why == null && !established) {
        why = problem(status);
      }
      if (why != null) {
        link.failed(why);
      }
      long lastedNanos = established ? System.nanoTime() - establishedNanos : 0;
      onEnd(why != null && why.lasting(), lastedNanos);
    }

    private ConnectionProblem problem(Status status) {
      return switch (status.getCode()) {
        // The acceptor found what this side cannot see; see PeerAcceptor.
        case FAILED_PRECONDITION ->
            new ConnectionProblem(
                Kind.OTHER_CONFIGURATION, peer + " refuses this node: " + status.getDescription());
        case UNAUTHENTICATED ->
            new ConnectionProblem(
                Kind.TLS, peer + " refuses this node: " + status.getDescription());
        default -> ConnectionProblem.of(endpoint, status);
      };
    }

    private void cancelTimeout() {
      ScheduledFuture<?> pending = timeout;
      if (pending != null) {
        pending.cancel(false);
      }
    }
  }

  /** The dialling side of a stream. */
  private record CallWire(ClientCall<PeerFrame, PeerFrame> call) implements PeerStream.Wire {
    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void write(PeerFrame frame) {
      call.sendMessage(frame);
    }

    @Override
    public void request() {
      call.request(1);
    }

    @Override
    public void close(Status status) {
      call.cancel(status.getDescription(), null);
    }
  }
}
