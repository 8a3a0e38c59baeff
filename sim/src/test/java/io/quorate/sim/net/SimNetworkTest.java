// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.World;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimNetworkTest {
  private static final NodeId A = NodeId.of("a");
  private static final NodeId B = NodeId.of("b");

  private final World world = new World(1, 100_000, new TraceLog(false));
  private final List<String> arrived = new ArrayList<>();

  private SimNetwork network(LinkProfile profile) {
    SimNetwork network = new SimNetwork(world, (from, to) -> profile);
    network.attach(B, (from, frame) -> arrived.addAll(frame.names()));
    return network;
  }

  private static SimNetwork.Frame frame(String... names) {
    List<WireMessage> messages = new ArrayList<>();
    for (String name : names) {
      messages.add(new WireMessage(name.getBytes(StandardCharsets.UTF_8), List.of()));
    }
    return new SimNetwork.Frame(messages, List.of(names), List.of((Object[]) names));
  }

  @Test
  void anOrderedLinkKeepsTheOrder() {
    SimNetwork network = network(LinkProfile.CALM);
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sent.add("m" + i);
      network.send(A, B, frame("m" + i));
    }
    world.runUntil(1_000_000_000);
    assertThat(arrived).isEqualTo(sent);
  }

  @Test
  void anUnorderedLinkRepeatsAndReorders() {
    SimNetwork network = network(new LinkProfile(1_000, 1_000_000, 0, 0, 0, 0.5, false, 0));
    for (int i = 0; i < 200; i++) {
      network.send(A, B, frame("m" + i));
    }
    world.runUntil(60_000_000_000L);
    assertThat(arrived).hasSizeGreaterThan(250);
    assertThat(arrived.stream().distinct()).hasSize(200);
    assertThat(arrived).isNotEqualTo(arrived.stream().sorted().toList());
  }

  @Test
  void overlappingCutsEndOneByOne() {
    SimNetwork network = network(LinkProfile.CALM);
    Link link = network.link("a", "b");
    link.cut();
    link.cut();
    link.mend();
    network.send(A, B, frame("lost"));
    link.mend();
    network.send(A, B, frame("through"));
    world.runUntil(1_000_000_000);
    assertThat(arrived).containsExactly("through");
    assertThat(network.lost()).isEqualTo(1);
  }

  @Test
  void aCloggedLinkHoldsBackWhatThenComesAtOnce() {
    SimNetwork network = network(LinkProfile.CALM);
    network.link("a", "b").clog();
    network.send(A, B, frame("x"));
    network.send(A, B, frame("y"));
    world.runUntil(5_000_000_000L);
    assertThat(arrived).isEmpty();
    network.link("a", "b").unclog();
    world.runUntil(5_001_000_000L);
    assertThat(arrived).containsExactlyInAnyOrder("x", "y");
  }

  @Test
  void oneKindOfMessageIsLostOutOfItsFrame() {
    SimNetwork network = network(LinkProfile.CALM);
    network.link("a", "b").dropKind("ack");
    network.send(A, B, frame("put", "ack", "put"));
    world.runUntil(1_000_000_000);
    assertThat(arrived).containsExactly("put", "put");
  }
}
