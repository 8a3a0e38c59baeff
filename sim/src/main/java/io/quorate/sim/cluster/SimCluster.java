// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.cluster;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.client.ClientOptions;
import io.quorate.core.client.LogClient;
import io.quorate.core.port.Backend;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.sim.clock.SimClock;
import io.quorate.sim.disk.SimDisk;
import io.quorate.sim.net.SimNetwork;
import io.quorate.sim.objectstore.BucketInvariant;
import io.quorate.sim.objectstore.SimBucket;
import io.quorate.sim.oracle.Oracle;
import io.quorate.sim.oracle.ProtocolInvariant;
import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.SimulatedCrash;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A group of replicas in a world: the machines, the network between them, and the oracle. */
public final class SimCluster {
  private static final GroupId GROUP = GroupId.of("sim");

  private final World world;
  private final ClusterOptions options;
  private final Backend backend;
  private final List<ProtocolInvariant> protocolInvariants;
  private final Function<NodeId, StateMachine> stateMachines;
  private final SimNetwork network;
  private final @Nullable SimBucket bucket;
  private final Oracle oracle;
  private final List<NodeId> members = new ArrayList<>();
  private final TreeMap<NodeId, SimNode> nodes = new TreeMap<>();
  private final TreeSet<NodeId> expendable = new TreeSet<>();

  /**
   * A group none of whose replicas runs yet.
   *
   * @param stateMachines makes the state machine of each incarnation of a replica
   */
  public SimCluster(
      World world,
      ClusterOptions options,
      SimBackend backend,
      Function<NodeId, StateMachine> stateMachines) {
    this.world = world;
    this.options = options;
    this.backend = backend.create().apply(world.random("backend"));
    this.protocolInvariants = backend.invariants().get();
    this.stateMachines = stateMachines;
    TreeMap<NodeId, SimDisk> disks = new TreeMap<>();
    for (int i = 1; i <= options.nodes(); i++) {
      members.add(NodeId.of("n" + i));
      disks.put(NodeId.of("n" + i), new SimDisk());
    }
    network =
        new SimNetwork(
            world,
            (from, to) ->
                isMember(from) && isMember(to) ? options.peerLink() : options.clientLink());
    bucket = backend.traits().sharedStore() ? newBucket() : null;
    oracle = new Oracle(world, backend.traits(), disks);
    disks.forEach((id, disk) -> nodes.put(id, new SimNode(this, id, disk, newClock(id.value()))));
  }

  private SimBucket newBucket() {
    SimBucket made = new SimBucket(world, options.store());
    for (ProtocolInvariant rule : protocolInvariants) {
      if (rule instanceof BucketInvariant watcher) {
        made.watch(watcher);
      }
    }
    return made;
  }

  private boolean isMember(String place) {
    return place.startsWith("n");
  }

  private SimClock newClock(String owner) {
    SimRandom random = world.random("clock/" + owner);
    long ppm = random.between(-options.clockPpmMax(), options.clockPpmMax());
    long offset = random.between(-options.clockOffsetMaxNanos(), options.clockOffsetMaxNanos());
    return new SimClock(world, random.between(1, 1L << 40), offset, ppm);
  }

  /** Starts all replicas, one after the other within a few milliseconds. */
  public void start() {
    SimRandom random = world.random("start");
    for (SimNode node : nodes.values()) {
      world.after(random.below(5_000_000), node::start);
    }
  }

  /** The world that it is in. */
  public World world() {
    return world;
  }

  /** What it was made of. */
  public ClusterOptions options() {
    return options;
  }

  /** The links. */
  public SimNetwork network() {
    return network;
  }

  /** The object store that they share; null for protocols that have none. */
  public @Nullable SimBucket bucket() {
    return bucket;
  }

  /** Who knows the one true log. */
  public Oracle oracle() {
    return oracle;
  }

  /** Names of the members. */
  public List<NodeId> members() {
    return members;
  }

  /** All machines in the order of their names. */
  public List<SimNode> nodes() {
    return new ArrayList<>(nodes.values());
  }

