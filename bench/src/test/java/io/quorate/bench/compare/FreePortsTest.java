// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ports that replicas can have, and that nobody else gets meanwhile. */
final class FreePortsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @Test
  void theyAreDifferentAndNoneIsOneThatTheSystemGivesToAnybody() throws IOException {
    List<Integer> ports = FreePorts.of(50);

    assertThat(ports).hasSize(50).doesNotHaveDuplicates();
    try (ServerSocket any = new ServerSocket(0, 1, LOOPBACK)) {
      assertThat(ports).allMatch(port -> port < 32_768 && any.getLocalPort() >= 32_768);
    }
  }

  @Test
  void whatSomebodyHasForTcpOrUdpIsNotAmongThem() throws IOException {
    int taken = FreePorts.of(1).get(0);
    try (ServerSocket tcp = new ServerSocket(taken, 1, LOOPBACK)) {
      assertThat(FreePorts.from(taken, 2)).doesNotContain(tcp.getLocalPort());
    }
    try (DatagramSocket udp = new DatagramSocket(taken, LOOPBACK)) {
      assertThat(FreePorts.from(taken, 2)).doesNotContain(udp.getLocalPort());
    }
    assertThat(FreePorts.from(taken, 2)).contains(taken);
  }

  @Test
  void behindTheHighestComesTheLowest() {
    assertThat(FreePorts.from(31_999, 3)).anyMatch(port -> port < 11_000);
  }

  @Test
  void moreThanThereAreIsRefused() {
    assertThatThrownBy(() -> FreePorts.of(30_000))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("of the ports 10000 to 31999 fewer than 30000 are free");
  }
}
