// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.api.Session;
import io.quorate.api.SessionOptions;
import io.quorate.api.error.TooManySessions;
import io.quorate.node.QuorateClient;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.samples.kv.KvStateMachine;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the section {@code sessions} does, with a real replica. */
@Timeout(60)
class SessionSettingsTest {
  @TempDir private Path folder;

  private Path config(String sessions) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    return Files.writeString(
        folder.resolve("quorate.conf"),
        """
        quorate {
          group = orders, backend = raft, data-dir = "%s"
          members { n1 = "127.0.0.1:%d" }
          sessions { %s }
        }
        """
            .formatted(folder.resolve("data"), port, sessions));
  }

  private static QuorateNode start(Path config) {
    return QuorateNode.start(QuorateConfig.load(config, NodeId.of("n1")), new KvStateMachine());
  }

  @Test
  void aFullGroupIsSaidAtOnce() throws Exception {
    Path config = config("max = 1");
    try (QuorateNode node = start(config)) {
      Session only = node.log().openSession().get(30, TimeUnit.SECONDS);

      CommandRun put =
          CommandRun.of("kv", "put", "k", "1", "--config", config.toString(), "--timeout", "10m");
      assertThat(put.code()).isEqualTo(1);
      assertThat(put.err())
          .isEqualTo(
              "quorate: the group holds 1 sessions, as many as sessions.max allows: close some,"
                  + " let them expire, or raise sessions.max on all nodes"
                  + " (it was surely not applied)\n");
      assertThatThrownBy(() -> node.log().openSession().get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(TooManySessions.class);

      only.close();
      Await.until("it is closed", () -> node.status().sessions() == 0);
      node.log().openSession().get(30, TimeUnit.SECONDS).close();
    }
  }

  @Test
  void aSessionWhoseClientDoesNotChooseExpiresAsConfigured() throws Exception {
    try (QuorateNode node = start(config("expire-after = 1 s"))) {
      Await.until("somebody leads", () -> node.status().protocol().leader() != null);
      SessionOptions longer =
          new SessionOptions(SessionOptions.Order.SUBMISSION, Duration.ofMinutes(10));
      node.log().openSession(longer).get(30, TimeUnit.SECONDS);
      // A client that dies without a word: its session is not kept alive.
      try (QuorateClient client = QuorateClient.connect(node.config().groupConfig())) {
        client.log().openSession().get(30, TimeUnit.SECONDS);
        // What a status says is up to 20 ms old.
        Await.until("both are open", () -> node.status().sessions() == 2);
      }
      // In about a second, not in an hour.
      Await.until("it has expired", () -> node.status().sessions() == 1);
      assertThat(node.status().sessions()).isEqualTo(1);
    }
  }
}
