// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import static io.quorate.grpc.peer.Replicas.A;
import static io.quorate.grpc.peer.Replicas.B;
import static io.quorate.grpc.peer.Replicas.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ServerCall;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.grpc.Await;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.ConnectionProblem.Kind;
import io.quorate.grpc.FakeServer;
import io.quorate.grpc.codec.PeerFrame;
import io.quorate.grpc.codec.QuorateMethods;
import io.quorate.grpc.peer.Replicas.End;
import io.quorate.grpc.proto.PeerHello;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Replicas that do not fit say so at both ends, and never exchange a message. */
final class HandshakeTest {

  private static ConnectionProblem problem(End end, NodeId peer) {
    Await.until(
        "a lasting problem with " + peer + " is known",
        () -> {
          ConnectionProblem problem = end.transport.peerProblems().get(peer);
          return problem != null && problem.lasting();
        });
    return end.transport.peerProblems().get(peer);
  }

  @Test
  void otherGroup() {
    try (Replicas group = new Replicas(A, B)) {
      PeerConfig config = group.config(B);
      End b =
          group.end(
              new PeerConfig(
                  GroupId.of("ledger"),
                  B,
                  config.incarnation(),
                  config.configurationHash(),
                  config.members(),
                  null,
                  Replicas.QUICK));
      b.start();
      End a = group.started(A);
      assertThat(problem(a, B).kind()).isEqualTo(Kind.OTHER_GROUP);
      assertThat(problem(a, B).text()).contains("\"ledger\"", "\"orders\"", "quorate.group");
      assertThat(problem(b, A).kind()).isEqualTo(Kind.OTHER_GROUP);
      assertThat(problem(b, A).text()).contains("\"ledger\"", "\"orders\"");
      assertThat(a.transport.connected(B)).isFalse();
      assertThat(b.transport.connected(A)).isFalse();
    }
  }

  @Test
  void otherConfigurationUntilItIsMended() {
    try (Replicas group = new Replicas(A, B)) {
      PeerConfig config = group.config(B);
      End b =
          group.end(
              new PeerConfig(
                  config.group(),
                  B,
                  config.incarnation(),
                  "0ther",
                  config.members(),
                  null,
                  Replicas.QUICK));
      b.start();
      End a = group.started(A);
      assertThat(problem(a, B).kind()).isEqualTo(Kind.OTHER_CONFIGURATION);
      assertThat(problem(a, B).text()).contains("0ther", "5eed", "same settings");
      assertThat(problem(b, A).text()).contains("0ther", "5eed");
      b.close();
      End mended = group.started(B);
      a.awaitConnected(B);
      assertThat(a.transport.peerProblems()).isEmpty();
      a.send(B, Note.of("now"));
      assertThat(mended.next().text()).isEqualTo("now");
    }
  }

  @Test
  void anotherNodeAtTheAddress() {
    try (Replicas group = new Replicas(A, B, C)) {
      group.started(C);
      var swapped = new TreeMap<>(group.members);
      swapped.put(B, group.members.get(C));
      End a =
          group.end(
              new PeerConfig(
                  GroupId.of("orders"),
                  A,
                  UUID.randomUUID(),
                  "5eed",
                  swapped,
                  null,
                  Replicas.QUICK));
      a.start();
      assertThat(problem(a, B).kind()).isEqualTo(Kind.OTHER_NODE);
      assertThat(problem(a, B).text())
          .contains("node c answers on " + group.members.get(C), "expects b", "quorate.members");
      a.awaitConnected(C);
    }
  }

  @Test
  void aNodeThatTheOtherDoesNotKnow() {
    try (Replicas group = new Replicas(A, B)) {
      var withoutA = new TreeMap<>(group.members);
      withoutA.remove(A);
      End b =
          group.end(
              new PeerConfig(
                  GroupId.of("orders"),
                  B,
                  UUID.randomUUID(),
                  "5eed",
                  withoutA,
                  null,
                  Replicas.QUICK));
      b.start();
      End a = group.started(A);
      assertThat(problem(a, B).text()).contains("node a is not among", "quorate.members");
      assertThat(a.transport.connected(B)).isFalse();
    }
  }

