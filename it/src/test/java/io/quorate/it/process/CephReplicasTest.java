// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.it.store.CephGateway;
import io.quorate.node.QuorateClient;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * Three processes with their log in a bucket of an S3 server that is not ours: run by {@code mvn
 * verify -Pceph}, which also gives them their credentials.
 */
@Tag("ceph")
@Timeout(900)
class CephReplicasTest {
  @TempDir private static Path folder;
  private static CephGateway gateway;
  private static ReplicaGroup group;
  private static QuorateClient client;

  @BeforeAll
  static void start() throws IOException {
    gateway = CephGateway.start(folder.resolve("ceph"));
    group =
        ReplicaGroup.start(
            folder,
            List.of("n1", "n2", "n3"),
            """
            backend = s3
              s3 {
                bucket = %s
                prefix = prod
                region = us-east-1
                endpoint = "%s"
                max-puts-per-second = 0
              }
            """
                .formatted(CephGateway.BUCKET, gateway.url()));
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
    if (gateway != null) {
      gateway.close();
    }
  }

  @BeforeEach
  void allRun() {
    group.startMissing();
    group.awaitCaughtUp(client);
  }

  @Test
  void aLoadOutlivesItsLeader() throws IOException {
    Duration gap = LeaderKilled.run(group, client, "a-", 20_000);
    System.out.printf("Ceph, leader killed: no progress for %d ms%n", gap.toMillis());
    assertThat(gap).isPositive();
  }

  @Test
  void everyAcknowledgedWriteOutlivesTheDeathOfAll() {
    AllKilled.run(group, client, "b-");
  }

  @Test
  void aLoadOutlivesThePowerFailureOfTheStore() {
    Duration gap =
        LoadUnderFault.run(
            group,
            client,
            "c-",
            20_000,
            () -> {
              try {
                gateway.crash();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    System.out.printf("Ceph, store killed and resumed: no progress for %d ms%n", gap.toMillis());
    assertThat(ReplicaGroup.reports(client)).hasSize(3);
  }
}
