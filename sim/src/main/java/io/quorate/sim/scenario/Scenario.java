// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.scenario;

import io.quorate.api.SessionOptions;
import io.quorate.core.client.ClientOptions;
import io.quorate.core.runtime.RuntimeLimits;
import io.quorate.sim.cluster.ClusterOptions;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.cluster.SimCluster;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.fault.Fault;
import io.quorate.sim.fault.FaultInjector;
import io.quorate.sim.objectstore.SimBucket;
import io.quorate.sim.objectstore.StoreOptions;
import io.quorate.sim.trace.TraceLine;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.workload.KvClient;
import io.quorate.sim.workload.KvClient.Pending;
import io.quorate.sim.workload.Workload;
import io.quorate.sim.workload.WorkloadOptions;
import io.quorate.sim.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A failure told in order: what happens, what must be true then. All invariants of the simulator
 * are watched meanwhile; {@link #check} adds those of the end.
 *
 * <pre>{@code
 * Scenario story = Scenario.of(backend).nodes(3).seed(7).start();
 * SimNode old = story.leader();
 * story.isolate(old);
 * Pending write = story.client(1).put(1, 42);
 * story.until(() -> story.leader() != old, Duration.ofSeconds(5), "another leads");
 * story.heal();
 * story.await(write);
 * story.check();
 * }</pre>
 *
 * <p>Every method that lets time pass throws an {@link AssertionError} with the end of the trace
 * when an invariant breaks. With {@code -Dquorate.story.trace=FILE} the whole trace is kept, and
 * {@link #check} and every failure write it to that file.
 */
public final class Scenario {
  private static final @Nullable String TRACE_FILE = System.getProperty("quorate.story.trace");
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final ClientOptions PATIENT =
      new ClientOptions(
          Duration.ofSeconds(60),
          Duration.ofMillis(500),
          Duration.ofMillis(5),
          Duration.ofMillis(100),
          1024);

  private final World world;
  private final SimCluster cluster;
  private final Workload workload;
  private final FaultInjector injector;
  private final TreeMap<Integer, KvClient> clients = new TreeMap<>();

  private Scenario(Builder builder) {
    world = new World(builder.seed, 5_000_000, new TraceLog(TRACE_FILE != null));
    workload = new Workload(world, WorkloadOptions.CALM.withClients(0));
    cluster =
        new SimCluster(
            world,
            ClusterOptions.calm(builder.nodes).withLimits(builder.limits).withStore(builder.store),
            builder.backend,
            workload::stateMachine);
    workload.connect(cluster);
    injector = new FaultInjector(world, cluster);
    cluster.start();
  }

  /** What a story begins with. */
  public static final class Builder {
    private final SimBackend backend;
    private int nodes = 3;
    private long seed = 1;
    private RuntimeLimits limits = RuntimeLimits.DEFAULT;
    private StoreOptions store = StoreOptions.CALM;

    private Builder(SimBackend backend) {
      this.backend = backend;
    }

    /** Number of replicas, named n1, n2, …; 3 unless said. */
    public Builder nodes(int number) {
      nodes = number;
      return this;
    }

    /** Seed of delays and timeouts; 1 unless said. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Bounds of the runtime; its defaults unless said. */
    public Builder limits(RuntimeLimits value) {
      limits = value;
      return this;
    }

    /** The object store of protocols that have one; calm unless said. */
    public Builder store(StoreOptions value) {
      store = value;
      return this;
    }

    /** Starts all replicas, and waits for nothing. */
    public Scenario startCold() {
      return new Scenario(this);
    }

    /** Starts all replicas and waits for a leader. */
    public Scenario start() {
      Scenario scenario = new Scenario(this);
      scenario.until(() -> scenario.cluster.leader() != null, BOUND, "somebody leads");
      return scenario;
    }
  }

  /** A story of a group with this backend. */
  public static Builder of(SimBackend backend) {
    return new Builder(backend);
  }

  /** The world, for what has no method here. */
  public World world() {
    return world;
  }

  /** The group, for what has no method here. */
  public SimCluster cluster() {
    return cluster;
  }

  /** The object store of protocols that have one. */
  public SimBucket bucket() {
    SimBucket bucket = cluster.bucket();
    if (bucket == null) {
      throw new IllegalStateException("this backend has no object store");
    }
    return bucket;
  }

  /** The replica with this number, from 1. */
  public SimNode node(int number) {
    return cluster.nodes().get(number - 1);
  }

  /** The leader of the highest epoch. */
  public SimNode leader() {
    SimNode leader = cluster.leader();
    if (leader == null) {
      throw failed("nobody leads");
    }
    return leader;
  }

  /** A replica that does not lead; the so-manyth by name, from 1. */
  public SimNode follower(int number) {
    SimNode leader = leader();
    List<SimNode> others = cluster.nodes().stream().filter(node -> node != leader).toList();
    return others.get(number - 1);
  }

  /** The client with this number, from 1; made when first asked for. */
  public KvClient client(int number) {
    return client(number, SessionOptions.DEFAULT);
  }

  /** The same, with a session of these options when it is made. */
  public KvClient client(int number, SessionOptions session) {
    return clients.computeIfAbsent(
        number,
        n -> new KvClient(world, n, cluster.client("c" + n, PATIENT), workload.ledger(), session));
  }

  // What happens.

  /** Does what a line of a script says, now; without its {@code at TIME}. */
  public void happens(String what) {
    injector.apply(Fault.parse("at 0s " + what));
  }

  /** Cuts the power of a replica. */
  public void crash(SimNode node) {
    node.crash();
  }

  /** Cuts the power of a replica inside its {@code effects}-th effect from now, from 1. */
  public void crashWithin(SimNode node, int effects) {
    node.crashWithin(effects);
  }

  /** Starts a replica on its old disk. */
  public void restart(SimNode node) {
    node.start();
  }

  /** Freezes a process. */
  public void pause(SimNode node) {
    node.pause(false);
  }

  /** Lets a frozen process go on. */
  public void resume(SimNode node) {
    node.resume();
  }

  /** Cuts a replica off from the others. */
  public void isolate(SimNode node) {
    happens("isolate " + node.id());
  }

  /** Cuts the group in two: these, and the others. */
  public void partition(SimNode... side) {
    StringBuilder names = new StringBuilder();
    for (SimNode node : side) {
      names.append(names.isEmpty() ? "" : "+").append(node.id());
    }
    happens("partition " + names);
  }

  /** Loses what one sends to the other. */
  public void cutOneWay(SimNode from, SimNode to) {
    happens("cut-one-way " + from.id() + " " + to.id());
  }

  /** Lets a disk write nothing for a while. */
  public void stallDisk(SimNode node, Duration time) {
    node.disk().stallUntil(world.now() + time.toNanos());
  }

  /** Ends all faults; starts who does not run. */
  public void heal() {
    cluster.heal();
  }

  // What must be true.

  /** Lets time pass. */
  public void run(Duration time) {
    world.runUntil(world.now() + time.toNanos());
    verify();
  }

  /** Lets time pass until something holds, at most so long. */
  public void until(BooleanSupplier condition, Duration bound, String what) {
    boolean reached = world.runUntil(condition, world.now() + bound.toNanos());
    verify();
    if (!reached) {
      throw failed("not within " + bound + ": " + what);
    }
  }

  /** Lets time pass until somebody leads who is none of these, at most so long; who it is. */
  public SimNode untilAnotherLeads(Duration bound, SimNode... than) {
    List<SimNode> old = List.of(than);
    until(
        () -> cluster.leader() != null && !old.contains(cluster.leader()),
        bound,
        "another leads than " + old);
    return leader();
  }

  /** Lets time pass until an operation is done, and demands that it succeeded. */
  public void await(Pending operation) {
    until(operation::isDone, BOUND, operation + " ends");
    if (!operation.succeeded()) {
      throw failed(operation + " did not succeed");
    }
  }

  /** Puts so many values, one after the other, each acknowledged. */
  public void puts(int client, int count, int padding) {
    for (int i = 1; i <= count; i++) {
      await(client(client).putLarge(i % 10, 1_000L * client + i, padding));
    }
  }

  /** Lets time pass until all live replicas follow one leader and hold the same state. */
  public void untilEqual() {
    until(this::isEqual, BOUND, "all replicas follow one leader and hold the same state");
  }

  private boolean isEqual() {
    SimNode leader = cluster.leader();
    if (leader == null) {
      return false;
    }
    for (SimNode node : cluster.nodes()) {
      var status = node.status();
      if (!node.isLive()
          || status == null
          || !leader.id().equals(status.leader())
          || workload.stateIndex(node) != workload.stateIndex(leader)
          || workload.stateDigest(node) != workload.stateDigest(leader)) {
        return false;
      }
    }
    return true;
  }

  /** Heals the group, waits until all are equal, and checks every operation of the story. */
  public void check() {
    heal();
    untilEqual();
    workload.ledger().checkAll();
    verify();
    writeTrace();
  }

  private void writeTrace() {
    if (TRACE_FILE == null) {
      return;
    }
    try {
      Files.write(
          Path.of(TRACE_FILE), world.trace().lines().stream().map(Object::toString).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often something was counted, see {@link io.quorate.sim.world.Coverage}. */
  public long count(String name) {
    return world.coverage().count(name);
  }

  private void verify() {
    String failure = world.failure();
    if (failure != null) {
      throw failed(failure);
    }
  }

  private AssertionError failed(String what) {
    writeTrace();
    StringBuilder text = new StringBuilder(what).append('\n');
    List<TraceLine> lines = world.trace().lines();
    for (TraceLine line : lines.subList(Math.max(0, lines.size() - 60), lines.size())) {
      text.append("  ").append(line).append('\n');
    }
    return new AssertionError(text.toString());
  }
}
