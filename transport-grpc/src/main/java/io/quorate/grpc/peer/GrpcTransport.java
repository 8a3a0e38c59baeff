// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.grpc.ServerServiceDefinition;
import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.core.port.Transport;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.TlsFiles;
import io.quorate.grpc.codec.QuorateMethods;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Messages between the replicas of a group over gRPC.
 *
 * <p>There is one stream between two replicas, dialled by the one whose name comes first, and used
 * by both. It begins with a handshake; replicas that do not fit (another group, another version,
 * settings that differ) tell so, once, at both ends, and try again slowly: see {@link
 * #peerProblems()}. A lost connection is made anew with growing waits.
 *
 * <p>What is sent while there is no connection is dropped. What waits for a slow peer is bounded in
 * bytes; beyond that the newest messages are dropped. Messages to one peer arrive in the order in
 * which one thread sent them, as long as the connection lasts, and are gathered into frames, so
 * many small ones cost little more than one.
 *
 * <p>Everything runs on the shared event loops, the listener included. The peers' connections
 * arrive through {@link #service()}, which the node's {@link io.quorate.grpc.server.GrpcServer}
 * offers.
 */
public final class GrpcTransport implements Transport {
  private final PeerConfig config;
  private final MessageCodec codec;
  private final TransportStats stats = new TransportStats();
  private final PeerInbox inbox;
  private final SortedMap<NodeId, PeerLink> links;
  private final List<PeerDialer> dialers;
  private final ServerServiceDefinition service;

  /**
   * Prepares a transport; nothing happens before {@link #start}.
   *
   * @throws IllegalArgumentException the TLS files are of no use
   */
  public GrpcTransport(PeerConfig config, MessageCodec codec) {
    TlsFiles tls = config.tls();
    if (tls != null) {
      tls.verify();
    }
    this.config = config;
    this.codec = codec;
    inbox = new PeerInbox(codec, stats);
    SortedMap<NodeId, PeerLink> all = new TreeMap<>();
    List<PeerDialer> toDial = new ArrayList<>();
    config
        .members()
        .forEach((node, endpoint) -> {
          if (!node.equals(config.self())) {
            PeerLink link = new PeerLink(node, stats);
            all.put(node, link);
            if (config.self().compareTo(node) < 0) {
              toDial.add(new PeerDialer(config, link, endpoint, inbox, stats));
            }
          }
        });
    links = Collections.unmodifiableSortedMap(all);
    dialers = List.copyOf(toDial);
    service =
        ServerServiceDefinition.builder(QuorateMethods.PEER_SERVICE)
            .addMethod(QuorateMethods.EXCHANGE, new PeerAcceptor(config, links, inbox, stats))
            .build();
  }

  /** What the node's server must offer for other replicas to reach this one. */
  public ServerServiceDefinition service() {
    return service;
  }

  @Override
  public void start(Listener listener) {
    inbox.open(listener);
    dialers.forEach(PeerDialer::dial);
  }

  @Override
  public void send(NodeId to, List<ProtocolMessage> messages) {
    PeerLink link = links.get(to);
    if (link == null || !link.connected()) {
      stats.droppedUnconnected.add(messages.size());
      return;
    }
    List<WireMessage> encoded = new ArrayList<>(messages.size());
    for (ProtocolMessage message : messages) {
      encoded.add(codec.encode(message));
    }
    link.send(encoded);
  }

  /** Whether there is a connection to a peer. */
  public boolean connected(NodeId peer) {
    PeerLink link = links.get(peer);
    return link != null && link.connected();
  }

  /** Bytes that wait to be sent to a peer. */
  public long queuedBytes(NodeId peer) {
    PeerLink link = links.get(peer);
    PeerStream stream = link == null ? null : link.live();
    return stream == null ? 0 : stream.queuedBytes();
  }

  /** Why there is no connection, for each peer without one of which a reason is known. */
  public SortedMap<NodeId, ConnectionProblem> peerProblems() {
    SortedMap<NodeId, ConnectionProblem> problems = new TreeMap<>();
    links.forEach((node, link) -> {
      ConnectionProblem problem = link.problem();
      if (problem != null) {
        problems.put(node, problem);
      }
    });
    return problems;
  }

  @Override
  public SortedMap<String, Long> counters() {
    return stats.counters();
  }

  /** What was sent, received and dropped. */
  public TransportStats stats() {
    return stats;
  }

  /** The configuration it was made with. */
  public PeerConfig config() {
    return config;
  }

  /** Ends all connections without waiting; no message is handed on from now on. */
  @Override
  public void close() {
    inbox.close();
    dialers.forEach(PeerDialer::close);
    links.values().forEach(PeerLink::close);
  }
}
