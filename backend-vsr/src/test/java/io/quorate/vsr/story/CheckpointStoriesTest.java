// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.story;

import static io.quorate.vsr.story.Turns.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.client.ClientOptions;
import io.quorate.core.log.Bytes;
import io.quorate.core.runtime.RuntimeLimits;
import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.cluster.SimCluster;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.World;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.world.VsrWorlds;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Checkpoints (VRR §5.1, design B.5): at the same ops everywhere, of the same state. */
public final class CheckpointStoriesTest {
  /** So many bytes of log between checkpoints that a few dozen ops bring one. */
  static final RuntimeLimits OFTEN = often();

  private static RuntimeLimits often() {
    RuntimeLimits d = RuntimeLimits.DEFAULT;
    return new RuntimeLimits(
        d.commandBytesMax(),
        d.inFlightBytesMax(),
        d.batchBytesMax(),
        d.batchCommandsMax(),
        d.readsWaitingMax(),
        d.readTimeout(),
        d.inboxMessagesMax(),
        d.applyBacklogBytesMax(),
        3_000,
        2,
        1_000,
        d.sessionsMax());
  }

  private static TreeSet<Long> checkpoints(SimNode node) {
    return new TreeSet<>(node.disk().snapshotSlots());
  }

  @Test // B.5: whoever restarted, lagged, or was sent one: nobody takes one where others do not
  public void allReplicasTakeThemAtTheSameOps() {
    Scenario s = Scenario.of(VsrWorlds.with(VsrConfig.defaults())).limits(OFTEN).seed(5).start();
    List<TreeSet<Long>> seen = new ArrayList<>();
    s.cluster().nodes().forEach(node -> seen.add(new TreeSet<>()));
    for (int round = 0; round < 12; round++) {
      SimNode other = s.node(1 + round % 3);
      if (round % 2 == 1) {
        s.crash(other);
      } else {
        s.isolate(other);
      }
      s.until(() -> s.cluster().leader() != null, SOON, "a primary");
      s.puts(1, 12, 0);
      s.heal();
      s.restart(other);
      s.puts(2, 6, 0);
      s.untilEqual();
      s.run(Duration.ofMillis(100));
      for (int i = 0; i < 3; i++) {
        seen.get(i).addAll(checkpoints(s.node(i + 1)));
      }
    }
    s.check();
    assertThat(s.count("apply.checkpoint logged")).isGreaterThanOrEqualTo(6);
    TreeSet<Long> all = new TreeSet<>();
    seen.forEach(all::addAll);
    // Whoever lagged or still wrote one leaves some out, but each is one that the log asked for.
    assertThat(all).hasSizeLessThanOrEqualTo((int) s.count("apply.checkpoint logged"));
    seen.forEach(each -> assertThat(each).hasSizeGreaterThanOrEqualTo(4));
  }

  /** Counts commands; one copy counts one of them twice, and nobody sees it in any answer. */
  private static final class Count implements StateMachine {
    private final long twice;
    private long value;

    Count(long twice) {
      this.twice = twice;
    }

    @Override
    public byte[] apply(byte[] command, ApplyContext context) {
      value += context.index() == twice ? 2 : 1;
      return new byte[0];
    }

    @Override
    public byte[] query(byte[] query) {
      return digest();
    }

    @Override
    public byte[] digest() {
      byte[] state = new byte[Long.BYTES];
      Bytes.putLong(state, 0, value);
      return state;
    }

    @Override
    public SnapshotSource capture() {
      byte[] state = digest();
      return out -> out.write(state);
    }

    @Override
    public void restore(InputStream in, int writtenBy) throws IOException {
      value = Bytes.getLong(in.readAllBytes(), 0);
    }
  }

  private static World run(NodeId wrong) {
    World world = new World(1, 20_000_000, new TraceLog(false));
    SimCluster cluster =
        new SimCluster(
            world,
            ClusterOptions.calm(3).withLimits(OFTEN),
            VsrWorlds.with(VsrConfig.defaults()),
            node -> new Count(node.equals(wrong) ? 20 : 0));
    cluster.start();
    try (ReplicatedLog client = cluster.client("c1", ClientOptions.DEFAULT)) {
      for (int i = 0; i < 100 && world.failure() == null; i++) {
        CompletableFuture<?> done = client.submitIdempotent(new byte[] {1});
        world.runUntil(
            () -> done.isDone() || world.failure() != null, world.now() + 60_000_000_000L);
      }
      world.runUntil(world.now() + 2_000_000_000L);
    }
    return world;
  }

  @Test // B.5, D.8: the digest of the state at a checkpoint goes through the log
  public void aReplicaWhoseStateDivergedIsCaughtAtTheNextCheckpoint() {
    assertThat(run(NodeId.of("none")).failure()).isNull();
    World world = run(NodeId.of("n1")); // primary of the first view is n2
    assertThat(world.failure())
        .contains("n1")
        .contains("the state of this replica differs from the leader's");
  }

  @Test // the primary itself: everybody else stops, nobody serves what may be wrong
  public void aPrimaryWhoseStateDivergedIsNotFollowed() {
    World world = run(NodeId.of("n2"));
    assertThat(world.failure()).contains("the state of this replica differs from the leader's");
  }
}
