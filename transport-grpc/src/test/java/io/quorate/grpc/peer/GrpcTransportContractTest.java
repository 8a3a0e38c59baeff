// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.Transport;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.FreePorts;
import io.quorate.grpc.server.GrpcServer;
import io.quorate.grpc.server.ServerConfig;
import io.quorate.sim.contract.TransportContract;
import io.quorate.sim.contract.TransportNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The contract of all transports, over real sockets. */
final class GrpcTransportContractTest implements TransportContract {

  @Override
  public TransportNetwork network() throws IOException {
    return new Loopback();
  }

  private static final class Loopback implements TransportNetwork {
    private static final GroupId GROUP = GroupId.of("contract");

    private final SortedMap<NodeId, Endpoint> members = new TreeMap<>();
    private final List<Transport> opened = new ArrayList<>();

    Loopback() throws IOException {
      for (NodeId node : List.of(A, B, C)) {
        members.put(node, new Endpoint("127.0.0.1", FreePorts.next()));
      }
    }

    @Override
    public Transport open(NodeId self, MessageCodec codec) {
      GrpcServer server =
          GrpcServer.bind(
              new ServerConfig(
                  GROUP, self, members.get(self), members, null, ServerConfig.Limits.DEFAULT));
      GrpcTransport transport =
          new GrpcTransport(
              new PeerConfig(GROUP, self, UUID.randomUUID(), "5eed", members, null, Replicas.QUICK),
              codec);
      server.servePeers(transport);
      Transport both = new WithServer(transport, server);
      opened.add(both);
      return both;
    }

    @Override
    public void close() {
      opened.forEach(Transport::close);
    }
  }

  /** A process has both, and loses both. */
  private record WithServer(GrpcTransport transport, GrpcServer server) implements Transport {
    @Override
    public void start(Listener listener) {
      transport.start(listener);
    }

    @Override
    public void send(NodeId to, List<ProtocolMessage> messages) {
      transport.send(to, messages);
    }

    @Override
    public void close() {
      transport.close();
      server.close();
    }
  }
}
