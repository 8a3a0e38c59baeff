// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.node.QuorateNode;
import io.quorate.samples.kv.KvClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code recover --amnesia}: who may, who may not, and what becomes of it. */
class RecoverCommandTest {
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  @TempDir private Path folder;

  private Path config(String backend, int members) throws IOException {
    StringBuilder names = new StringBuilder();
    for (int i = 1; i <= members; i++) {
      names.append("n%d = \"127.0.0.1:%d\", ".formatted(i, 7100 + i));
    }
    return Files.writeString(
        folder.resolve("quorate.conf"),
        """
        quorate {
          group = orders
          backend = %s
          members { %s }
          data-dir = "%s"
          s3 { store = folder, folder = "%s" }
        }
        """
            .formatted(backend, names, folder.resolve("data"), folder.resolve("store")));
  }

  private static CommandRun recover(Path config) {
    return CommandRun.of("recover", "--amnesia", "--config", config.toString(), "--node", "n1");
  }

  private Path data(String node) {
    return folder.resolve("data/orders").resolve(node);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      textBlock =
"""
          raft ¦ 3 ¦ backend = raft cannot bring back a replica whose disk is lost: it may have voted
          s3 ¦ 3 ¦ backend = s3 needs no recovery: the store is the state
          vsr ¦ 1 ¦ needs 1 healthy other replicas, and a group of 1 has 0
          vsr ¦ 2 ¦ needs 2 healthy other replicas, and a group of 2 has 1
""")
  void whoHasNoWayBackIsTold(String backend, int members, String sentence) throws IOException {
    CommandRun run = recover(config(backend, members));

    assertThat(run.err()).contains(sentence).hasLineCount(1);
    assertThat(run.code()).isEqualTo(2);
    assertThat(data("n1")).doesNotExist();
  }

  @Test
  void aDirectoryThatHoldsAnythingIsLeftAsItIs() throws IOException {
    Path config = config("vsr", 3);
    Files.createDirectories(data("n1"));

    CommandRun run = recover(config);

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("n1 of group orders is prepared in " + data("n1"))
        .contains("quorate serve --config " + config + " --node n1");
    assertThat(Files.readString(data("n1").resolve("identity"))).contains("node=n1");
    assertThat(folder.resolve("data/orders/n1.recovering")).doesNotExist();

    CommandRun again = recover(config);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err())
        .contains(data("n1") + " is not empty, so n1 has not lost its disk")
        .hasLineCount(1);
  }

  @Test
  void aReplicaOnANewDiskGetsEverythingFromTheOthers() throws IOException {
    NodeId lost = NodeId.of("n3");
    try (RunningGroup group = new RunningGroup(folder, "vsr { view-change-timeout = 2 s }")) {
      NodeId leader = group.leader();
      QuorateNode primary = group.nodes().getOrDefault(leader, group.nodes().get(lost));
      try (KvClient store = KvClient.open(primary.log()).join()) {
        for (int i = 0; i < 20; i++) {
          store.put("key " + i, "value").join();
        }
      }
      group.kill(lost);
      delete(data("n3"));
      CommandRun run =
          CommandRun.of("recover", "--amnesia", "--config", group.config(), "--node", "n3");
      assertThat(run.code()).as(run.err()).isZero();
      group.start(lost);
      QuorateNode back = group.nodes().getOrDefault(lost, primary);
      List<String> phases = awaitFollowing(back);
      assertThat(phases).contains("recovering");
      ReplicaStatus status = back.status().protocol();
      assertThat(status.lastSlot()).isGreaterThanOrEqualTo(20);
      assertThat(status.durableSlot()).isEqualTo(status.lastSlot());
    }
  }

  /** Phases that it was seen in until it follows. */
  private static List<String> awaitFollowing(QuorateNode node) {
    List<String> phases = new ArrayList<>();
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < until) {
      ReplicaStatus status = node.status().protocol();
      if (!phases.contains(status.phase())) {
        phases.add(status.phase());
      }
      if (status.role() == Role.FOLLOWER && status.leader() != null && status.durableSlot() > 0) {
        return phases;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("it did not recover: " + node.status().protocol());
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
