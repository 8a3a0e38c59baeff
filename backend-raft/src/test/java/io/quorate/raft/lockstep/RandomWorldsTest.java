// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Pipeline;
import io.quorate.raft.RaftConfig.Safeguards;
import io.quorate.raft.RaftConfig.Snapshots;
import io.quorate.raft.RaftConfig.Timing;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Groups under faults drawn from seeds: the invariants hold after each event, and once the faults
 * end, every replica soon has everything.
 */
class RandomWorldsTest {
  private static final int SEEDS = Integer.getInteger("quorate.raft.seeds", 20);
  private static final int FIRST = Integer.getInteger("quorate.raft.first-seed", 1);

  @Test
  void invariantsHoldAndTheGroupRecovers() {
    run(FIRST, SEEDS);
  }

  @Test
  @Tag("slow")
  void invariantsHoldInManyMoreWorlds() {
    run(FIRST + SEEDS, 120 * SEEDS);
  }

  private static void run(int first, int seeds) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int seed = first; seed < first + seeds; seed++) {
      try {
        run(seed).forEach((what, count) -> counts.merge(what, count, Integer::sum));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ": -Dquorate.raft.seeds=1 -Dquorate.raft.first-seed=" + seed, e);
      }
    }
    // A run that never came to the rare edges proves nothing about them.
    assertThat(counts)
        .containsKeys(
            "snapshots installed",
            "raft §5.3 conflict",
            "raft §7 snapshot",
            "raft §3.10 transfer",
            "raft §6.2 check quorum",
            "raft repair",
            "reads answered",
            "sent StaleTerm",
            "sent ReadIndexReply");
    if (Boolean.getBoolean("quorate.raft.print")) {
      counts.forEach((what, count) -> System.out.println(what + ": " + count));
    }
  }

  private static Map<String, Integer> run(int seed) {
    Random random = new Random(seed * 7919L);
    boolean leases = random.nextBoolean();
    Faults faults = Faults.draw(random);
    LockstepCluster cluster =
        new LockstepCluster(
            seed, random.nextInt(4) == 0 ? 5 : 3, config(random, leases, faults), faults);
    cluster.startAll();
    cluster.startClients(1_000_000L * (5 + random.nextInt(40)), leases);
    cluster.startDisturbing();
    cluster.run(Duration.ofSeconds(8));
    cluster.heal();
    long before = cluster.invariants().committed();
    cluster.run(Duration.ofSeconds(6));
    assertThat(cluster.invariants().committed())
        .as("commits after the faults ended, seed %s", seed)
        .isGreaterThan(before);
    cluster.stopClients();
    assertThat(cluster.runUntil(cluster::level, Duration.ofSeconds(10)))
        .as("all replicas are level, seed %s: %s", seed, cluster.nodes().get(0).status())
        .isTrue();
    return cluster.counts();
  }

  private static RaftConfig config(Random random, boolean leases, Faults faults) {
    RaftConfig defaults = RaftConfig.defaults();
    // Timeouts below the delays would only show that nothing can be elected.
    long unit = 1 + faults.delayMaxNanos() / 20_000_000;
    return defaults
        .with(
            new Timing(
                Duration.ofMillis(150 * unit),
                Duration.ofMillis(300 * unit),
                Duration.ofMillis(50 * unit),
                Duration.ofMillis(200 + random.nextInt(500))))
        .with(
            new Safeguards(
                random.nextInt(5) != 0, random.nextInt(5) != 0, leases, faults.drift() * 1.1))
        .with(
            new Pipeline(
                200 + random.nextInt(2000),
                1 + random.nextInt(16),
                400 + random.nextInt(4000),
                1 + random.nextInt(32),
                1 + random.nextInt(20_000),
                200 + random.nextInt(20_000)))
        .with(new Snapshots(1 + random.nextInt(10), random.nextInt(4000), random.nextInt(20)));
  }
}
