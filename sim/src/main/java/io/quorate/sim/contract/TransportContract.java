// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorate.api.NodeId;
import io.quorate.core.port.Transport;
import io.quorate.core.protocol.ProtocolMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Transport} owes. A test class of an adapter implements {@link #network()};
 * JUnit runs the rest.
 */
@Tag("contract")
@Timeout(120)
public interface TransportContract {
  /** The first replica. */
  NodeId A = NodeId.of("a");

  /** The second replica. */
  NodeId B = NodeId.of("b");

  /** The third replica. */
  NodeId C = NodeId.of("c");

  /** Fresh places; closed by the test. */
  TransportNetwork network() throws IOException;

  /** One replica and what it received. Safe for several threads. */
  final class End implements Transport.Listener, AutoCloseable {
    private static final int PROBE = -1;

    private final TransportNetwork network;
    private final Transport transport;
    private final NodeId self;
    private final List<Parcel> received = new ArrayList<>();
    private final List<NodeId> senders = new ArrayList<>();
    private final List<NodeId> heard = new ArrayList<>();
    private long probes;

    private End(TransportNetwork network, NodeId self) throws IOException {
      this.network = network;
      this.self = self;
      transport = network.open(self, new Parcel.Codec());
      transport.start(this);
    }

    @Override
    public synchronized void onMessage(NodeId from, ProtocolMessage message) {
      Parcel parcel = (Parcel) message;
      if (parcel.lane() == PROBE) {
        heard.add(from);
      } else {
        received.add(parcel);
        senders.add(from);
      }
    }

    private synchronized boolean hasHeard(NodeId peer) {
      return heard.contains(peer);
    }

    private synchronized void forget() {
      heard.clear();
    }

    private synchronized int count() {
      return received.size();
    }

    private synchronized List<Parcel> received() {
      return List.copyOf(received);
    }

    private synchronized List<NodeId> senders() {
      return List.copyOf(senders);
    }

    private void send(End to, Parcel... parcels) {
      transport.send(to.self, List.of(parcels));
    }

    /** Sends until something arrives: what is sent before there is a connection may be lost. */
    private void reach(End peer) {
      boolean reached =
          network.await(() -> {
            transport.send(peer.self, List.of(Parcel.of(PROBE, ++probes)));
            return peer.hasHeard(self);
          });
      assertThat(reached).as("%s reaches %s", self, peer.self).isTrue();
    }

    private void awaitCount(int wanted) {
      assertThat(network.await(() -> count() >= wanted))
          .as("%s parcels at %s, there are %s", wanted, self, count())
          .isTrue();
    }

    private void awaitParcel(Parcel wanted) {
      assertThat(network.await(() -> received().contains(wanted)))
          .as("%s at %s", wanted, self)
          .isTrue();
    }

    private void end() {
      transport.close();
    }

    @Override
    public void close() {
      end();
    }
  }

  @Test
  default void messagesArriveInBothDirections() throws IOException {
    try (TransportNetwork network = network();
        End a = new End(network, A);
        End b = new End(network, B)) {
      a.reach(b);
      b.reach(a);
      a.send(b, Parcel.of(1, 7));
      b.send(a, Parcel.of(2, 8));
      a.awaitCount(1);
      b.awaitCount(1);

      assertThat(b.received()).containsExactly(Parcel.of(1, 7));
      assertThat(a.received()).containsExactly(Parcel.of(2, 8));
    }
  }

  @Test
  default void everybodyKnowsTheSender() throws IOException {
    try (TransportNetwork network = network();
        End a = new End(network, A);
        End b = new End(network, B);
        End c = new End(network, C)) {
      a.reach(c);
      b.reach(c);
      a.send(c, Parcel.of(1, 1));
      c.awaitCount(1);
      b.send(c, Parcel.of(2, 1));
      c.awaitCount(2);

      assertThat(c.senders()).containsExactly(A, B);
      assertThat(a.count()).isZero();
      assertThat(b.count()).isZero();
    }
  }

  @Test
  default void messagesOfASenderArriveInOrder() throws IOException {
    try (TransportNetwork network = network();
        End a = new End(network, A);
        End b = new End(network, B)) {
      a.reach(b);
      List<Parcel> sent = new ArrayList<>();
      Random random = new Random(3);
      while (sent.size() < 2000) {
        Parcel[] together = new Parcel[1 + random.nextInt(20)];
        for (int i = 0; i < together.length; i++) {
          together[i] = Parcel.of(1, sent.size());
          sent.add(together[i]);
        }
        a.send(b, together);
        if (sent.size() % 10 == 0) {
          b.awaitCount(sent.size());
        }
      }
      b.awaitCount(sent.size());

      assertThat(b.received()).isEqualTo(sent);
    }
  }

  @Test
  default void attachmentsArriveUnchanged() throws IOException {
    try (TransportNetwork network = network();
        End a = new End(network, A);
        End b = new End(network, B)) {
      a.reach(b);
      List<List<byte[]>> sent = new ArrayList<>();
      for (int[] sizes :
          new int[][] {{0}, {1, 0, 5}, {1 << 16}, {3 << 20}, {1 << 20, 7, 1 << 20}}) {
        List<byte[]> attachments = new ArrayList<>();
        for (int size : sizes) {
          byte[] bytes = new byte[size];
          new Random(size).nextBytes(bytes);
          attachments.add(bytes);
        }
        sent.add(attachments);
        a.send(b, new Parcel(1, sent.size(), attachments));
        b.awaitCount(sent.size());
      }

      for (int i = 0; i < sent.size(); i++) {
        List<byte[]> found = b.received().get(i).attachments();
        assertThat(found).hasSameSizeAs(sent.get(i));
        for (int j = 0; j < found.size(); j++) {
          assertThat(found.get(j)).isEqualTo(sent.get(i).get(j));
        }
      }
    }
  }

  /** Nothing is thrown, and the caller is not held up: the suite's time limit would strike. */
  @Test
  default void sendingToNobodyDropsTheMessages() throws IOException {
    byte[] large = new byte[100_000];
    try (TransportNetwork network = network();
        End a = new End(network, A);
        End b = new End(network, B)) {
      b.end();
      for (int i = 0; i < 5000; i++) {
        a.send(b, new Parcel(1, i, List.of(large)));
      }
      assertThat(b.count()).isZero();
    }
  }

  @Test
  default void aPeerIsFoundAgainAfterItsRestart() throws IOException {
    try (TransportNetwork network = network();
        End a = new End(network, A)) {
      for (int life = 1; life <= 3; life++) {
        try (End b = new End(network, B)) {
          a.reach(b);
          b.reach(a);
          a.send(b, Parcel.of(1, life));
          b.awaitParcel(Parcel.of(1, life));
          b.send(a, Parcel.of(2, life));
          a.awaitParcel(Parcel.of(2, life));
          a.forget();
        }
        // Lost, or, if it was on its way, for the next life.
        a.transport.send(B, List.of(Parcel.of(3, life)));
      }
      assertThat(a.received()).containsExactly(Parcel.of(2, 1), Parcel.of(2, 2), Parcel.of(2, 3));
    }
  }

  @Test
  default void onePeerThatIsDownDoesNotDisturbTheOthers() throws IOException {
    try (TransportNetwork network = network();
        End a = new End(network, A);
        End b = new End(network, B)) {
      a.reach(b);
      for (int i = 0; i < 500; i++) {
        a.transport.send(C, List.of(Parcel.of(9, i)));
        a.send(b, Parcel.of(1, i));
        if (i % 50 == 49) {
          b.awaitCount(i + 1);
        }
      }
      assertThat(b.received()).hasSize(500);
    }
  }

  @Test
  default void afterCloseNothingIsSentOrReceived() throws IOException {
    try (TransportNetwork network = network();
        End a = new End(network, A);
        End b = new End(network, B);
        End c = new End(network, C)) {
      a.reach(b);
      c.reach(b);
      b.reach(c);
      a.end();
      a.send(b, Parcel.of(1, 1));
      a.end();
      c.send(b, Parcel.of(2, 1));
      b.awaitCount(1);

      assertThat(b.received()).containsExactly(Parcel.of(2, 1));
    }
  }

  @Test
  default void severalThreadsMaySend() throws IOException {
    try (TransportNetwork network = network();
        End a = new End(network, A);
        End b = new End(network, B)) {
      assumeTrue(network.threaded(), "one thread runs everything here");
      a.reach(b);
      List<CompletableFuture<Void>> threads = new ArrayList<>();
      for (int lane = 0; lane < 4; lane++) {
        int own = lane;
        threads.add(
            CompletableFuture.runAsync(() -> {
              for (int i = 0; i < 200; i++) {
                a.send(b, Parcel.of(own, i));
              }
            }));
      }
      threads.forEach(CompletableFuture::join);
      b.awaitCount(800);

      for (int lane = 0; lane < 4; lane++) {
        int own = lane;
        List<Parcel> inLane = b.received().stream().filter(p -> p.lane() == own).toList();
        assertThat(inLane).hasSize(200);
        assertThat(inLane).extracting(Parcel::number).isSorted();
      }
    }
  }
}
