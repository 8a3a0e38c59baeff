// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import static io.quorate.grpc.peer.Replicas.A;
import static io.quorate.grpc.peer.Replicas.B;
import static io.quorate.grpc.peer.Replicas.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.grpc.Await;
import io.quorate.grpc.peer.Replicas.End;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class GrpcTransportTest {

  @Test
  void carriesMessagesBothWaysOverOneConnection() {
    try (Replicas group = new Replicas(A, B)) {
      End a = group.started(A);
      End b = group.started(B);
      a.awaitConnected(B);
      b.awaitConnected(A);
      a.send(B, Note.of("ping", new byte[] {1, 2, 3}, new byte[0]));
      Note ping = b.next();
      assertThat(ping.text()).isEqualTo("ping");
      assertThat(ping.attachments()).containsExactly(new byte[] {1, 2, 3}, new byte[0]);
      b.send(A, Note.of("pong"), Note.of("pong again"));
      assertThat(a.next().text()).isEqualTo("pong");
      assertThat(a.next().text()).isEqualTo("pong again");
      assertThat(b.senders).containsExactly(A);
      assertThat(a.transport.stats().connects()).isEqualTo(1);
      assertThat(b.transport.stats().connects()).isEqualTo(1);
    }
  }

  @Test
  void keepsTheOrderOfASender() {
    try (Replicas group = new Replicas(A, B, C)) {
      End a = group.started(A);
      End b = group.started(B);
      End c = group.started(C);
      a.awaitConnected(C);
      b.awaitConnected(C);
      c.awaitConnected(A);
      for (int i = 0; i < 5_000; i++) {
        c.send(A, Note.of(Integer.toString(i)), Note.of(i + "+"));
      }
      for (int i = 0; i < 5_000; i++) {
        assertThat(a.next().text()).isEqualTo(Integer.toString(i));
        assertThat(a.next().text()).isEqualTo(i + "+");
      }
      assertThat(a.transport.stats().counters().get("peer_frames_received"))
          .as("many messages travel in one frame")
          .isLessThan(10_000);
    }
  }

  @Test
  void carriesLargeEntries() {
    try (Replicas group = new Replicas(A, B)) {
      End a = group.started(A);
      End b = group.started(B);
      b.awaitConnected(A);
      byte[] large = new byte[8 << 20];
      new Random(1).nextBytes(large);
      b.send(A, Note.of("before"), Note.of("large", large, large), Note.of("after"));
      assertThat(a.next().text()).isEqualTo("before");
      Note received = a.next();
      assertThat(received.attachments()).hasSize(2);
      assertThat(received.attachments().get(0)).isEqualTo(large);
      assertThat(received.attachments().get(1)).isEqualTo(large);
      assertThat(a.next().text()).isEqualTo("after");
    }
  }

  @Test
  void dropsWhatIsTooLargeForAnyConnectionAndKeepsTheConnection() {
    try (Replicas group = new Replicas(A, B)) {
      End a = group.started(A);
      End b = group.started(B);
      a.awaitConnected(B);
      a.send(B, Note.of("too large", new byte[80 << 20]), Note.of("fits"));
      assertThat(b.next().text()).isEqualTo("fits");
      assertThat(a.transport.stats().dropped()).isEqualTo(1);
      assertThat(a.transport.stats().connects()).isEqualTo(1);
    }
  }

  @Test
  void countsAndDropsWhatTheCodecCannotRead() {
    try (Replicas group = new Replicas(A, B)) {
      End a = group.started(A);
      End b = group.started(B);
      a.awaitConnected(B);
      a.send(B, Note.of("!broken"), Note.of("sound"));
      assertThat(b.next().text()).isEqualTo("sound");
      assertThat(b.transport.stats().counters().get("peer_malformed")).isEqualTo(1);
    }
  }

  @Test
  void dropsWithoutAConnection() {
    try (Replicas group = new Replicas(A, B)) {
      End a = group.started(A);
      a.send(B, Note.of("lost"));
      assertThat(a.transport.stats().dropped()).isEqualTo(1);
      a.send(C, Note.of("to nobody"));
      assertThat(a.transport.stats().dropped()).isEqualTo(2);
    }
  }

  @Test
  void findsAPeerAgainAfterItsRestart() {
    try (Replicas group = new Replicas(A, B)) {
      End a = group.started(A);
      End first = group.started(B);
      a.awaitConnected(B);
      first.close();
      group.servers.get(B).close();
      Await.until("the loss is noticed", () -> !a.transport.connected(B));
      group.bind(B, group.members.get(B).port());
      End second = group.started(B);
      a.awaitConnected(B);
      a.send(B, Note.of("welcome back"));
      assertThat(second.next().text()).isEqualTo("welcome back");
    }
  }

  @Test
  void isFoundAgainByAPeerAfterItsOwnRestart() {
    try (Replicas group = new Replicas(A, B)) {
      End b = group.started(B);
      End first = group.started(A);
      b.awaitConnected(A);
      first.close();
      Await.until("the loss is noticed", () -> !b.transport.connected(A));
      End second = group.started(A);
      b.awaitConnected(A);
      b.send(A, Note.of("welcome back"));
      assertThat(second.next().text()).isEqualTo("welcome back");
    }
  }

  @Test
  void waitsForAPeerThatListensButDoesNotRunYet() {
    try (Replicas group = new Replicas(A, B)) {
      End b = group.end(B);
      End a = group.started(A);
      Await.until("an attempt failed", () -> !a.transport.peerProblems().isEmpty());
      assertThat(a.transport.peerProblems().get(B).lasting()).isFalse();
      b.start();
      a.awaitConnected(B);
      assertThat(a.transport.peerProblems()).isEmpty();
    }
  }

  @Test
  void deliversNothingAfterClose() {
    try (Replicas group = new Replicas(A, B)) {
      End a = group.started(A);
      End b = group.started(B);
      a.awaitConnected(B);
      b.awaitConnected(A);
      b.close();
      a.send(B, Note.of("too late"));
      Await.until("the loss is noticed", () -> !a.transport.connected(B));
      assertThat(b.received).isEmpty();
    }
  }
}
