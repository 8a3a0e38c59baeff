// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of this machine that nobody has. None of those that the system gives to whoever asks for
 * any: between the choice and the start of a replica a client would get it, or a replica beside it.
 */
public final class FreePorts {
  private static final int LOWEST = 10_000;
  // Linux gives those from 32,768 on to outgoing connections, others those from 49,152 on.
  private static final int HIGHEST = 31_999;

  private FreePorts() {}

  /**
   * So many different ports, free for TCP and for UDP at this moment.
   *
   * @throws IllegalStateException if there are not so many
   */
  public static List<Integer> of(int count) {
    // Others choose, too: not all are to begin at the same one.
    return from(ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1), count);
  }

  /** The same, looking from a port on, and behind the highest from the lowest. */
  static List<Integer> from(int first, int count) {
    int all = HIGHEST - LOWEST + 1;
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < all && count <= all && ports.size() < count; i++) {
      int port = LOWEST + (first - LOWEST + i) % all;
      if (isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException(
          "of the ports %d to %d fewer than %d are free".formatted(LOWEST, HIGHEST, count));
    }
    return ports;
  }

  private static boolean isFree(int port) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket tcp = new ServerSocket(port, 1, loopback);
        DatagramSocket udp = new DatagramSocket(port, loopback)) {
      return tcp.isBound() && udp.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
