// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What the machine has said to itself since it began, by TCP and UDP, whoever it was; each is
 * absent where the system does not tell.
 *
 * @param packets as handed to the interface: a message may take several, several may share one, and
 *     acknowledgements of TCP are packets, too
 * @param bytes headers included
 */
record Loopback(OptionalLong packets, OptionalLong bytes) {
  /** Columns after the name: received bytes and packets; what is sent is received here. */
  private static final int BYTES = 0;

  private static final int PACKETS = 1;

  static Loopback now() {
    return of(Path.of("/proc/net/dev"));
  }

  static Loopback of(Path statistics) {
    try {
      for (String line : Files.readAllLines(statistics)) {
        String[] parts = line.strip().split(":\\s*", 2);
        if (parts.length == 2 && parts[0].equals("lo")) {
          String[] columns = parts[1].split("\\s+");
          return new Loopback(
              OptionalLong.of(Long.parseLong(columns[PACKETS])),
              OptionalLong.of(Long.parseLong(columns[BYTES])));
        }
      }
    } catch (IOException e) {
      // Only Linux tells in this way.
    }
    return new Loopback(OptionalLong.empty(), OptionalLong.empty());
  }
}
