// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.CommandKind;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.grpc.Await;
import io.quorate.grpc.Channels;
import io.quorate.grpc.ConnectionProblem.Kind;
import io.quorate.grpc.EchoDoor;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.FakeServer;
import io.quorate.grpc.FreePorts;
import io.quorate.grpc.codec.CallFrame;
import io.quorate.grpc.codec.QuorateMethods;
import io.quorate.grpc.proto.ServerHello;
import io.quorate.grpc.server.GrpcServer;
import io.quorate.grpc.server.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

final class GrpcGatewayTest {
  private static final GroupId ORDERS = GroupId.of("orders");
  private static final ClientConfig QUICK = limits(1 << 17, 64L << 20);

  /** For servers that are not expected to say the right thing, however long they are given. */
  private static final ClientConfig HASTY = limits(10, 1 << 20, Duration.ofMillis(100));

  private static ClientConfig limits(int callsMax, long queueBytesMax) {
    return limits(callsMax, queueBytesMax, Duration.ofSeconds(3));
  }

  private static ClientConfig limits(int callsMax, long queueBytesMax, Duration handshake) {
    return new ClientConfig(
        ORDERS,
        null,
        new ClientConfig.Limits(
            callsMax,
            queueBytesMax,
            64 << 10,
            80 << 20,
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            handshake));
  }

  private static GrpcServer server(int port) {
    TreeMap<NodeId, Endpoint> members = new TreeMap<>();
    members.put(NodeId.of("n1"), new Endpoint("127.0.0.1", 7101));
    members.put(NodeId.of("n2"), new Endpoint("::1", 7102));
    return GrpcServer.bind(
        new ServerConfig(
            ORDERS,
            NodeId.of("n1"),
            new Endpoint("127.0.0.1", port),
            members,
            null,
            ServerConfig.Limits.DEFAULT));
  }

  private static GrpcServer serving(EchoDoor door) {
    GrpcServer server = server(0);
    server.serveClients(door);
    return server;
  }

  private static void submit(GrpcGateway gateway, long sequence, Answers answers) {
    byte[] payload = new byte[16];
    Bytes.putLong(payload, 4, sequence);
    gateway.submit(CommandKind.SESSION, 9, sequence, 1, payload, 4, 8, answers, sequence);
  }

  @Test
  void tellsWhereTheMembersAre() {
    try (GrpcServer server = serving(new EchoDoor());
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      Welcome welcome = Await.value(gateway.welcome());
      assertThat(welcome.group()).isEqualTo(ORDERS);
      assertThat(welcome.node()).isEqualTo(NodeId.of("n1"));
      assertThat(welcome.members())
          .containsEntry(NodeId.of("n1"), new Endpoint("127.0.0.1", 7101))
          .containsEntry(NodeId.of("n2"), new Endpoint("::1", 7102));
      assertThat(gateway.connected()).isTrue();
      assertThat(gateway.problem()).isEmpty();
    }
  }

