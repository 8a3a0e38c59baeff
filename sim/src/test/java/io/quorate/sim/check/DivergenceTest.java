// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.client.ClientOptions;
import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.cluster.SimCluster;
import io.quorate.sim.toy.FixedLeader;
import io.quorate.sim.toy.FixedLeader.Flaw;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.World;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** D.8: a replica whose state machine went its own way is found out by its digest. */
final class DivergenceTest {
  private static final int COMMANDS = 600; // each in an entry of its own, so two digests

  /** Counts; one copy counts one command twice. */
  private static final class Count implements StateMachine {
    private final long countTwice;
    private final boolean offers;
    private final int version;
    private long value;

    Count(long countTwice, boolean offers, int version) {
      this.countTwice = countTwice;
      this.offers = offers;
      this.version = version;
    }

    @Override
    public int version() {
      return version;
    }

    @Override
    public byte[] apply(byte[] command, ApplyContext context) {
      value += context.index() == countTwice ? 2 : 1;
      return new byte[0];
    }

    @Override
    public byte[] query(byte[] query) {
      return state();
    }

    @Override
    public byte @Nullable [] digest() {
      return offers ? state() : null;
    }

    @Override
    public SnapshotSource capture() {
      long captured = value;
      return out -> new DataOutputStream(out).writeLong(captured);
    }

    @Override
    public void restore(InputStream in, int writtenBy) throws IOException {
      value = new DataInputStream(in).readLong();
    }

    private byte[] state() {
      return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
  }

  private interface Machines {
    StateMachine of(NodeId node);
  }

  /** Runs the commands; returns the world as they left it. */
  private static World run(Machines machines) {
    World world = new World(1, 20_000_000, new TraceLog(false));
    SimCluster cluster =
        new SimCluster(
            world,
            ClusterOptions.calm(3),
            SimBackend.of("toy", random -> new FixedLeader(Flaw.NONE)),
            machines::of);
    cluster.start();
    try (ReplicatedLog client = cluster.client("c1", ClientOptions.DEFAULT)) {
      for (int i = 0; i < COMMANDS && world.failure() == null; i++) {
        CompletableFuture<?> done = client.submitIdempotent(new byte[] {1});
        world.runUntil(
            () -> done.isDone() || world.failure() != null, world.now() + 60_000_000_000L);
      }
      world.runUntil(world.now() + 2_000_000_000L);
    }
    return world;
  }

  private static StateMachine count(NodeId node, boolean offers, int version) {
    boolean differs = node.value().equals("n2");
    return new Count(differs ? 300 : 0, offers, differs ? version : 1);
  }

  @Test
  void replicasThatAgreeGoOn() {
    World world = run(node -> new Count(0, true, 1));
    assertThat(world.failure()).isNull();
    assertThat(world.coverage().count("apply.digest logged")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void theReplicaThatDiffersHaltsAndSaysWhy() {
    World world = run(node -> count(node, true, 1));
    assertThat(world.failure())
        .contains("n2")
        .contains("the state of this replica differs from the leader's")
        .contains("after slot 512");
  }

  @Test
  void withoutDigestsNobodyNotices() {
    World world = run(node -> count(node, false, 1));
    assertThat(world.failure()).isNull();
    assertThat(world.coverage().count("apply.digest logged")).isZero();
  }

  @Test // while a release is rolled out
  void digestsOfAnotherVersionAreNotCompared() {
    World world = run(node -> count(node, true, 2));
    assertThat(world.failure()).isNull();
    assertThat(world.coverage().count("apply.digest logged")).isGreaterThanOrEqualTo(2);
  }
}
