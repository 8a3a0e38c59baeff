// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.cluster;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.Entry;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Backend;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Seat;
import io.quorate.core.protocol.Trace;
import io.quorate.core.runtime.Observer;
import io.quorate.core.runtime.Replica;
import io.quorate.sim.clock.SimClock;
import io.quorate.sim.disk.SimDisk;
import io.quorate.sim.disk.SimLogStore;
import io.quorate.sim.disk.SimSnapshotStore;
import io.quorate.sim.net.SimNetwork;
import io.quorate.sim.net.SimTransport;
import io.quorate.sim.objectstore.SimBucket;
import io.quorate.sim.objectstore.SimObjectStore;
import io.quorate.sim.oracle.CoreObserver;
import io.quorate.sim.oracle.ObservedBackend;
import io.quorate.sim.oracle.ObservedCore;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.SimulatedCrash;
import io.quorate.sim.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One machine: a disk and a clock that stay, and replicas that come and go on it, one at a time.
 * What runs is {@link Replica}, the class that ships.
 */
public final class SimNode implements VirtualHost.Machine {
  private static final long RESTART_MEAN_NANOS = 1_000_000_000;

  private final SimCluster cluster;
  private final World world;
  private final NodeId id;
  private final SimDisk disk;
  private final SimClock clock;
  private final SimRandom random;
  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();
  private int incarnation;
  private CrashSwitch power = new CrashSwitch();
  private @Nullable VirtualHost host;
  private @Nullable SimTransport transport;
  private @Nullable SimObjectStore store;
  private @Nullable Replica replica;
  private @Nullable ObservedCore core;
  private @Nullable StateMachine stateMachine;
  private boolean paused;
  private boolean ioGoesOn;
  private boolean dead;
  private boolean mayHalt;
  private List<ServerCalls> connections = new ArrayList<>();

