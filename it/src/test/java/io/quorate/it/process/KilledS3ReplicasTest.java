// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.port.ReplicaReport;
import io.quorate.node.QuorateClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three processes with default settings, their log in a bucket that a fourth one serves: like
 * {@code samples/conf/s3-3.conf}. Replicas and server are killed under load: nothing acknowledged
 * is lost, nothing is applied twice, and the group goes on. Only the probe at each start is off: it
 * has tests of its own, and many starts here.
 */
@Timeout(300)
class KilledS3ReplicasTest {
  /** Longest time without progress when a leader dies. */
  private static final Duration TAKE_OVER_MAX = Duration.ofSeconds(8);

  /** What a machine that has more to do than it can is granted on top. */
  private static final Duration BUSY_ALLOWANCE = Duration.ofSeconds(7);

  /** Longest time without progress when a leader hands over; well below 1 s on a quiet machine. */
  private static final Duration HAND_OVER_MAX = Duration.ofSeconds(3);

  @TempDir private static Path folder;
  private static EndpointProcess endpoint;
  private static ReplicaGroup group;
  private static QuorateClient client;

  @BeforeAll
  static void start() throws IOException {
    endpoint = EndpointProcess.start(folder);
    group =
        ReplicaGroup.start(
            folder,
            List.of("n1", "n2", "n3"),
            """
            backend = s3
              s3 {
                bucket = orders
                prefix = prod
                endpoint = "%s"
                credentials = none
                max-puts-per-second = 0
                probe = false
              }
            """
                .formatted(endpoint.url()));
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
    if (endpoint != null) {
      endpoint.close();
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
    System.out.printf("S3, leader killed: no progress for %d ms%n", gap.toMillis());
    assertThat(gap).as("longest time without progress").isLessThan(takeOverMax());
  }

  private static Duration takeOverMax() {
    var machine = ManagementFactory.getOperatingSystemMXBean();
    boolean busy = machine.getSystemLoadAverage() > machine.getAvailableProcessors();
    return busy ? TAKE_OVER_MAX.plus(BUSY_ALLOWANCE) : TAKE_OVER_MAX;
  }

  @Test
  @Tag("slow")
  void aLoadOutlivesTheServerOfTheBucket() {
    Duration gap =
        LoadUnderFault.run(group, client, "c-", 20_000, () -> endpoint.killAndStartAgain());

    System.out.printf("S3, server killed and started: no progress for %d ms%n", gap.toMillis());
    assertThat(gap).isPositive();
    assertThat(ReplicaGroup.reports(client)).hasSize(3);
  }

  @Test
  @Tag("slow")
  void everyAcknowledgedWriteOutlivesTheDeathOfAll() {
    AllKilled.run(group, client, "b-");
  }

  @Test
  void aLeaderThatIsToStopHandsOver() {
    Set<Long> sums = ConcurrentHashMap.newKeySet();
    Traffic increments =
        Traffic.start(
            client.log(), 4, 2, (store, number) -> store.increment("d", 1).thenAccept(sums::add));
    increments.awaitMore(200);
    String leader = group.awaitLeader(client);
    increments.watchGap();

    group.process(leader).terminate();
    int code = group.process(leader).awaitExit();
    String next = group.awaitLeader(client);
    increments.awaitMore(200);
    increments.stop();

    Duration gap = increments.longestGap();
    System.out.printf("S3, planned hand-over: no progress for %d ms%n", gap.toMillis());
    assertThat(code).as(group.process(leader).output()).isZero();
    assertThat(group.process(leader).out()).endsWith(leader + " has stopped\n");
    assertThat(next).isNotEqualTo(leader);
    assertThat(gap).as("longest time without progress (target: 1 s)").isLessThan(HAND_OVER_MAX);
    assertThat(sums).hasSize(Math.toIntExact(increments.acknowledged()));
    assertThat(Contents.valueOf(client, "d")).isEqualTo(Long.toString(increments.acknowledged()));
    ReplicaReport report = ReplicaGroup.reports(client).get(next);
    assertThat(report).isNotNull();
    assertThat(report.protocol().roleReason()).as("why " + next + " leads").isNotEmpty();
  }
}
