// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import static io.quorate.grpc.peer.Replicas.A;
import static io.quorate.grpc.peer.Replicas.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Refusal;
import io.quorate.grpc.Await;
import io.quorate.grpc.Certificates;
import io.quorate.grpc.ConnectionProblem.Kind;
import io.quorate.grpc.EchoDoor;
import io.quorate.grpc.TlsFiles;
import io.quorate.grpc.client.ClientConfig;
import io.quorate.grpc.client.ConnectionFailed;
import io.quorate.grpc.client.GrpcGateway;
import io.quorate.grpc.peer.Replicas.End;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTest {
  private static TlsFiles nodeA;
  private static TlsFiles nodeB;
  private static TlsFiles stranger;

  @BeforeAll
  static void makeCertificates(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    nodeA = certificates.make("a", false, "a", "b");
    nodeB = certificates.make("b", false, "a", "b");
    stranger = certificates.make("stranger", true, "a", "b", "stranger");
  }

  private static PeerConfig with(PeerConfig config, @Nullable TlsFiles tls) {
    return new PeerConfig(
        config.group(),
        config.self(),
        config.incarnation(),
        config.configurationHash(),
        config.members(),
        tls,
        config.limits());
  }

  private static Kind lastingProblem(End end) {
    Await.until(
        "a lasting problem is known",
        () ->
            end.transport.peerProblems().values().stream().anyMatch(problem -> problem.lasting()));
    return end.transport.peerProblems().get(B).kind();
  }

  @Test
  void peersTalkWithCertificates() {
    try (Replicas group = new Replicas()) {
      group.bind(A, 0, nodeA);
      group.bind(B, 0, nodeB);
      End a = group.end(with(group.config(A), nodeA));
      End b = group.end(with(group.config(B), nodeB));
      a.start();
      b.start();
      b.awaitConnected(A);
      b.send(A, Note.of("in private", new byte[100_000]));
      assertThat(a.next().text()).isEqualTo("in private");
    }
  }

  @Test
  void aPeerWithAnUntrustedCertificateIsRefused() {
    try (Replicas group = new Replicas()) {
      group.bind(A, 0, stranger);
      group.bind(B, 0, nodeB);
      End a = group.end(with(group.config(A), stranger));
      group.end(with(group.config(B), nodeB)).start();
      a.start();
      assertThat(lastingProblem(a)).isEqualTo(Kind.TLS);
      assertThat(a.transport.connected(B)).isFalse();
    }
  }

  @Test
  void plainTextMeetsTls() {
    try (Replicas group = new Replicas()) {
      group.bind(A, 0, nodeA);
      group.bind(B, 0);
      End a = group.end(with(group.config(A), nodeA));
      group.end(group.config(B)).start();
      a.start();
      assertThat(lastingProblem(a)).isEqualTo(Kind.TLS);
      assertThat(a.transport.peerProblems().get(B).text()).contains("or neither");
    }
  }

  @Test
  void clientsTalkWithAndWithoutACertificateOfTheirOwn() {
    try (Replicas group = new Replicas()) {
      group.bind(A, 0, nodeA);
      group.servers.get(A).serveClients(new EchoDoor());
      ClientConfig config =
          new ClientConfig(GroupId.of("orders"), nodeB, ClientConfig.Limits.DEFAULT);
      CompletableFuture<byte[]> result = new CompletableFuture<>();
      try (GrpcGateway gateway = GrpcGateway.connect(config, group.members.get(A))) {
        gateway.submit(CommandKind.PLAIN, 0, 0, 0, new byte[] {8}, 0, 1, new OneAnswer(result), 1);
        gateway.flush();
        assertThat(Await.value(result)).containsExactly(8);
      }
      ClientConfig plain = ClientConfig.of(GroupId.of("orders"));
      try (GrpcGateway gateway = GrpcGateway.connect(plain, group.members.get(A))) {
        Throwable failed = Await.failure(gateway.welcome());
        assertThat(failed).isInstanceOf(ConnectionFailed.class);
      }
    }
  }

  @Test
  void missingFilesAreNamed() {
    TlsFiles missing =
        new TlsFiles(nodeA.certificate(), Path.of("no-such.key"), nodeA.trusted(), true);
    try (Replicas group = new Replicas(A, B)) {
      assertThatThrownBy(() -> group.end(with(group.config(A), missing)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tls.key")
          .hasMessageContaining("no-such.key");
      assertThatThrownBy(() -> group.bind(A, 0, missing))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no-such.key");
    }
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
