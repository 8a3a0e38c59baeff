// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterTest {
  @TempDir private Path folder;

  @Test
  void theCounterGoesOnWhereItWas() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Path config =
        Files.writeString(
            folder.resolve("quorate.conf"),
            """
            quorate {
              group = counting
              backend = raft
              members { n1 = "127.0.0.1:%d" }
              data-dir = "%s"
            }
            """
                .formatted(port, folder.resolve("data")));

    assertThat(run(config)).endsWith("it is 3\n");
    assertThat(run(config)).endsWith("it is 6\n");
  }

  private static String run(Path config) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CounterMain.run(config, NodeId.of("n1"), new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