  @Test
  void otherVersionOnEitherSide() {
    PeerHello.Builder hello =
        PeerHello.newBuilder().setGroup("orders").setNode("b").setConfigurationHash("5eed");
    try (Replicas group = new Replicas(A);
        FakeServer newer =
            new FakeServer(
                QuorateMethods.EXCHANGE,
                (call, frame) ->
                    call.sendMessage(new PeerFrame.Hello(hello.setProtocolVersion(99).build())))) {
      group.members.put(B, newer.endpoint());
      End a = group.started(A);
      assertThat(problem(a, B).kind()).isEqualTo(Kind.OTHER_VERSION);
      assertThat(problem(a, B).text()).contains("99", "speaks 1", "same release");
    }
    PeerConfig config;
    try (Replicas group = new Replicas(A, B)) {
      config = group.config(A);
    }
    assertThat(Handshake.check(config, null, hello.setProtocolVersion(99).build()).kind())
        .isEqualTo(Kind.OTHER_VERSION);
    assertThat(Handshake.check(config, null, hello.setProtocolVersion(1).build())).isNull();
  }

  @Test
  void messagesBeforeTheHandshakeEndTheConnection() {
    try (Replicas group = new Replicas(A);
        FakeServer rude =
            new FakeServer(
                QuorateMethods.EXCHANGE,
                (ServerCall<PeerFrame, PeerFrame> call, PeerFrame frame) ->
                    call.sendMessage(
                        new PeerFrame.Messages(
                            List.of(new Note.Codec().encode(Note.of("hey"))))))) {
      group.members.put(B, rude.endpoint());
      End a = group.started(A);
      Await.until(
          "the connection is given up",
          () -> a.transport.stats().counters().get("peer_malformed") > 0);
      assertThat(a.transport.connected(B)).isFalse();
      assertThat(a.received).isEmpty();
    }
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() {
    try (Replicas group = new Replicas(A);
        FakeServer silent = new FakeServer(QuorateMethods.EXCHANGE, (call, frame) -> {})) {
      group.members.put(B, silent.endpoint());
      PeerConfig.Limits hasty =
          new PeerConfig.Limits(
              1 << 20,
              1 << 20,
              1 << 20,
              Replicas.QUICK.backoffMin(),
              Replicas.QUICK.backoffMax(),
              Replicas.QUICK.mismatchRetry(),
              java.time.Duration.ofMillis(50));
      End a =
          group.end(
              new PeerConfig(
                  GroupId.of("orders"), A, UUID.randomUUID(), "5eed", group.members, null, hasty));
      a.start();
      Await.until("a problem is known", () -> a.transport.peerProblems().containsKey(B));
      assertThat(a.transport.peerProblems().get(B).text()).contains("no handshake within");
    }
  }

  @Test
  void aPeerThatStopsReadingCostsNoMoreThanItsQueue() {
    PeerHello hello =
        PeerHello.newBuilder()
            .setProtocolVersion(QuorateMethods.PROTOCOL_VERSION)
            .setGroup("orders")
            .setNode("b")
            .setConfigurationHash("5eed")
            .build();
    PeerConfig.Limits small =
        new PeerConfig.Limits(
            1 << 20,
            256 << 10,
            80 << 20,
            Replicas.QUICK.backoffMin(),
            Replicas.QUICK.backoffMax(),
            Replicas.QUICK.mismatchRetry(),
            Replicas.QUICK.handshakeTimeout());
    try (Replicas group = new Replicas(A);
        FakeServer deaf =
            new FakeServer(
                QuorateMethods.EXCHANGE,
                (call, frame) -> call.sendMessage(new PeerFrame.Hello(hello)))) {
      group.members.put(B, deaf.endpoint());
      End a =
          group.end(
              new PeerConfig(
                  GroupId.of("orders"), A, UUID.randomUUID(), "5eed", group.members, null, small));
      a.start();
      a.awaitConnected(B);
      byte[] piece = new byte[64 << 10];
      Await.until(
          "the queue is full",
          () -> {
            a.send(B, Note.of("piece", piece));
            assertThat(a.transport.queuedBytes(B)).isLessThanOrEqualTo(1 << 20);
            return a.transport.stats().counters().get("peer_dropped_queue_full") > 100;
          });
      // What gRPC and the sockets hold is bounded, too: a few windows, not all that was sent.
      assertThat(a.transport.stats().counters().get("peer_bytes_sent")).isLessThan(64L << 20);
      // A message that alone is larger than the queue waits its turn like any other.
      assertThat(a.transport.connected(B)).isTrue();
    }
  }
}
