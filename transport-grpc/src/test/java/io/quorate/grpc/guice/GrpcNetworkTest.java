// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.guice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Stage;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.core.protocol.Refusal;
import io.quorate.grpc.Await;
import io.quorate.grpc.EchoDoor;
import io.quorate.grpc.FreePorts;
import io.quorate.grpc.TlsFiles;
import io.quorate.node.config.Endpoint;
import io.quorate.node.plugin.Network;
import io.quorate.node.plugin.Network.Introduction;
import io.quorate.node.plugin.Network.RemoteReplica;
import io.quorate.node.plugin.Network.ReplicaEnd;
import io.quorate.node.plugin.StartException;
import io.quorate.node.plugin.TransportPlugin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The network as nodes use it. */
final class GrpcNetworkTest {
  private static final GroupId ORDERS = GroupId.of("orders");
  private static final NodeId N1 = NodeId.of("n1");
  private static final NodeId N2 = NodeId.of("n2");
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private record Word(byte[] head) implements ProtocolMessage {
    @Override
    public String name() {
      return "word";
    }
  }

  private static final MessageCodec CODEC =
      new MessageCodec() {
        @Override
        public WireMessage encode(ProtocolMessage message) {
          return new WireMessage(((Word) message).head(), List.of());
        }

        @Override
        public ProtocolMessage decode(WireMessage wire) {
          return new Word(wire.head());
        }
      };

  private final SortedMap<NodeId, Endpoint> members = new TreeMap<>();
  private final Network network =
      Guice.createInjector(Stage.PRODUCTION, new GrpcModule(settings(null)))
          .getInstance(Network.class);

  private static GrpcSettings settings(TlsFiles tls) {
    return new GrpcSettings(1 << 20, 4 << 20, Duration.ofMillis(5), Duration.ofMillis(50), tls);
  }

  private Network.Place place(NodeId node) {
    return new Network.Place(ORDERS, node, members, "5eed", CODEC);
  }

  private void twoMembers() throws IOException {
    members.put(N1, new Endpoint("127.0.0.1", FreePorts.next()));
    members.put(N2, new Endpoint("127.0.0.1", FreePorts.next()));
  }

  @Test
  void isFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(TransportPlugin.class))
        .anyMatch(plugin -> plugin instanceof GrpcTransportPlugin && plugin.name().equals("grpc"));
  }

  @Test
  void connectsReplicasAndClients() throws IOException {
    exchangeEverything();
  }

  private void exchangeEverything() throws IOException {
    twoMembers();
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    EchoDoor door = new EchoDoor();
    try (ReplicaEnd first = network.open(place(N1));
        ReplicaEnd second = network.open(place(N2));
        RemoteReplica remote = network.connect(ORDERS, members.get(N1))) {
      first.transport().start((from, message) -> {});
      second.transport().start((from, message) -> received.complete(((Word) message).head()));
      Await.until(
          "a message arrives",
          () -> {
            first.transport().send(N2, List.of(new Word(new byte[] {1, 2})));
            return received.isDone();
          });
      assertThat(Await.value(received)).containsExactly(1, 2);

      Introduction introduction = Await.value(remote.introduction(PATIENCE_NANOS));
      assertThat(introduction).isEqualTo(new Introduction(ORDERS, N1, members));
      first.serve(door);
      remote
          .gateway()
          .submit(CommandKind.PLAIN, 0, 0, 0, new byte[] {7}, 0, 1, new OneAnswer(result), 1);
      remote.gateway().flush();
      assertThat(Await.value(result)).containsExactly(7);
      var report = Await.value(remote.report(PATIENCE_NANOS));
      assertThat(report.appliedSlot()).isEqualTo(88);
      assertThat(report.counters())
          .as("what the network has to tell is added")
          .containsEntry("commands_applied", 41L)
          .containsKey("peer_messages_sent");
      first.stopServing();
    }
  }

  @Test
  void refusesAReplicaOfAnotherGroup() throws IOException {
    twoMembers();
    try (ReplicaEnd end = network.open(place(N1));
        RemoteReplica other = network.connect(GroupId.of("ledger"), members.get(N1));
        RemoteReplica any = network.connect(null, members.get(N1))) {
      assertThat(end.transport()).isNotNull();
      assertThat(Await.failure(other.introduction(PATIENCE_NANOS)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("belongs to group orders, not to ledger");
      assertThat(Await.value(any.introduction(PATIENCE_NANOS)).group()).isEqualTo(ORDERS);
    }
  }

  @Test
  void whoCannotBeReachedIsAnIoException() throws IOException {
    twoMembers();
    try (RemoteReplica nobody = network.connect(ORDERS, members.get(N1))) {
      assertThat(Await.failure(nobody.introduction(PATIENCE_NANOS)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nobody listens on " + members.get(N1));
      assertThat(Await.failure(nobody.report(PATIENCE_NANOS))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aPortInUseStopsTheStart() throws IOException {
    twoMembers();
    try (ReplicaEnd end = network.open(place(N1))) {
      assertThat(end.transport()).isNotNull();
      assertThatThrownBy(() -> network.open(place(N1)))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("cannot listen on " + members.get(N1))
          .hasMessageContaining("in use");
    }
  }

  @Test
  void uselessTlsFilesStopTheStart() throws IOException {
    twoMembers();
    Path none = Path.of("no-such.pem");
    Network tls = new GrpcNetwork(settings(new TlsFiles(none, none, none, true)));
    assertThatThrownBy(() -> tls.open(place(N1)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("tls.certificate")
        .hasMessageContaining("no-such.pem");
  }

  @Test
  void allThreadsAreTheSharedEventLoops() throws IOException {
    exchangeEverything();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("grpc-"))
        .anyMatch(name -> name.startsWith("quorate-grpc"));
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("quorate-grpc")))
        .hasSizeLessThanOrEqualTo(4)
        .allMatch(Thread::isDaemon);
  }

  private record OneAnswer(CompletableFuture<byte[]> result) implements ReplySink {
    @Override
    public void done(long tag, long index, long epoch, byte[] bytes) {
      result.complete(bytes);
    }

    @Override
    public void refused(long tag, Refusal refusal) {
      result.completeExceptionally(new AssertionError(refusal.toString()));
    }

    @Override
    public void flush() {}
  }
}
