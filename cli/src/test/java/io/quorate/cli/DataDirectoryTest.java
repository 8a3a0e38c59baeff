// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.samples.kv.KvClient;
import io.quorate.samples.kv.KvStateMachine;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code serve} and {@code inspect} say about files that are whole, foreign or damaged. */
class DataDirectoryTest {
  private static final NodeId N1 = NodeId.of("n1");

  @TempDir private Path folder;
  private String kind = "auto";
  private int port;

  @BeforeEach
  void choosePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
  }

  @Test
  void filesOfAnotherGroupAreRefused() throws IOException {
    writeSome("orders");
    Files.createDirectories(folder.resolve("data/other"));
    Files.move(directory("orders"), directory("other"));

    CommandRun run = serve("other");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("belongs to node n1 of group orders, not to node n1 of group other")
        .hasLineCount(1);
  }

  @Test
  void filesInUseAreRefused() throws IOException {
    try (QuorateNode node = start("orders")) {
      CommandRun run = serve("orders");

      assertThat(node.config().node()).isEqualTo(N1);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("is already in use").hasLineCount(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"rocksdb, .log, the log lost its end", "segments, .segment, damaged: "})
  void damagedFilesAreFoundByInspect(String log, String ending, String found) throws IOException {
    kind = log;
    writeSome("orders");
    CommandRun before = CommandRun.of("admin", "inspect", directory("orders").toString());
    damage(directory("orders"), ending);

    CommandRun after = CommandRun.of("admin", "inspect", directory("orders").toString());

    assertThat(before.err()).isEmpty();
    assertThat(before.code()).isZero();
    assertThat(before.out()).contains("group orders, node n1");
    assertThat(after.code()).isEqualTo(1);
    assertThat(after.out()).contains(found);
  }

  /** Flips bytes in the middle of the log, long synced. */
  private static void damage(Path directory, String ending) throws IOException {
    List<Path> logs;
    try (Stream<Path> all = Files.walk(directory)) {
      logs = all.filter(file -> file.toString().endsWith(ending)).toList();
    }
    assertThat(logs).hasSize(1);
    byte[] bytes = Files.readAllBytes(logs.get(0));
    for (int i = 2000; i < 3200; i++) { // more than a record, so that one begins in it
      bytes[i] ^= 0x55;
    }
    Files.write(logs.get(0), bytes);
  }

  private void writeSome(String group) throws IOException {
    try (QuorateNode node = start(group);
        KvClient store = KvClient.open(node.log()).join()) {
      for (int i = 0; i < 20; i++) {
        store.put("key " + i, "x".repeat(500)).join();
      }
    }
  }

  private QuorateNode start(String group) throws IOException {
    return QuorateNode.start(QuorateConfig.load(config(group), N1), new KvStateMachine());
  }

  private CommandRun serve(String group) throws IOException {
    return CommandRun.of("serve", "--config", config(group).toString(), "--node", "n1");
  }

  private Path directory(String group) {
    return folder.resolve("data").resolve(group).resolve("n1");
  }

  private Path config(String group) throws IOException {
    return Files.writeString(
        folder.resolve(group + ".conf"),
        """
        quorate {
          group = %s
          backend = raft
          members { n1 = "127.0.0.1:%d" }
          data-dir = "%s"
          rocksdb.log = %s
        }
        """
            .formatted(group, port, folder.resolve("data"), kind));
  }
}