  @Test
  void carriesEverythingOfACommand() {
    EchoDoor door = new EchoDoor();
    Answers answers = new Answers();
    try (GrpcServer server = serving(door);
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      byte[] payload = {0, 1, 2, 3, 0};
      gateway.submit(CommandKind.OPEN_SESSION, 5, 6, 7, payload, 1, 3, answers, -12);
      gateway.flush();
      answers.await(1);
      EchoDoor.Command command = door.commands().get(0);
      assertThat(command.kind()).isEqualTo(CommandKind.OPEN_SESSION);
      assertThat(command.session()).isEqualTo(5);
      assertThat(command.sequence()).isEqualTo(6);
      assertThat(command.acknowledgedBelow()).isEqualTo(7);
      assertThat(command.payload()).containsExactly(1, 2, 3);
      assertThat(answers.results().get(-12L)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void answersAHundredThousandCommandsInOrderAndOnce() {
    int commands = 100_000;
    EchoDoor door = new EchoDoor();
    Answers answers = new Answers();
    try (GrpcServer server = serving(door);
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      for (long i = 0; i < commands; i++) {
        submit(gateway, i, answers);
        if (i % 7 == 0) {
          gateway.flush();
        }
      }
      gateway.flush();
      answers.await(commands);
    }
    assertThat(answers.twice()).isEmpty();
    assertThat(answers.refusals()).isEmpty();
    assertThat(answers.results()).hasSize(commands);
    assertThat(answers.order()).isSorted();
    long expected = 0;
    for (EchoDoor.Command command : door.commands()) {
      assertThat(command.sequence()).isEqualTo(expected);
      assertThat(Bytes.getLong(command.payload(), 0)).isEqualTo(expected);
      expected++;
    }
    answers.results().forEach((tag, result) -> assertThat(Bytes.getLong(result, 0)).isEqualTo(tag));
  }

  @Test
  void servesSeveralThreadsAndSinksAtOnce() throws InterruptedException {
    int threads = 4;
    int each = 5_000;
    List<Answers> all = new ArrayList<>();
    try (GrpcServer server = serving(new EchoDoor());
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      List<Thread> callers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Answers answers = new Answers();
        all.add(answers);
        callers.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (long i = 0; i < each; i++) {
                    submit(gateway, i, answers);
                    gateway.flush();
                  }
                }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      all.forEach(answers -> answers.await(each));
    }
    for (Answers answers : all) {
      assertThat(answers.twice()).isEmpty();
      assertThat(answers.results()).hasSize(each);
      assertThat(answers.order()).isSorted();
    }
  }

  @Test
  void carriesReadsAndAdministration() {
    EchoDoor door = new EchoDoor();
    Answers answers = new Answers();
    List<ReadConsistency> reads =
        List.of(
            ReadConsistency.LINEARIZABLE,
            ReadConsistency.LEASE,
            ReadConsistency.bounded(Duration.ofMillis(1_500)),
            ReadConsistency.local(42));
    try (GrpcServer server = serving(door);
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      for (int i = 0; i < reads.size(); i++) {
        gateway.read(reads.get(i), new byte[] {(byte) i}, answers, i);
      }
      gateway.admin(new AdminCommand.TransferLeadership(NodeId.of("n2")), answers, 10);
      gateway.admin(new AdminCommand.TransferLeadership(null), answers, 11);
      gateway.admin(new AdminCommand.TakeSnapshot(), answers, 12);
      gateway.flush();
      answers.await(7);
    }
    assertThat(door.reads()).isEqualTo(reads);
    assertThat(answers.results().get(3L)).containsExactly(3);
    assertThat(door.admins())
        .containsExactly(
            new AdminCommand.TransferLeadership(NodeId.of("n2")),
            new AdminCommand.TransferLeadership(null),
            new AdminCommand.TakeSnapshot());
    assertThat(answers.refusals().get(12L))
        .isEqualTo(Refusal.of(RefusalCode.UNSUPPORTED, "no snapshots here"));
  }

  @Test
  void carriesRefusalsWithTheLeader() {
    Refusal refusal = Refusal.notLeader(NodeId.of("n2"));
    Answers answers = new Answers();
    try (GrpcServer server = serving(new EchoDoor().refuse(command -> refusal));
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      submit(gateway, 1, answers);
      gateway.flush();
      answers.await(1);
      assertThat(answers.refusals()).containsEntry(1L, refusal);
    }
  }

  @Test
  void carriesLargeCommandsAndResults() {
    byte[] large = new byte[8 << 20];
    large[large.length - 1] = 9;
    Answers answers = new Answers();
    try (GrpcServer server = serving(new EchoDoor());
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      gateway.submit(CommandKind.PLAIN, 0, 0, 0, large, 0, large.length, answers, 1);
      submit(gateway, 2, answers);
      gateway.flush();
      answers.await(2);
      assertThat(answers.results().get(1L)).isEqualTo(large);
    }
  }

  @Test
  void aBrokenConnectionLeavesSentCommandsIndeterminateAndReadsNot() {
    EchoDoor door = new EchoDoor().hold();
    Answers answers = new Answers();
    GrpcServer server = serving(door);
    try (GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      for (long i = 0; i < 500; i++) {
        submit(gateway, i, answers);
      }
      gateway.read(ReadConsistency.LINEARIZABLE, new byte[0], answers, 500);
      gateway.flush();
      Await.until("the commands arrived", () -> door.count() == 500 && door.reads().size() == 1);
      server.close();
      answers.await(501);
      assertThat(answers.twice()).isEmpty();
      assertThat(answers.results()).isEmpty();
      for (long i = 0; i < 500; i++) {
        assertThat(answers.refusals().get(i).code()).isEqualTo(RefusalCode.INDETERMINATE);
      }
      assertThat(answers.refusals().get(500L).code()).isEqualTo(RefusalCode.NOT_READY);
      Await.until("the loss is known", () -> !gateway.connected());
    }
  }

  @Test
  void commandsThatWereNeverSentAreSurelyNotApplied() {
    Answers answers = new Answers();
    ServerHello hello =
        ServerHello.newBuilder()
            .setProtocolVersion(QuorateMethods.PROTOCOL_VERSION)
            .setGroup("orders")
            .setNode("n1")
            .build();
    try (FakeServer deaf =
            new FakeServer(
                QuorateMethods.CALLS,
                (call, frame) -> call.sendMessage(new CallFrame.Hello(hello.toByteArray())));
        GrpcGateway gateway = GrpcGateway.connect(limits(1 << 17, 1 << 20), deaf.endpoint())) {
      Await.value(gateway.welcome());
      byte[] payload = new byte[100_000];
      List<Long> overloaded = new ArrayList<>();
      long[] next = {0};
      Await.until(
          "nothing more is taken",
          () -> {
            gateway.submit(
                CommandKind.SESSION, 1, next[0], 0, payload, 0, payload.length, answers, next[0]);
            gateway.flush();
            if (answers.refusals().containsKey(next[0])) {
              overloaded.add(next[0]);
            }
            next[0]++;
            return overloaded.size() > 20;
          });
      assertThat(answers.refusals().values())
          .allMatch(refusal -> refusal.code() == RefusalCode.OVERLOADED);
      long refusedBefore = answers.count();
      deaf.breakStreams();
      answers.await((int) next[0]);
      assertThat(answers.twice()).isEmpty();
      long unsent =
          answers.refusals().values().stream()
              .filter(refusal -> refusal.code() == RefusalCode.NOT_READY)
              .count();
      long sent =
          answers.refusals().values().stream()
              .filter(refusal -> refusal.code() == RefusalCode.INDETERMINATE)
              .count();
      assertThat(unsent).as("what waited in the queue").isBetween(1L, 11L);
      assertThat(sent).isPositive();
      assertThat(unsent + sent + refusedBefore).isEqualTo(next[0]);
    }
  }

  @Test
  void tooManyUnansweredCallsAreRefusedBeforeTheyAreSent() {
    EchoDoor door = new EchoDoor().hold();
    Answers answers = new Answers();
    try (GrpcServer server = serving(door);
        GrpcGateway gateway = GrpcGateway.connect(limits(10, 1 << 20), server.endpoint())) {
      for (long i = 0; i < 12; i++) {
        submit(gateway, i, answers);
      }
      gateway.flush();
      answers.await(2);
      assertThat(answers.refusals().keySet()).containsExactly(10L, 11L);
      assertThat(answers.refusals().get(10L).code()).isEqualTo(RefusalCode.OVERLOADED);
      Await.until("the others arrived", () -> door.count() == 10);
      door.release();
      answers.await(12);
      submit(gateway, 12, answers);
      gateway.flush();
      answers.await(13);
      assertThat(answers.results()).hasSize(11);
    }
  }

  @Test
  void connectsAgainAndKeepsCallersInformed() {
    Answers answers = new Answers();
    GrpcServer first = serving(new EchoDoor());
    int port = first.port();
    try (GrpcGateway gateway = GrpcGateway.connect(QUICK, first.endpoint())) {
      Await.value(gateway.welcome());
      first.close();
      Await.until("nobody listens is known", () -> gateway.problem().isPresent());
      assertThat(gateway.problem().orElseThrow().kind()).isEqualTo(Kind.UNREACHABLE);
      Await.until(
          "calls are refused at once",
          () -> {
            int before = answers.count();
            submit(gateway, before, answers);
            return answers.count() > before;
          });
      Refusal last = answers.refusals().get((long) answers.count() - 1);
      assertThat(last.code()).isEqualTo(RefusalCode.NOT_READY);
      try (GrpcServer second = server(port)) {
        second.serveClients(new EchoDoor());
        Await.until("there is a connection again", gateway::connected);
        assertThat(gateway.problem()).isEmpty();
        Answers fresh = new Answers();
        submit(gateway, 1, fresh);
        gateway.flush();
        fresh.await(1);
        assertThat(fresh.results()).containsKey(1L);
      }
    }
  }

  @Test
  void aClosedClientRefuses() {
    EchoDoor door = new EchoDoor().hold();
    Answers answers = new Answers();
    try (GrpcServer server = serving(door)) {
      GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint());
      submit(gateway, 1, answers);
      gateway.flush();
      Await.until("the command arrived", () -> door.count() == 1);
      gateway.close();
      assertThat(answers.refusals().get(1L).code()).isEqualTo(RefusalCode.INDETERMINATE);
      submit(gateway, 2, answers);
      assertThat(answers.refusals().get(2L).code()).isEqualTo(RefusalCode.CLOSED);
      door.release();
      assertThat(answers.twice()).isEmpty();
    }
  }

  @Test
  void drainingAnswersWhatCameBeforeAndRefusesTheRest() {
    EchoDoor door = new EchoDoor().hold();
    Answers answers = new Answers();
    try (GrpcServer server = serving(door);
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      submit(gateway, 1, answers);
      gateway.flush();
      Await.until("the command arrived", () -> door.count() == 1);
      CompletableFuture<Void> drained = server.drainClients();
      assertThat(drained.isDone()).isFalse();
      submit(gateway, 2, answers);
      gateway.flush();
      Await.until("a late command is refused", () -> answers.refusals().containsKey(2L));
      assertThat(answers.refusals().get(2L).code()).isEqualTo(RefusalCode.CLOSED);
      door.release();
      answers.await(2);
      assertThat(answers.results()).containsKey(1L);
      Await.value(drained);
      Await.until("the client is turned away", () -> gateway.problem().isPresent());
      assertThat(gateway.problem().orElseThrow().text()).contains("n1 is closing");
    }
  }

  @Test
  void saysThatTheReplicaIsStarting() {
    try (GrpcServer server = server(0);
        GrpcGateway gateway = GrpcGateway.connect(QUICK, server.endpoint())) {
      Await.until("it is known", () -> gateway.problem().isPresent());
      assertThat(gateway.problem().orElseThrow().kind()).isEqualTo(Kind.NOT_READY);
      assertThat(gateway.problem().orElseThrow().text()).contains("n1 is starting");
      server.serveClients(new EchoDoor());
      Await.until("it serves", gateway::connected);
      assertThat(gateway.problem()).isEmpty();
    }
  }

  private static void assertProblem(
      ClientConfig config, Endpoint endpoint, Kind kind, String... words) {
    Answers answers = new Answers();
    try (GrpcGateway gateway = GrpcGateway.connect(config, endpoint)) {
      Throwable failed = Await.failure(gateway.welcome());
      assertThat(failed).isInstanceOf(ConnectionFailed.class);
      assertThat(((ConnectionFailed) failed).problem().kind()).isEqualTo(kind);
      assertThat(failed.getMessage()).contains(endpoint.toString()).contains(words);
      submit(gateway, 1, answers);
      gateway.flush();
      answers.await(1);
      assertThat(answers.refusals().get(1L).code()).isEqualTo(RefusalCode.NOT_READY);
      assertThat(answers.refusals().get(1L).text()).contains(words);
    }
  }

  @Test
  void wrongGroup() {
    try (GrpcServer server = serving(new EchoDoor())) {
      ClientConfig other = new ClientConfig(GroupId.of("ledger"), null, QUICK.limits());
      assertProblem(
          other, server.endpoint(), Kind.OTHER_GROUP, "\"orders\"", "\"ledger\"", "correct");
      ClientConfig any = new ClientConfig(null, null, QUICK.limits());
      try (GrpcGateway gateway = GrpcGateway.connect(any, server.endpoint())) {
        assertThat(Await.value(gateway.welcome()).group()).isEqualTo(ORDERS);
      }
    }
  }

  @Test
  void wrongVersion() {
    ServerHello hello =
        ServerHello.newBuilder().setProtocolVersion(99).setGroup("orders").setNode("n1").build();
    try (FakeServer newer =
        new FakeServer(
            QuorateMethods.CALLS,
            (call, frame) -> call.sendMessage(new CallFrame.Hello(hello.toByteArray())))) {
      assertProblem(QUICK, newer.endpoint(), Kind.OTHER_VERSION, "99", "release");
    }
  }

  @Test
  void nobodyListens() throws IOException {
    int port = FreePorts.next();
    assertProblem(QUICK, new Endpoint("127.0.0.1", port), Kind.UNREACHABLE, "nobody listens");
  }

  @Test
  void unknownHost() {
    assertProblem(QUICK, new Endpoint("no-such-host.invalid", 7101), Kind.UNREACHABLE, "unknown");
  }

  @Test
  void anHttpServer() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", exchange -> exchange.sendResponseHeaders(404, -1));
    http.start();
    try {
      assertProblem(
          limits(10, 1 << 20, Duration.ofSeconds(1)),
          new Endpoint("127.0.0.1", http.getAddress().getPort()),
          Kind.NOT_QUORATE,
          "no Quorate replica",
          "check host and port");
    } finally {
      http.stop(0);
    }
  }

