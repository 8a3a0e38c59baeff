// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nobody uses. They lie below those that systems give to outgoing connections: the port
 * of a killed replica must not become the near end of somebody's connection before it is back.
 */
public final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 31_999;

  private FreePorts() {}

  /** One free port. */
  public static int one() throws IOException {
    return some(1).get(0);
  }

  /** So many of them, ascending. */
  public static List<Integer> some(int count) throws IOException {
    List<Integer> ports = new ArrayList<>();
    int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST - 1000);
    while (ports.size() < count) {
      if (port > HIGHEST) {
        throw new IOException("no free port up to " + HIGHEST);
      }
      if (isFree(port)) {
        ports.add(port);
      }
      port++;
    }
    return ports;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
