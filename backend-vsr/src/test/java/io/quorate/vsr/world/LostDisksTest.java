// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.Role;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Groups with options drawn from a seed lose disk after disk, never more at a time than they may,
 * among crashes, cuts, and links that let go at once what they held back (VRR §4.3).
 */
@Tag("sim")
final class LostDisksTest {
  private static final int ROUNDS = 40;
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void noAcknowledgedOpIsLost() {
    assertThat(losses(12)).isGreaterThan(20);
  }

  @Test
  @Tag("slow")
  void noAcknowledgedOpIsLostInManyWorlds() {
    assertThat(losses(300)).isGreaterThan(500);
  }

  private static long losses(int seeds) {
    return LongStream.rangeClosed(1, seeds).parallel().map(seed -> new Group(seed).run()).sum();
  }

  /** One group, driven by its seed. */
  private static final class Group {
    private final Random random;
    private final Scenario s;
    private final int nodes;
    private final TreeSet<Integer> lost = new TreeSet<>();
    private final List<Pending> writes = new ArrayList<>();
    private long losses;

    Group(long seed) {
      random = new Random(seed);
      nodes = seed % 3 == 0 ? 5 : 3;
      s = Scenario.of(VsrWorlds.swarm()).nodes(nodes).seed(seed).start();
    }

    long run() {
      for (int round = 0; round < ROUNDS; round++) {
        if (round % 2 == 0) {
          writes.add(s.client(1 + round % 4).add(7, 1));
        }
        disturb();
        s.run(Duration.ofMillis(random.nextInt(400)));
        lost.removeIf(number -> recovered(s.node(number)));
      }
      s.heal();
      s.cluster().nodes().forEach(s::restart);
      for (int i = 1; i <= nodes; i++) {
        SimNode node = s.node(i);
        s.until(() -> recovered(node), LONG, node.id() + " has recovered");
      }
      writes.forEach(s::await);
      Pending read = s.client(5).get(7);
      s.await(read);
      assertThat(read.value()).isEqualTo(writes.size());
      s.check();
      return losses;
    }

    private static boolean recovered(SimNode node) {
      ReplicaStatus status = node.status();
      return status != null && status.role() != Role.RECOVERING;
    }

    private void disturb() {
      int number = 1 + random.nextInt(nodes);
      SimNode node = s.node(number);
      switch (random.nextInt(8)) {
        case 0 -> {
          s.crash(node);
          s.restart(node);
        }
        case 1 -> s.isolate(node);
        case 2, 3 -> s.heal();
        case 4 -> clog(node);
        case 5 -> {
          s.pause(node);
          s.run(Duration.ofMillis(random.nextInt(600)));
          s.resume(node);
        }
        default -> {
          // As many as the group may lose, those among them that have not recovered yet.
          if (lost.contains(number) || lost.size() < (nodes - 1) / 2) {
            lost.add(number);
            losses++;
            node.loseDisk();
            s.run(Duration.ofMillis(random.nextInt(100)));
            s.restart(node);
          }
        }
      }
    }

    private void clog(SimNode node) {
      SimNode other = s.node(1 + random.nextInt(nodes));
      if (other != node) {
        s.happens(
            "clog " + node.id() + " " + other.id() + " for " + random.nextInt(50, 900) + "ms");
      }
    }
  }
}
