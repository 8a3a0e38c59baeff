// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.Transport.Listener;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.grpc.Await;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.TlsFiles;
import io.quorate.grpc.server.GrpcServer;
import io.quorate.grpc.server.ServerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Transports of one group on free ports of this machine. */
final class Replicas implements AutoCloseable {
  static final NodeId A = NodeId.of("a");
  static final NodeId B = NodeId.of("b");
  static final NodeId C = NodeId.of("c");

  static final PeerConfig.Limits QUICK =
      new PeerConfig.Limits(
          64L << 20,
          4 << 20,
          80 << 20,
          Duration.ofMillis(5),
          Duration.ofMillis(50),
          Duration.ofMillis(50),
          Duration.ofSeconds(3));

  /** One replica's end, and what it received. */
  final class End implements Listener, AutoCloseable {
    final GrpcTransport transport;
    final BlockingQueue<Note> received = new LinkedBlockingQueue<>();
    final List<NodeId> senders = new ArrayList<>();

    private End(PeerConfig config) {
      transport = new GrpcTransport(config, new Note.Codec());
      servers.get(config.self()).servePeers(transport);
    }

    void start() {
      transport.start(this);
    }

    @Override
    public synchronized void onMessage(NodeId from, ProtocolMessage message) {
      senders.add(from);
      received.add((Note) message);
    }

    void send(NodeId to, Note... notes) {
      transport.send(to, List.of(notes));
    }

    Note next() {
      Await.until("a message arrived", () -> !received.isEmpty());
      return received.remove();
    }

    void awaitConnected(NodeId peer) {
      Await.until("there is a connection to " + peer, () -> transport.connected(peer));
    }

    @Override
    public void close() {
      transport.close();
    }
  }

  final SortedMap<NodeId, GrpcServer> servers = new TreeMap<>();
  final SortedMap<NodeId, Endpoint> members = new TreeMap<>();
  private final List<End> ends = new ArrayList<>();

  Replicas(NodeId... nodes) {
    for (NodeId node : nodes) {
      bind(node, 0);
    }
  }

  void bind(NodeId node, int port) {
    bind(node, port, null);
  }

  void bind(NodeId node, int port, @Nullable TlsFiles tls) {
    GrpcServer server =
        GrpcServer.bind(
            new ServerConfig(
                GroupId.of("orders"),
                node,
                new Endpoint("127.0.0.1", port),
                new TreeMap<>(),
                tls,
                ServerConfig.Limits.DEFAULT));
    servers.put(node, server);
    members.put(node, server.endpoint());
  }

  PeerConfig config(NodeId node) {
    return new PeerConfig(
        GroupId.of("orders"), node, UUID.randomUUID(), "5eed", members, null, QUICK);
  }

  End end(NodeId node) {
    return end(config(node));
  }

  End end(PeerConfig config) {
    End end = new End(config);
    ends.add(end);
    return end;
  }

  End started(NodeId node) {
    End end = end(node);
    end.start();
    return end;
  }

  @Override
  public void close() {
    ends.forEach(End::close);
    servers.values().forEach(GrpcServer::close);
  }
}
