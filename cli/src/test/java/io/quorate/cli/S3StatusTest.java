// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.samples.kv.KvStateMachine;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code status} and {@code admin inspect} say about a log in a bucket, here a folder. */
class S3StatusTest {
  private static final NodeId NODE = NodeId.of("n1");

  @TempDir private Path folder;

  private Path config() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    return Files.writeString(
        folder.resolve("quorate.conf"),
        """
        quorate {
          group = single
          backend = s3
          members { n1 = "127.0.0.1:%d" }
          data-dir = "%s"
          s3 { store = folder, folder = "%s" }
        }
        """
            .formatted(port, folder.resolve("data"), folder.resolve("bucket")));
  }

  private static QuorateNode start(Path config) {
    QuorateNode node = QuorateNode.start(QuorateConfig.load(config, NODE), new KvStateMachine());
    Await.until("it leads", () -> node.status().protocol().role() == Role.LEADER);
    return node;
  }

  @Test
  void statusShowsTheRootTheSegmentTheWindowAndTheLoad() throws IOException {
    Path config = config();
    QuorateNode node = start(config);
    try {
      assertThat(CommandRun.of("kv", "put", "a", "1", "--config", config.toString()).code())
          .isZero();
      CommandRun text = CommandRun.of("status", "--config", config.toString(), "--over", "100ms");
      assertThat(text.code()).as(text.err()).isZero();
      assertThat(text.out())
          .contains("root version: 1", "segment: epoch 1 from slot 1", "window: ", "PUT/s, ")
          .contains(" an hour at this load");
      CommandRun run =
          CommandRun.of("status", "--config", config.toString(), "--over", "0s", "--json");
      JsonNode replica = Json.parse(run.out()).get("replicas").get(0);
      assertThat(replica.get("details").get("root_version").textValue()).isEqualTo("1");
      assertThat(replica.get("load").get("puts_per_second").doubleValue()).isPositive();
      assertThat(replica.get("load").get("dollars_per_hour").doubleValue()).isPositive();
    } finally {
      node.abort();
    }
  }

  @Test
  void inspectReadsTheLogOfAGroupThatDoesNotRun() throws IOException {
    Path config = config();
    assertThat(CommandRun.of("admin", "inspect", "--config", config.toString()))
        .satisfies(run -> {
          assertThat(run.code()).isEqualTo(2);
          assertThat(run.err()).contains("there is no folder ").contains(" to inspect");
        });
    QuorateNode node = start(config);
    assertThat(CommandRun.of("kv", "put", "a", "1", "--config", config.toString()).code()).isZero();
    node.abort();

    CommandRun text = CommandRun.of("admin", "inspect", "--config", config.toString());
    assertThat(text.code()).as(text.err() + text.out()).isZero();
    assertThat(text.out()).contains("epoch: 1", "leader: n1 ", "last hour: ", "whole: ");

    Path first = entryOfSlotOne();
    byte[] bytes = Files.readAllBytes(first);
    bytes[bytes.length - 1] ^= 1;
    Files.write(first, bytes);
    CommandRun damaged = CommandRun.of("admin", "inspect", "--config", config.toString(), "--json");
    assertThat(damaged.code()).isEqualTo(1);
    JsonNode json = Json.parse(damaged.out());
    assertThat(json.get("whole").booleanValue()).isFalse();
    assertThat(json.get("damage")).hasSize(1);
    assertThat(json.get("last_hour").get("objects").longValue()).isPositive();
  }

  private Path entryOfSlotOne() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("bucket"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> String.valueOf(file.getFileName()).startsWith("0000000000000001"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void inspectWantsAFolderOrAConfigurationAndNotBoth() {
    for (String[] wrong :
        new String[][] {
          {"admin", "inspect"},
          {"admin", "inspect", "data", "--config", "quorate.conf"},
          {"admin", "inspect", "data", "--json"}
        }) {
      CommandRun run = CommandRun.of(wrong);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).startsWith("quorate: ").hasLineCount(1);
    }
  }

  @Test
  void theLoadIsThatBetweenTwoLooks() {
    TreeMap<String, Long> earlier = new TreeMap<>();
    earlier.put("uptime_ms", 10_000L);
    earlier.put("object_create_stored", 100L);
    earlier.put("object_get_found", 7L);
    TreeMap<String, Long> later = new TreeMap<>(earlier);
    later.put("uptime_ms", 12_000L);
    later.put("object_create_stored", 140L);
    later.put("object_replace_stored", 1L);
    assertThat(ObjectLoad.between(earlier, later))
        .hasValueSatisfying(load -> {
          assertThat(load.overMillis()).isEqualTo(2_000);
          assertThat(load.writes()).isEqualTo(41);
          assertThat(load.reads()).isZero();
          assertThat(load.dollarsPerHour())
              .isBetween(0.368, 0.370); // 20.5 a second at $5 a million
        });
    assertThat(ObjectLoad.between(null, later))
        .hasValueSatisfying(load -> assertThat(load.overMillis()).isEqualTo(12_000));
    later.put("uptime_ms", 3_000L); // restarted between the looks
    assertThat(ObjectLoad.between(earlier, later))
        .hasValueSatisfying(load -> assertThat(load.writes()).isEqualTo(141));
    later.remove("uptime_ms");
    assertThat(ObjectLoad.between(null, later)).isEmpty();
  }
}
