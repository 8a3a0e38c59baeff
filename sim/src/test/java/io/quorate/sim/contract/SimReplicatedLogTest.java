// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReplicatedLog;
import io.quorate.core.client.ClientOptions;
import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.cluster.SimCluster;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.toy.FixedLeader;
import io.quorate.sim.toy.FixedLeader.Flaw;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The shipped client library and runtime, over a protocol that is as simple as can be. */
final class SimReplicatedLogTest implements ReplicatedLogContract {
  private static final ClientOptions OPTIONS =
      new ClientOptions(
          Duration.ofSeconds(30),
          Duration.ofMillis(300),
          Duration.ofMillis(2),
          Duration.ofMillis(100),
          1024);

  @Override
  public LogGroup group() {
    World world = new World(1, 20_000_000, new TraceLog(false));
    SimCluster cluster =
        new SimCluster(
            world,
            ClusterOptions.calm(3),
            SimBackend.of("toy", random -> new FixedLeader(Flaw.NONE)),
            node -> new TallyMachine());
    cluster.start();
    return new Group(world, cluster);
  }

  private record Group(World world, SimCluster cluster, List<ReplicatedLog> clients)
      implements LogGroup {

    private Group(World world, SimCluster cluster) {
      this(world, cluster, new ArrayList<>());
    }

    @Override
    public ReplicatedLog client() {
      ReplicatedLog client = cluster.client("c" + clients.size(), OPTIONS);
      clients.add(client);
      return client;
    }

    @Override
    public <T> T get(CompletableFuture<T> answer) {
      world.runUntil(answer::isDone, world.now() + 60_000_000_000L);
      assertThat(world.failure()).isNull();
      return answer.orTimeout(1, TimeUnit.SECONDS).join();
    }

    @Override
    public void disturb() {
      for (SimNode node : cluster.nodes()) {
        if (node.isLeader()) {
          node.pause(true);
          world.after(700_000_000, node::resume);
        }
      }
    }

    @Override
    public void close() {
      clients.forEach(ReplicatedLog::close);
      assertThat(world.failure()).isNull();
    }
  }
}
