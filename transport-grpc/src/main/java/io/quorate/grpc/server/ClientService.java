// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.StatusRuntimeException;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.grpc.codec.CallFrame;
import io.quorate.grpc.codec.RefusalTable;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Takes the streams of clients while there is a replica to serve them. */
final class ClientService implements ServerCallHandler<CallFrame, CallFrame> {
  private final ServerConfig config;
  private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ReplicaDoor door;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private volatile boolean closed;

  ClientService(ServerConfig config) {
    this.config = config;
  }

  void open(ReplicaDoor to) {
    door = to;
  }

  @Nullable ReplicaDoor door() {
    return door;
  }

  /** Turns new clients away, and ends the streams of the others once they have their answers. */
  CompletableFuture<Void> drain() {
    closed = true;
    connections.forEach(ClientConnection::drain);
    onEnd();
    return drained.copy();
  }

  /** Turns new clients away, and ends the streams of the others. */
  void close() {
    closed = true;
    connections.forEach(ClientConnection::close);
  }

  private void onEnd() {
    if (closed && connections.isEmpty()) {
      drained.complete(null);
    }
  }

  @Override
  public ServerCall.Listener<CallFrame> startCall(
      ServerCall<CallFrame, CallFrame> call, Metadata headers) {
    ReplicaDoor to = door;
    if (closed || to == null) {
      String state = closed ? " is closing" : " is starting";
      RefusalCode code = closed ? RefusalCode.CLOSED : RefusalCode.NOT_READY;
      StatusRuntimeException refused =
          RefusalTable.status(Refusal.of(code, "node " + config.self() + state));
      Metadata trailers = refused.getTrailers();
      call.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
    ClientConnection[] self = new ClientConnection[1];
    ClientConnection connection =
        new ClientConnection(
            config,
            to,
            call,
            () -> {
              connections.remove(self[0]);
              onEnd();
            });
    self[0] = connection;
    connections.add(connection);
    if (closed) {
      connection.drain(); // closing did not see it
    }
    connection.start();
    return connection;
  }
}
