// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReplicatedLog;
import io.quorate.api.Session;
import io.quorate.core.client.ClientOptions;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;
import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.cluster.SimCluster;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.toy.FixedLeader;
import io.quorate.sim.toy.FixedLeader.Flaw;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.World;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The runtime gives a backend what it needs. */
final class BackendNeedsTest {

  /** A protocol that wants a snapshot every few slots. */
  private record Needy(Backend toy) implements Backend {
    @Override
    public Needs needs() {
      return new Needs(false, 0, 0, 5, false);
    }

    @Override
    public String name() {
      return toy.name();
    }

    @Override
    public ReplicaCore core(Seat seat) {
      return toy.core(seat);
    }

    @Override
    public MessageCodec codec() {
      return toy.codec();
    }
  }

  @Test
  void aSnapshotIsTakenAfterSoManySlotsHoweverSmall() {
    World world = new World(1, 20_000_000, new TraceLog(false));
    SimCluster cluster =
        new SimCluster(
            world,
            ClusterOptions.calm(3),
            SimBackend.of("toy", random -> new Needy(new FixedLeader(Flaw.NONE))),
            node -> new TallyMachine());
    cluster.start();
    ReplicatedLog client = cluster.client("c", ClientOptions.DEFAULT);
    Session session = get(world, client.openSession());
    for (int i = 0; i < 20; i++) {
      get(world, session.submit(TallyMachine.bytes("add x 1")));
    }
    world.runUntil(() -> false, world.now() + 1_000_000_000L);
    for (SimNode node : cluster.nodes()) {
      ReplicaReport report = Objects.requireNonNull(node.report());
      assertThat(report.counters().get("snapshots_taken")).isBetween(3L, 5L);
      SnapshotRef snapshot = Objects.requireNonNull(report.snapshot());
      assertThat(snapshot.slot()).isGreaterThanOrEqualTo(15);
    }
    client.close();
    assertThat(world.failure()).isNull();
  }

  private static <T> T get(World world, CompletableFuture<T> answer) {
    world.runUntil(answer::isDone, world.now() + 60_000_000_000L);
    assertThat(world.failure()).isNull();
    return answer.join();
  }
}
