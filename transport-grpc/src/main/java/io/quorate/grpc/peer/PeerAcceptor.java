// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.quorate.api.NodeId;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.EventLoops;
import io.quorate.grpc.codec.PeerFrame;
import java.util.SortedMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the connections of peers that dial this replica. */
final class PeerAcceptor implements ServerCallHandler<PeerFrame, PeerFrame> {
  private static final Logger log = LoggerFactory.getLogger(PeerAcceptor.class);

  private final PeerConfig config;
  private final SortedMap<NodeId, PeerLink> links;
  private final PeerInbox inbox;
  private final TransportStats stats;
  private volatile @Nullable String lastStranger;

  PeerAcceptor(
      PeerConfig config, SortedMap<NodeId, PeerLink> links, PeerInbox inbox, TransportStats stats) {
    this.config = config;
    this.links = links;
    this.inbox = inbox;
    this.stats = stats;
  }

  @Override
  public ServerCall.Listener<PeerFrame> startCall(
      ServerCall<PeerFrame, PeerFrame> call, Metadata headers) {
    if (!inbox.isOpen()) {
      call.close(Status.UNAVAILABLE.withDescription("the replica is not running"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    if (config.tls() != null && !hasCertificate(call)) {
      call.close(
          Status.UNAUTHENTICATED.withDescription("a replica must show a certificate"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    call.setOnReadyThreshold(PeerStream.READY_BELOW_BYTES);
    call.sendHeaders(new Metadata());
    call.request(1);
    return new Accepted(call);
  }

  private static boolean hasCertificate(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    try {
      return session != null && session.getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  /** Callbacks of one stream come from one event loop, one at a time. */
  private final class Accepted extends ServerCall.Listener<PeerFrame> {
    private final PeerStream stream;
    private @Nullable PeerLink link;

    Accepted(ServerCall<PeerFrame, PeerFrame> call) {
      stream = new PeerStream(new CallWire(call), config.limits(), stats);
    }

    @Override
    public void onReady() {
      stream.drain();
    }

    @Override
    public void onMessage(PeerFrame frame) {
      PeerLink known = link;
      switch (frame) {
        case PeerFrame.Hello hello -> onHello(hello);
        case PeerFrame.Messages messages -> {
          if (known == null) {
            fail(new PeerFrame.Malformed("messages before the handshake"));
            return;
          }
          inbox.deliver(known.peer(), messages);
          stream.request();
        }
        case PeerFrame.Malformed malformed -> fail(malformed);
      }
    }

    private void onHello(PeerFrame.Hello hello) {
      if (link != null) {
        fail(new PeerFrame.Malformed("a second handshake"));
        return;
      }
      NodeId peer = Handshake.member(config, hello.hello());
      ConnectionProblem mismatch = Handshake.check(config, null, hello.hello());
      PeerLink found = peer == null ? null : links.get(peer);
      if (mismatch != null || found == null) {
        String text = mismatch == null ? "not a member" : mismatch.text();
        if (mismatch != null && found != null) {
          found.failed(mismatch);
        } else if (!text.equals(lastStranger)) {
          lastStranger = text;
          log.warn("refused a connection: {}", text);
        }
        if (mismatch != null && mismatch.kind() != ConnectionProblem.Kind.OTHER_NODE) {
          stream.greet(Handshake.own(config)); // the other side will find the same difference
        }
        stream.close(Status.FAILED_PRECONDITION.withDescription(text));
        return;
      }
      link = found;
      stream.greet(Handshake.own(config));
      stream.open(EventLoops.shared().current());
      found.established(stream);
      stream.request();
    }

    private void fail(PeerFrame.Malformed malformed) {
      stats.malformed.increment();
      PeerLink known = link;
      log.warn(
          "closing a connection of {}: received {}",
          known == null ? "a stranger" : known.peer(),
          malformed.reason());
      stream.close(Status.INVALID_ARGUMENT.withDescription(malformed.reason()));
    }

    @Override
    public void onHalfClose() {
      stream.close(Status.OK);
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
      stream.ended();
      PeerLink known = link;
      if (known != null) {
        known.ended(stream);
      }
    }
  }

  /** The accepting side of a stream. */
  private record CallWire(ServerCall<PeerFrame, PeerFrame> call) implements PeerStream.Wire {
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
      call.close(status, new Metadata());
    }
  }
}
