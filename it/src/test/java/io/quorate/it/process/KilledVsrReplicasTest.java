// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.core.port.ReplicaReport;
import io.quorate.node.QuorateClient;
import io.quorate.rocksdb.LogKind;
import java.io.IOException;
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
 * Three processes with {@code backend = vsr} and default settings, as in {@code
 * samples/conf/vsr-3.conf}: killed under load, all at a time, and damaged on disk.
 */
@Timeout(300)
class KilledVsrReplicasTest {
  /**
   * Longest time without progress when a primary dies. On a quiet machine it is well below 2 s; the
   * bound is generous because others may use the cores of a test.
   */
  private static final Duration GAP_MAX = Duration.ofSeconds(10);

  @TempDir private static Path folder;
  private static ReplicaGroup group;
  private static QuorateClient client;

  @BeforeAll
  static void start() throws IOException {
    group =
        ReplicaGroup.start(
            folder, List.of("n1", "n2", "n3"), "backend = vsr, rocksdb.log = rocksdb");
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
  void aLoadOutlivesItsPrimary() throws IOException {
    loadWhileThePrimaryIsKilled("a-", 10_000);
  }

  @Test
  @Tag("slow")
  void aBigLoadOutlivesItsPrimary() throws IOException {
    loadWhileThePrimaryIsKilled("big-", 100_000);
  }

  private static void loadWhileThePrimaryIsKilled(String prefix, int keys) throws IOException {
    Duration gap = LeaderKilled.run(group, client, prefix, keys);
    System.out.printf("VSR, primary killed: no progress for %d ms%n", gap.toMillis());
    assertThat(gap).as("longest time without progress (target: 2 s)").isLessThan(GAP_MAX);
  }

  @Test
  @Tag("slow")
  void everyAcknowledgedWriteOutlivesTheDeathOfAll() {
    AllKilled.run(group, client, "b-");
  }

  /** A bad block under entries that it had acknowledged: nobody need do anything. */
  @Test
  void damagedEntriesAreMendedFromTheOthersAndStatusShowsIt() throws IOException {
    String victim = "n3";
    Command load =
        Command.run(
            "kv", "load", "--config", group.config(), "--generate", "500", "--key-prefix", "c-");
    assertThat(load.code()).as(load.err()).isZero();
    group.awaitCaughtUp(client);
    restart(victim); // moves what the write-ahead log holds into table files
    kill(victim);
    DamagedFiles.flipEntries(group.data(victim), LogKind.ROCKSDB);

    group.startMissing();
    group.awaitCaughtUp(client);
    Await.until(
        () -> repaired(victim) > 0, () -> "nothing was repaired: " + ReplicaGroup.reports(client));
    Command status = Command.run("status", "--config", group.config());

    assertThat(status.out()).contains("repaired slots");
    try (QuorateClient alone = group.connectOnly(victim)) {
      assertThat(Contents.of(alone, "c-", ReadConsistency.local(0)))
          .isEqualTo(Contents.of(client, "c-", ReadConsistency.LINEARIZABLE));
    }
    kill(victim);
    assertThat(DamagedFiles.inspected(group.data(victim))).startsWith("sound");
  }

  private static void restart(String node) {
    kill(node);
    group.startMissing();
    group.awaitCaughtUp(client);
  }

  private static void kill(String node) {
    group.process(node).kill();
    int unused = group.process(node).awaitExit();
  }

  private static long repaired(String node) {
    ReplicaReport report = ReplicaGroup.reports(client).get(node);
    String count = report == null ? null : report.protocol().details().get("repaired_slots");
    return count == null ? 0 : Long.parseLong(count);
  }
}
