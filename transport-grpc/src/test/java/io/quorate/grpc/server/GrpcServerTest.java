// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.ReplicaReport;
import io.quorate.grpc.Await;
import io.quorate.grpc.ConnectionProblem.Kind;
import io.quorate.grpc.EchoDoor;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.client.ConnectionFailed;
import io.quorate.grpc.client.GrpcStatusClient;
import io.quorate.grpc.client.Welcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class GrpcServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static ServerConfig config(Endpoint listen) {
    SortedMap<NodeId, Endpoint> members = new TreeMap<>();
    members.put(NodeId.of("n1"), new Endpoint("127.0.0.1", 7101));
    return new ServerConfig(
        GroupId.of("orders"), NodeId.of("n1"), listen, members, null, ServerConfig.Limits.DEFAULT);
  }

  @Test
  void aPortInUseIsNamedWithTheMend() {
    try (GrpcServer first = GrpcServer.bind(config(new Endpoint("127.0.0.1", 0)))) {
      assertThat(first.port()).isPositive();
      assertThatThrownBy(() -> GrpcServer.bind(config(first.endpoint())))
          .isInstanceOf(CannotListen.class)
          .hasMessageStartingWith("cannot listen on 127.0.0.1:" + first.port())
          .hasMessageContaining("in use")
          .hasMessageContaining("node n1");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamedWithTheMend() {
    assertThatThrownBy(() -> GrpcServer.bind(config(new Endpoint("192.0.2.1", 0))))
        .isInstanceOf(CannotListen.class)
        .hasMessageContaining("192.0.2.1")
        .hasMessageContaining("address of this machine");
    assertThatThrownBy(() -> GrpcServer.bind(config(new Endpoint("no-such-host.invalid", 7101))))
        .isInstanceOf(CannotListen.class)
        .hasMessageContaining("no-such-host.invalid")
        .hasMessageContaining("unknown");
  }

  @Test
  void aClosedServerFreesItsPort() {
    GrpcServer first = GrpcServer.bind(config(new Endpoint("127.0.0.1", 0)));
    Endpoint endpoint = first.endpoint();
    first.close();
    first.close();
    try (GrpcServer second = GrpcServer.bind(config(endpoint))) {
      assertThat(second.port()).isEqualTo(endpoint.port());
    }
  }

  @Test
  void tellsHowTheReplicaIs() {
    EchoDoor door = new EchoDoor();
    GrpcStatusClient client = new GrpcStatusClient(null);
    try (GrpcServer server = GrpcServer.bind(config(new Endpoint("127.0.0.1", 0)))) {
      Throwable early = Await.failure(client.report(server.endpoint(), PATIENCE));
      assertThat(early).isInstanceOf(ConnectionFailed.class).hasMessageContaining("n1 is starting");
      server.serveClients(door);
      ReplicaReport report = Await.value(client.report(server.endpoint(), PATIENCE));
      assertThat(report).usingRecursiveComparison().isEqualTo(door.report());
    }
  }

  @Test
  void tellsWhereTheMembersAreEvenWhileStarting() {
    GrpcStatusClient client = new GrpcStatusClient(null);
    try (GrpcServer server = GrpcServer.bind(config(new Endpoint("127.0.0.1", 0)))) {
      Welcome welcome = Await.value(client.members(server.endpoint(), PATIENCE));
      assertThat(welcome.group()).isEqualTo(GroupId.of("orders"));
      assertThat(welcome.node()).isEqualTo(NodeId.of("n1"));
      assertThat(welcome.members()).containsOnlyKeys(NodeId.of("n1"));
    }
  }

  @Test
  void nobodyToAskIsAnError() throws IOException {
    GrpcStatusClient client = new GrpcStatusClient(null);
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = new Endpoint("127.0.0.1", silent.getLocalPort());
      Throwable late = Await.failure(client.report(endpoint, Duration.ofMillis(100)));
      assertThat(((ConnectionFailed) late).problem().kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(late).hasMessageContaining(endpoint.toString());
    }
    Throwable unknown =
        Await.failure(client.report(new Endpoint("no-such-host.invalid", 1), PATIENCE));
    assertThat(unknown).hasMessageContaining("no-such-host.invalid");
  }
}
