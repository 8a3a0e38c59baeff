// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.core.port.ReplicaReport;
import io.quorate.node.QuorateClient;
import io.quorate.samples.kv.KvResult.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes, some of them killed, under load: nothing acknowledged is lost, nothing is
 * applied twice, and the group goes on.
 */
@Timeout(300)
class KilledReplicasTest {
  /**
   * Longest time without progress when a leader dies. On a quiet machine it is well below 2 s; the
   * bound is generous because others may use the cores of a test.
   */
  private static final Duration GAP_MAX = Duration.ofSeconds(10);

  @TempDir private static Path folder;
  private static ReplicaGroup group;
  private static QuorateClient client;

  @BeforeAll
  static void start() throws IOException {
    group = ReplicaGroup.start(folder);
    client = group.connect();
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (group != null) {
      group.close();
    }
  }

  @BeforeEach
  void allRun() {
    group.startMissing();
    group.awaitCaughtUp(client);
  }

  @Test
  void aLoadOutlivesItsLeader() throws IOException {
    loadWhileTheLeaderIsKilled("a-", 10_000);
  }

  @Test
  @Tag("slow")
  void aBigLoadOutlivesItsLeader() throws IOException {
    loadWhileTheLeaderIsKilled("big-", 100_000);
  }

  private static void loadWhileTheLeaderIsKilled(String prefix, int keys) throws IOException {
    Duration gap = LeaderKilled.run(group, client, prefix, keys);
    assertThat(gap).as("longest time without progress (target: 2 s)").isLessThan(GAP_MAX);
  }

  @Test
  void everyAcknowledgedWriteOutlivesTheDeathOfAll() {
    AllKilled.run(group, client, "b-");
  }

  @Test
  void aKilledLoadGoesOnWhereItWas() {
    int keys = 8_000;
    List<String> arguments =
        List.of(
            "kv",
            "load",
            "--config",
            group.config(),
            "--generate",
            Integer.toString(keys),
            "--key-prefix",
            "c-",
            "--timeout",
            "90s",
            "--json");

    for (int share = 1; share <= 2; share++) {
      try (ChildJvm loader = ChildJvm.start("load-" + share, folder, arguments)) {
        String reached = Contents.key("c-", keys * share / 4);
        Await.until(
            () -> Contents.has(client, reached) || !loader.isAlive(),
            () -> "the load makes no progress" + loader.output());
        loader.kill();
        assertThat(loader.awaitExit()).as("killed by a signal" + loader.output()).isEqualTo(137);
      }
    }
    Command last = Command.run(arguments.toArray(new String[0]));

    assertThat(last.code()).as(last.err()).isZero();
    assertThat(last.err()).contains("going on after the first ");
    assertThat(last.out()).contains("\"keys\":" + keys).doesNotContain("\"resumed_after\":0,");
    Contents.assertLoadedOnce(client, "c-", keys);
  }

  @Test
  void aLeaderThatIsToStopHandsOver() {
    Traffic increments =
        Traffic.start(client.log(), 4, 2, (store, number) -> store.increment("d", 1));
    increments.awaitMore(200);
    String leader = group.awaitLeader(client);
    increments.watchGap();

    group.process(leader).terminate();
    int code = group.process(leader).awaitExit();
    String next = group.awaitLeader(client);
    increments.awaitMore(200);
    increments.stop();

    assertThat(code).as(group.process(leader).output()).isZero();
    assertThat(group.process(leader).out()).endsWith(leader + " has stopped\n");
    assertThat(next).isNotEqualTo(leader);
    assertThat(increments.longestGap())
        .as("longest time without progress (target: 2 s)")
        .isLessThan(GAP_MAX);
    assertThat(Contents.valueOf(client, "d")).isEqualTo(Long.toString(increments.acknowledged()));
    ReplicaReport report = ReplicaGroup.reports(client).get(next);
    assertThat(report).isNotNull();
    assertThat(report.protocol().roleReason())
        .as("why " + next + " leads")
        .contains("on request of the last leader");
  }

  @Test
  void aCommandOverTheLimitIsRefusedAndNothingElse() throws IOException {
    assertThat(put("e-before", "x").code()).isZero();

    Command big = put("e-big", "x".repeat(ReplicaGroup.COMMAND_BYTES_MAX));
    Command fitting = put("e-fitting", "x".repeat(ReplicaGroup.COMMAND_BYTES_MAX - 100));

    assertThat(big.code()).isEqualTo(2);
    assertThat(big.err())
        .hasLineCount(1)
        .startsWith("quorate: ")
        .contains(Integer.toString(ReplicaGroup.COMMAND_BYTES_MAX))
        .contains("surely not applied");
    assertThat(fitting.code()).as(fitting.err()).isZero();
    assertThat(Contents.of(client, "e-", ReadConsistency.LINEARIZABLE).stream().map(Item::key))
        .containsExactly("e-before", "e-fitting");
  }

  private static Command put(String key, String value) {
    return Command.run("kv", "put", key, value, "--config", group.config(), "--timeout", "90s");
  }

  @Test
  void aClientAtTheWrongPortSaysSo() throws IOException {
    int nobody = FreePorts.one();
    Path otherGroup = folder.resolve("other-group.conf");
    Files.writeString(
        otherGroup,
        Files.readString(Path.of(group.config())).replace("group = orders", "group = invoices"));

    Command unconnected =
        Command.run("kv", "put", "f", "1", "--connect", "127.0.0.1:" + nobody, "--timeout", "2s");
    Command astray =
        Command.run("kv", "put", "f", "1", "--config", otherGroup.toString(), "--timeout", "90s");

    assertThat(unconnected.code()).isEqualTo(2);
    assertThat(unconnected.err())
        .hasLineCount(1)
        .startsWith("quorate: no replica can be reached")
        .contains("127.0.0.1:" + nobody);
    assertThat(astray.code()).isEqualTo(2);
    assertThat(astray.err())
        .hasLineCount(1)
        .startsWith("quorate: the configuration is of group invoices, but node n1 at ")
        .contains(" is of group orders")
        .contains("; correct the group or the addresses");
    assertThat(Contents.has(client, "f")).isFalse();
  }
}