  SimNode(SimCluster cluster, NodeId id, SimDisk disk, SimClock clock) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.id = id;
    this.disk = disk;
    this.clock = clock;
    this.random = world.random("node/" + id);
    cluster.network().attach(id, this::arrive);
  }

  /** Name of the replica. */
  public NodeId id() {
    return id;
  }

  /** The disk, which survives everything. */
  public SimDisk disk() {
    return disk;
  }

  /** The machine's clocks. */
  public SimClock clock() {
    return clock;
  }

  /** Whether a replica runs here, halted or not. */
  public boolean isUp() {
    return replica != null;
  }

  /** Whether a replica runs here that did not halt, and is not frozen. */
  public boolean isLive() {
    Replica running = replica;
    return running != null && running.haltReason() == null && !paused;
  }

  /** Whether the disk is damaged so that no replica can start here any more. */
  public boolean isDead() {
    return dead;
  }

  /** Whether it is frozen. */
  public boolean isPaused() {
    return paused;
  }

  /** The state machine of the running replica. */
  public @Nullable StateMachine stateMachine() {
    return stateMachine;
  }

  /** The core's picture of itself at this instant; null while nothing runs. */
  public @Nullable ReplicaStatus status() {
    ObservedCore running = core;
    return running == null || replica == null ? null : running.status();
  }

  /** What an operator sees; null while nothing runs. */
  public @Nullable ReplicaReport report() {
    Replica running = replica;
    return running == null ? null : running.door().report();
  }

  /** Whether it leads, as far as it knows. */
  public boolean isLeader() {
    ReplicaStatus status = status();
    return isLive() && status != null && status.role() == Role.LEADER;
  }

  /** Last slot that it knows is committed; 0 while nothing runs. */
  public long commitSlot() {
    ReplicaStatus status = status();
    return status == null ? 0 : status.commitSlot();
  }

  /** Starts a replica on what the disk holds; does nothing if one runs. */
  public void start() {
    if (replica != null || dead) {
      return;
    }
    incarnation++;
    power = new CrashSwitch();
    CrashSwitch ownPower = power;
    SimRandom own = random.child("incarnation/" + incarnation);
    VirtualHost ownHost = new VirtualHost(world, clock, this);
    host = ownHost;
    CoreObserver watching =
        new CoreObserver(world, cluster.oracle(), id, cluster.protocolInvariants());
    StateMachine machine = cluster.newStateMachine(id);
    stateMachine = machine;
    SimTransport ownTransport =
        new SimTransport(
            world,
            cluster.network(),
            id,
            cluster.backend().codec(),
            ownPower,
            (to, message) ->
                cluster.protocolInvariants().forEach(rule -> rule.onLeave(id, to, message)));
    transport = ownTransport;
    world.tell(TraceKind.LIFE, id.value(), null, "starts, incarnation " + incarnation, incarnation);
    Replica.Parts parts =
        new Replica.Parts(
            new Seat(cluster.group(), id, cluster.members(), own.child("core")),
            new ObservedBackend(cluster.backend(), watching, made -> core = made),
            machine,
            new SimLogStore(
                disk,
                ownPower,
                own.child("disk"),
                (write, discarded) -> cluster.oracle().onDurable(id, write, discarded)),
            new SimSnapshotStore(disk, ownPower),
            openStore(ownPower),
            ownTransport,
            clock,
            ownHost,
            cluster.options().limits(),
            cluster.options().sessionLimits(),
            new ConsensusMetrics(),
            new HaltObserver());
    try {
      replica = Replica.start(parts);
    } catch (StorageFault fault) {
      world.coverage().hit("disk.start refused");
      world.tell(TraceKind.LIFE, id.value(), null, "cannot start: " + fault.getMessage(), 0);
      forget();
      dead = true;
      if (!cluster.isExpendable(id)) {
        world.fail(id + " cannot start on an undamaged disk: " + fault.getMessage());
      }
    } catch (SimulatedCrash cut) {
      forget();
    }
  }

  private ObjectStore openStore(CrashSwitch ownPower) {
    SimBucket bucket = cluster.bucket();
    if (bucket == null) {
      return ObjectStore.NONE;
    }
    SimObjectStore opened = bucket.open(id, incarnation, ownPower);
    store = opened;
    return opened;
  }

  /** Cuts the power, and puts an empty disk in the place of the old one. */
  public void wipe() {
    crash();
    world.coverage().hit("node.wiped");
    disk.wipe();
    dead = false;
  }

  /**
   * Cuts the power, and puts a new disk in the place of the old one, prepared for a replica that
   * must recover.
   */
  public void loseDisk() {
    crash();
    world.coverage().hit("node.disk lost");
    try {
      disk.lose(cluster.backend().afterLostDisk(cluster.members().size()));
    } catch (Backend.CannotRecover e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    dead = false;
  }

  /** Cuts the power between two events: what was not synced is gone. */
  public void crash() {
    if (replica == null) {
      return;
    }
    world.coverage().hit("node.crash");
    world.tell(TraceKind.LIFE, id.value(), null, "crashes", 0);
    forget();
  }

  /** Cuts the power inside the {@code calls}-th effect from now, from 1. */
  public void crashWithin(int calls) {
    if (replica != null) {
      power.arm(calls);
    }
  }

  /** Stops the process; the rest of the world goes on, and so may a sync that has begun. */
  public void pause(boolean ioGoesOn) {
    if (replica != null && !paused) {
      paused = true;
      this.ioGoesOn = ioGoesOn;
      world.tell(TraceKind.LIFE, id.value(), null, "freezes", 0);
    }
  }

  /** Lets the process go on, as if no time had passed for it. */
  public void resume() {
    if (!paused) {
      return;
    }
    paused = false;
    world.coverage().hit("node.resumed");
    world.tell(TraceKind.LIFE, id.value(), null, "thaws", 0);
    VirtualHost running = host;
    if (running != null) {
      running.resume();
    }
    while (!deferred.isEmpty()) {
      world.after(random.below(50_000), deferred.removeFirst()::run);
    }
  }

  /** From now on a halt is what the schedule asked for; without this it fails the run. */
  public void expectHalt() {
    mayHalt = true;
  }

  private void forget() {
    power.kill();
    VirtualHost running = host;
    if (running != null) {
      running.cut();
    }
    SimTransport own = transport;
    if (own != null) {
      own.close();
    }
    SimObjectStore ownStore = store;
    if (ownStore != null) {
      ownStore.abandon();
    }
    List<ServerCalls> lost = connections;
    connections = new ArrayList<>();
    lost.forEach(ServerCalls::breakConnection);
    host = null;
    transport = null;
    store = null;
    replica = null;
    core = null;
    stateMachine = null;
    paused = false;
    deferred.clear();
  }

  private void arrive(NodeId from, SimNetwork.Frame frame) {
    if (paused) {
      deferred.add(() -> arrive(from, frame));
      return;
    }
    SimTransport own = transport;
    if (own != null && replica != null) {
      guarded(() -> own.deliver(from, frame));
    }
  }

  /**
   * Lets a caller in.
   *
   * @return false if nobody is there to answer
   */
  boolean enter(Consumer<ReplicaDoor> call) {
    Replica running = replica;
    if (running == null) {
      return false;
    }
    if (paused) {
      deferred.add(() -> enter(call));
      return true;
    }
    guarded(() -> call.accept(running.door()));
    return true;
  }

  /** Asks the replica for something that no client could; false if nobody is there. */
  public boolean ask(Consumer<ReplicaDoor> call) {
    return enter(call);
  }

  void connect(ServerCalls connection) {
    connections.add(connection);
  }

  long oldestOpenCallNanos() {
    if (replica == null) {
      return Long.MAX_VALUE;
    }
    return connections.stream().mapToLong(ServerCalls::oldestNanos).min().orElse(Long.MAX_VALUE);
  }

  int incarnation() {
    return incarnation;
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (SimulatedCrash cut) {
      onPowerCut(cut);
    } catch (RuntimeException bug) {
      world.fail(id + " throws at its caller: " + describe(bug));
    }
  }

  @Override
  public long delayNanos(String actor) {
    ClusterOptions options = cluster.options();
    if (actor.endsWith("-log") || actor.endsWith("-snapshot")) {
      return options.syncLeastNanos() + random.exponential(options.syncMeanNanos());
    }
    if (actor.endsWith("-catch-up")) {
      return options.syncLeastNanos() / 4 + random.exponential(options.syncMeanNanos() / 4 + 1);
    }
    return 1_000 + random.exponential(options.turnMeanNanos());
  }

  @Override
  public long heldUntilNanos(String actor) {
    boolean writes = actor.endsWith("-log") || actor.endsWith("-snapshot");
    return writes ? disk.stalledUntilNanos() : 0;
  }

  @Override
  public boolean frozen(String actor) {
    if (!paused) {
      return false;
    }
    if (ioGoesOn && actor.endsWith("-log")) {
      ioGoesOn = false; // the one sync that had begun
      return false;
    }
    return true;
  }

  @Override
  public void onPowerCut(SimulatedCrash cut) {
    if (replica != null || host != null) {
      world.coverage().hit("node.crash inside a turn");
      world.tell(TraceKind.LIFE, id.value(), null, "crashes at: " + cut.getMessage(), 0);
      forget();
      cluster.onCrashed(this);
    }
  }

  @Override
  public void onFailure(String actor, Throwable failure) {
    if (failure instanceof StorageFault) {
      world.coverage().hit("node.halted by storage");
      return;
    }
    world.fail(actor + " failed: " + describe(failure));
  }

  private static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder();
    text.append(failure instanceof InvariantViolation ? "check: " : failure.getClass() + ": ");
    text.append(failure.getMessage());
    StackTraceElement[] stack = failure.getStackTrace();
    for (int i = 0, shown = 0; i < stack.length && shown < 4; i++) {
      if (stack[i].getClassName().startsWith("io.quorate")
          && !stack[i].getClassName().endsWith(".Check")) {
        text.append(shown++ == 0 ? " at " : " < ").append(stack[i].getFileName());
        text.append(':').append(stack[i].getLineNumber());
      }
    }
    return text.toString();
  }

  /** Sees halts, whoever decided them. */
  private final class HaltObserver implements Observer {
    @Override
    public void onRole(RoleChange change) {}

    @Override
    public void onCommit(long slot) {}

    @Override
    public void onApplied(Entry entry) {}

    @Override
    public void onTrace(Trace trace) {}

    @Override
    public void onHalt(String reason) {
      world.tell(TraceKind.LIFE, id.value(), null, "halted: " + reason, 0);
      if (!mayHalt && world.failure() == null) {
        world.after(0, () -> world.fail(id + " halted for no reason of ours: " + reason));
      }
      int halted = incarnation;
      world.after(
          1 + random.exponential(RESTART_MEAN_NANOS),
          () -> {
            if (incarnation == halted && replica != null) {
              crash();
              start();
            }
          });
    }
  }
}
