// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.server;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.port.ReplicaReport;
import io.quorate.grpc.Channels;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.EventLoops;
import io.quorate.grpc.codec.QuorateMethods;
import io.quorate.grpc.peer.GrpcTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The port of one node, for other replicas, clients and operators alike.
 *
 * <p>It listens from {@link #bind} on; who comes before {@link #servePeers} and {@link
 * #serveClients} is told to try again. To end in good order, {@link #drainClients} first, then
 * close the replica, which answers what is left, then close this.
 */
public final class GrpcServer implements AutoCloseable {
  private static final int KEEP_ALIVE_SECONDS = 2;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 5;
  private static final long CLOSE_GRACE_MILLIS = 500;

  private final ServerConfig config;
  private final Server server;
  private final ClientService clients;
  private final Services services;
  private volatile @Nullable GrpcTransport transport;

  private GrpcServer(ServerConfig config, Server server, ClientService clients, Services services) {
    this.config = config;
    this.server = server;
    this.clients = clients;
    this.services = services;
  }

  /**
   * Begins to listen.
   *
   * @throws CannotListen the address is in use, or is none of this machine
   * @throws IllegalArgumentException the TLS files cannot be read
   */
  public static GrpcServer bind(ServerConfig config) {
    EventLoops loops = EventLoops.shared();
    ClientService clients = new ClientService(config);
    Services services = new Services();
    var tls = config.tls();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                address(config), tls == null ? InsecureServerCredentials.create() : tls.server())
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .channelType(loops.serverChannelType())
            .directExecutor()
            .fallbackHandlerRegistry(services)
            .maxInboundMessageSize(config.limits().messageBytesMax())
            .initialFlowControlWindow(Channels.FLOW_CONTROL_WINDOW_BYTES)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    GrpcServer server = new GrpcServer(config, start(config, builder), clients, services);
    services.add(
        ServerServiceDefinition.builder(QuorateMethods.CLIENT_SERVICE)
            .addMethod(QuorateMethods.CALLS, clients)
            .build());
    services.add(new OperatorService(config, clients, server::complete));
    return server;
  }

  private static InetSocketAddress address(ServerConfig config) {
    try {
      return config.listen().resolve();
    } catch (UnknownHostException e) {
      throw new CannotListen(
          "cannot listen on "
              + config.listen()
              + ": the host is unknown; correct the address of node "
              + config.self()
              + " in quorate.members",
          e);
    }
  }

  private static Server start(ServerConfig config, NettyServerBuilder builder) {
    Server server = builder.build();
    try {
      return server.start();
    } catch (IOException e) {
      server.shutdownNow();
      String why = reason(e);
      boolean taken = why.contains("in use");
      throw new CannotListen(
          "cannot listen on "
              + config.listen()
              + ": "
              + why
              + (taken
                  ? "; stop the process that uses the port (another replica?), or change the"
                      + " address"
                  : "; use an address of this machine and a free port: correct the address")
              + " of node "
              + config.self()
              + " in quorate.members",
          e);
    }
  }

  private static String reason(IOException e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String text = String.valueOf(deepest.getMessage());
    // Native sockets tell the system call, too, which helps nobody.
    int failed = text.indexOf("failed: ");
    return failed < 0 ? text : text.substring(failed + "failed: ".length());
  }

  /** The port, also if any free one was asked for. */
  public int port() {
    return server.getPort();
  }

  /** Where it listens. */
  public Endpoint endpoint() {
    return new Endpoint(config.listen().host(), port());
  }

  /** Lets other replicas in. Called once. */
  public void servePeers(GrpcTransport to) {
    transport = to;
    services.add(to.service());
  }

  /** Lets clients in. Called once. */
  public void serveClients(ReplicaDoor door) {
    clients.open(door);
  }

  /**
   * Turns new clients and new calls away, and ends the streams of clients once all earlier calls
   * are answered; operators are still served. Returns at once.
   *
   * @return completes when no client is left
   */
  public CompletableFuture<Void> drainClients() {
    return clients.drain();
  }

  /** The report, with what the network has to add to it. */
  private ReplicaReport complete(ReplicaReport report) {
    GrpcTransport peers = transport;
    if (peers == null) {
      return report;
    }
    SortedMap<String, Long> counters = new TreeMap<>(report.counters());
    counters.putAll(peers.stats().counters());
    boolean healthy = report.healthy();
    StringBuilder health = new StringBuilder(report.health());
    for (ConnectionProblem problem : peers.peerProblems().values()) {
      if (problem.lasting()) {
        healthy = false;
        health.append("; ").append(problem.text());
      }
    }
    return new ReplicaReport(
        report.group(),
        report.backend(),
        report.protocol(),
        report.appliedSlot(),
        report.appliedIndex(),
        report.logBytes(),
        report.snapshot(),
        report.sessions(),
        healthy,
        health.toString(),
        Collections.unmodifiableSortedMap(counters));
  }

  /** Ends all connections and frees the port; returns when that is done, within a second or so. */
  @Override
  public void close() {
    clients.close();
    server.shutdown();
    try {
      if (!server.awaitTermination(CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        boolean unused = server.awaitTermination(CLOSE_GRACE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
