// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.node.QuorateClient;
import io.quorate.samples.kv.KvResult.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** {@code kill -9} of the leader in the middle of a load. */
final class LeaderKilled {
  private LeaderKilled() {}

  /**
   * Fails unless another replica leads, the load ends as if nothing had been, and the killed
   * replica comes back and holds what the others hold.
   *
   * @param prefix of keys that nobody else uses
   * @return the longest time without progress
   */
  static Duration run(ReplicaGroup group, QuorateClient client, String prefix, int keys)
      throws IOException {
    AtomicReference<String> killed = new AtomicReference<>("");
    Duration gap =
        LoadUnderFault.run(
            group,
            client,
            prefix,
            keys,
            () -> {
              killed.set(group.awaitLeader(client));
              group.process(killed.get()).kill();
            });
    String victim = killed.get();

    assertThat(group.awaitLeader(client)).isNotEqualTo(victim);
    Command without = Command.run("status", "--config", group.config());
    group.startMissing();
    group.awaitCaughtUp(client);
    Command with = Command.run("status", "--config", group.config());

    assertThat(without.code()).isZero();
    assertThat(line(without, victim)).contains("unreachable");
    assertThat(with.code()).as(with.err()).isZero();
    assertThat(with.out()).doesNotContain("unreachable").contains("leader", "follower");
    List<Item> expected = Contents.of(client, prefix, ReadConsistency.LINEARIZABLE);
    try (QuorateClient alone = group.connectOnly(victim)) {
      assertThat(Contents.of(alone, prefix, ReadConsistency.local(0)).equals(expected))
          .as("what " + victim + " holds is what the group holds")
          .isTrue();
    }
    return gap;
  }

  private static String line(Command status, String node) {
    return status.out().lines().filter(line -> line.startsWith(node)).findFirst().orElseThrow();
  }
}
