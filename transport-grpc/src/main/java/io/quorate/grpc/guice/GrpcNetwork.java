// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.guice;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.Gateway;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.port.Transport;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.client.ClientConfig;
import io.quorate.grpc.client.GrpcGateway;
import io.quorate.grpc.client.GrpcStatusClient;
import io.quorate.grpc.client.Welcome;
import io.quorate.grpc.peer.GrpcTransport;
import io.quorate.grpc.peer.PeerConfig;
import io.quorate.grpc.server.CannotListen;
import io.quorate.grpc.server.GrpcServer;
import io.quorate.grpc.server.ServerConfig;
import io.quorate.node.plugin.Network;
import io.quorate.node.plugin.StartException;
import java.io.IOException;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The network as nodes and clients ask for it, made of this module's parts. */
final class GrpcNetwork implements Network {
  /** What in-flight calls of clients get to be answered when a node stops. */
  private static final Duration DRAIN_MAX = Duration.ofSeconds(2);

  private final GrpcSettings settings;

  GrpcNetwork(GrpcSettings settings) {
    this.settings = settings;
  }

  @Override
  public ReplicaEnd open(Place place) {
    SortedMap<NodeId, Endpoint> members = endpoints(place.members());
    ServerConfig.Limits usual = ServerConfig.Limits.DEFAULT;
    ServerConfig serverConfig =
        new ServerConfig(
            place.group(),
            place.self(),
            endpoint(place.address()),
            members,
            settings.tls(),
            new ServerConfig.Limits(
                settings.messageBytesMax(),
                usual.commandBytesMax(),
                usual.callsMax(),
                usual.repliesBytesMax(),
                usual.frameBytes()));
    try {
      GrpcTransport transport =
          new GrpcTransport(
              new PeerConfig(
                  place.group(),
                  place.self(),
                  UUID.randomUUID(),
                  place.agreement(),
                  members,
                  settings.tls(),
                  peerLimits()),
              place.codec());
      GrpcServer server = GrpcServer.bind(serverConfig);
      server.servePeers(transport);
      return new End(server, transport);
    } catch (CannotListen | IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private PeerConfig.Limits peerLimits() {
    PeerConfig.Limits usual = PeerConfig.Limits.DEFAULT;
    return new PeerConfig.Limits(
        settings.peerQueueBytesMax(),
        Math.min(usual.frameBytesMax(), settings.messageBytesMax()),
        settings.messageBytesMax(),
        settings.reconnectMin(),
        settings.reconnectMax(),
        usual.mismatchRetry(),
        usual.handshakeTimeout());
  }

  @Override
  public RemoteReplica connect(@Nullable GroupId group, io.quorate.node.config.Endpoint address) {
    ClientConfig.Limits usual = ClientConfig.Limits.DEFAULT;
    ClientConfig config =
        new ClientConfig(
            group,
            settings.tls(),
            new ClientConfig.Limits(
                usual.callsMax(),
                usual.queueBytesMax(),
                usual.frameBytes(),
                settings.messageBytesMax(),
                settings.reconnectMin(),
                settings.reconnectMax(),
                usual.handshakeTimeout()));
    return new Remote(config, endpoint(address));
  }

  private static Endpoint endpoint(io.quorate.node.config.Endpoint address) {
    return new Endpoint(address.host(), address.port());
  }

  private static SortedMap<NodeId, Endpoint> endpoints(
      SortedMap<NodeId, io.quorate.node.config.Endpoint> members) {
    SortedMap<NodeId, Endpoint> endpoints = new TreeMap<>();
    members.forEach((node, address) -> endpoints.put(node, endpoint(address)));
    return endpoints;
  }

  /** The network end of a replica of this process. */
  private record End(GrpcServer server, GrpcTransport peers) implements ReplicaEnd {
    @Override
    public Transport transport() {
      return peers;
    }

    @Override
    public void serve(ReplicaDoor door) {
      server.serveClients(door);
    }

    @Override
    public void stopServing() {
      try {
        server.drainClients().get(DRAIN_MAX.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // What is left is told that nobody knows, when the connections end.
        return;
      } catch (ExecutionException e) {
        throw new IllegalStateException("draining has no way to fail", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      peers.close();
      server.close();
    }
  }

  /** A replica elsewhere. */
  private final class Remote implements RemoteReplica {
    private final ClientConfig config;
    private final Endpoint endpoint;
    private final GrpcGateway gateway;
    private final GrpcStatusClient questions = new GrpcStatusClient(settings.tls());

    Remote(ClientConfig config, Endpoint endpoint) {
      this.config = config;
      this.endpoint = endpoint;
      gateway = GrpcGateway.to(config, endpoint);
    }

    @Override
    public CompletableFuture<Introduction> introduction(long timeoutNanos) {
      return questions
          .members(endpoint, Duration.ofNanos(timeoutNanos))
          .thenCompose(this::introduction);
    }

    private CompletableFuture<Introduction> introduction(Welcome welcome) {
      GroupId wanted = config.group();
      if (wanted != null && !wanted.equals(welcome.group())) {
        return CompletableFuture.failedFuture(
            new IOException(
                "node %s on %s belongs to group %s, not to %s; correct the address or the group"
                    .formatted(welcome.node(), endpoint, welcome.group(), wanted)));
      }
      SortedMap<NodeId, io.quorate.node.config.Endpoint> members = new TreeMap<>();
      welcome
          .members()
          .forEach((node, at) ->
              members.put(node, new io.quorate.node.config.Endpoint(at.host(), at.port())));
      return CompletableFuture.completedFuture(
          new Introduction(welcome.group(), welcome.node(), members));
    }

    @Override
    public Gateway gateway() {
      return gateway;
    }

    @Override
    public CompletableFuture<ReplicaReport> report(long timeoutNanos) {
      return questions.report(endpoint, Duration.ofNanos(timeoutNanos));
    }

    @Override
    public void close() {
      gateway.close();
    }
  }
}