  /** The machine with this name. */
  public SimNode node(NodeId id) {
    SimNode node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException("no node " + id + " among " + members);
    }
    return node;
  }

  /** The leader of the highest epoch among the live; null if none of them leads. */
  public @Nullable SimNode leader() {
    SimNode found = null;
    long epoch = -1;
    for (SimNode node : nodes.values()) {
      ReplicaStatus status = node.status();
      if (status != null && node.isLeader() && status.epoch() > epoch) {
        found = node;
        epoch = status.epoch();
      }
    }
    return found;
  }

  /**
   * Marks a machine whose disk may be damaged for good; so many that a quorum of whole copies
   * remains.
   *
   * @return false if that would be one too many
   */
  public boolean expend(NodeId id) {
    if (expendable.contains(id)) {
      return true;
    }
    if (expendable.size() >= (members.size() - 1) / 2) {
      return false;
    }
    for (SimNode node : nodes()) {
      for (long slot : node.disk().damaged()) {
        if (!mayDamage(id, slot)) {
          return false;
        }
      }
    }
    expendable.add(id);
    return true;
  }

  /**
   * Whether some copy of what may be committed at {@code slot} is left if that of {@code id} is
   * damaged: the entry is then damaged, or may be lost, on no more than a minority of disks.
   */
  public boolean mayDamage(NodeId id, long slot) {
    TreeSet<NodeId> without = new TreeSet<>(expendable);
    without.add(id);
    for (SimNode node : nodes()) {
      if (node.disk().isDamaged(slot)) {
        without.add(node.id());
      }
    }
    return without.size() <= (members.size() - 1) / 2;
  }

  boolean isExpendable(NodeId id) {
    return expendable.contains(id);
  }

  /** A client of the group: the library that ships, over simulated connections. */
  public LogClient client(String name, ClientOptions clientOptions) {
    SimClock clock = newClock(name);
    VirtualHost host = new VirtualHost(world, clock, new ClientMachine(name));
    return LogClient.start(
        new SimConnections(this, name), clock, host, clientOptions, world.random("client/" + name));
  }

  /** Ends all faults: the network is whole, everybody runs, disks work. */
  public void heal() {
    network.heal();
    SimBucket shared = bucket;
    if (shared != null) {
      shared.heal();
    }
    for (SimNode node : nodes.values()) {
      node.disk().heal();
      node.resume();
      if (!node.isUp()) {
        node.start();
      }
    }
  }

  /** Time since which some replica owes an answer to a client; none: {@link Long#MAX_VALUE}. */
  public long oldestOpenCallNanos() {
    return nodes.values().stream().mapToLong(SimNode::oldestOpenCallNanos).min().orElse(0);
  }

  GroupId group() {
    return GROUP;
  }

  Backend backend() {
    return backend;
  }

  List<ProtocolInvariant> protocolInvariants() {
    return protocolInvariants;
  }

  StateMachine newStateMachine(NodeId node) {
    return stateMachines.apply(node);
  }

  /** A crash armed by {@link SimNode#crashWithin} has happened: somebody must start it again. */
  void onCrashed(SimNode node) {
    world.after(
        50_000_000 + world.random("restart/" + world.now()).exponential(1_000_000_000),
        node::start);
  }

  private final class ClientMachine implements VirtualHost.Machine {
    private final String name;
    private final SimRandom random;

    ClientMachine(String name) {
      this.name = name;
      this.random = world.random("machine/" + name);
    }

    @Override
    public long delayNanos(String actor) {
      return 1_000 + random.exponential(options.turnMeanNanos());
    }

    @Override
    public long heldUntilNanos(String actor) {
      return 0;
    }

    @Override
    public boolean frozen(String actor) {
      return false;
    }

    @Override
    public void onPowerCut(SimulatedCrash crash) {
      throw crash;
    }

    @Override
    public void onFailure(String actor, Throwable failure) {
      world.fail("client " + name + " failed: " + failure);
    }
  }
}