  @Test
  void aGrpcServerOfSomethingElse() {
    try (FakeServer other = new FakeServer(QuorateMethods.EXCHANGE, (call, frame) -> {})) {
      assertProblem(QUICK, other.endpoint(), Kind.NOT_QUORATE, "no Quorate replica");
    }
  }

  @Test
  void aServerThatSaysNothing() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      assertProblem(
          HASTY,
          new Endpoint("127.0.0.1", silent.getLocalPort()),
          Kind.UNREACHABLE,
          "no handshake within 100 ms");
    }
  }

  @Test // a connection can be refused before its attempt is wholly set up
  void refusedConnectionsLeaveNoChannelOpen() throws IOException {
    Endpoint nobody = new Endpoint("127.0.0.1", unusedPort());
    Endpoint forgotten = new Endpoint("127.0.0.1", unusedPort());
    try (Orphans orphans = new Orphans()) {
      List<GrpcGateway> gateways = new ArrayList<>();
      Set<Object> attempts = Collections.newSetFromMap(new IdentityHashMap<>());
      for (int i = 0; i < 100; i++) {
        gateways.add(GrpcGateway.connect(QUICK, nobody));
      }
      Await.until(
          "they tried often",
          () -> {
            gateways.forEach(gateway -> gateway.problem().ifPresent(attempts::add));
            return attempts.size() > 500;
          });
      gateways.forEach(GrpcGateway::close);
      gateways.clear();
      Channels.open(channelAddress(forgotten), null, 1 << 10);
      Await.until(
          "the channel that this test forgot is found",
          () -> {
            System.gc();
            Channels.open(channelAddress(nobody), null, 1 << 10).shutdownNow(); // looks for others
            return orphans.mention(forgotten);
          });
      assertThat(orphans.mention(nobody)).isFalse();
    }
  }

  private static InetSocketAddress channelAddress(Endpoint endpoint) {
    return new InetSocketAddress(endpoint.host(), endpoint.port());
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  /** What gRPC says of channels that nobody holds and nobody has shut down. */
  private static final class Orphans extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.grpc.internal.ManagedChannelOrphanWrapper");
    private final List<String> messages = new CopyOnWriteArrayList<>();

    Orphans() {
      logger.addHandler(this);
      logger.setUseParentHandlers(false);
    }

    boolean mention(Endpoint endpoint) {
      return messages.stream()
          .anyMatch(text -> text.contains(endpoint.host() + ":" + endpoint.port()));
    }

    @Override
    public void publish(LogRecord entry) {
      messages.add(new SimpleFormatter().formatMessage(entry));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
      logger.setUseParentHandlers(true);
    }
  }
}
