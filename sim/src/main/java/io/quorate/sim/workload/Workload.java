// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.api.NodeId;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.apply.DeterminismAudit;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.sim.cluster.SimCluster;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The clients of a run, the operator, and what they learnt. */
public final class Workload {
  private final World world;
  private final WorkloadOptions options;
  private final List<SimClient> clients = new ArrayList<>();
  private final SimRandom random;
  private @Nullable SimCluster cluster;
  private @Nullable Ledger ledger;
  private final boolean audit;
  private boolean stopped;

  /** A workload to be connected to a cluster. */
  public Workload(World world, WorkloadOptions options) {
    this(world, options, false);
  }

  /**
   * A workload to be connected to a cluster.
   *
   * @param audit whether state machines apply every command twice
   */
  public Workload(World world, WorkloadOptions options, boolean audit) {
    this.world = world;
    this.options = options;
    this.audit = audit;
    this.random = world.random("operator");
  }

  /** Makes the state machine of an incarnation; for the cluster. */
  public StateMachine stateMachine(NodeId node) {
    SimKv machine = new SimKv(node, new LateLedger());
    return audit ? new DeterminismAudit(machine, () -> SimKv.unwatched(node)) : machine;
  }

  /** Connects to the cluster whose state machines were made here. */
  public void connect(SimCluster to) {
    cluster = to;
    Ledger own = new Ledger(world, to.oracle());
    ledger = own;
    for (int i = 1; i <= options.clients(); i++) {
      clients.add(new SimClient(world, i, to.client("c" + i, options.client()), own, options));
    }
  }

  /** Begins to call. */
  public void start() {
    clients.forEach(SimClient::start);
    if (options.adminMeanNanos() > 0) {
      operate();
    }
  }

  /** Ends new calls. */
  public void stop() {
    stopped = true;
    clients.forEach(SimClient::stop);
  }

  /** Lets every client submit one more command until it is acknowledged. */
  public void prove() {
    clients.forEach(SimClient::prove);
  }

  /** Whether every client's command was acknowledged after {@link #prove}. */
  public boolean hasProved() {
    return clients.stream().allMatch(SimClient::hasProved);
  }

  /** Calls that were not answered yet. */
  public int inFlight() {
    return clients.stream().mapToInt(SimClient::inFlight).sum();
  }

  /** What clients asked and were told. */
  public Ledger ledger() {
    Ledger own = ledger;
    if (own == null) {
      throw new IllegalStateException("the workload is not connected");
    }
    return own;
  }

  /** Last command that changed the state of a live replica; -1 if it does not live. */
  public long stateIndex(SimNode node) {
    SimKv kv = machineOf(node);
    return kv == null ? -1 : kv.lastIndex();
  }

  /** Hash over the state of a live replica. */
  public long stateDigest(SimNode node) {
    SimKv kv = machineOf(node);
    return kv == null ? -1 : kv.stateDigest();
  }

  private static @Nullable SimKv machineOf(SimNode node) {
    return switch (node.stateMachine()) {
      case SimKv kv -> kv;
      case DeterminismAudit audited when audited.audited() instanceof SimKv kv -> kv;
      case null, default -> null;
    };
  }

  private void operate() {
    world.after(
        random.exponential(options.adminMeanNanos()),
        () -> {
          SimCluster group = cluster;
          if (stopped || group == null) {
            return;
          }
          SimNode node = random.pick(group.nodes());
          SimNode target = random.pick(group.nodes());
          boolean anybody = random.chance(0.3);
          AdminCommand command =
              random.chance(0.5)
                  ? new AdminCommand.TakeSnapshot()
                  : new AdminCommand.TransferLeadership(anybody ? null : target.id());
          if (command instanceof AdminCommand.TransferLeadership) {
            SimNode leader = group.leader();
            node = leader == null ? node : leader;
          }
          node.ask(door -> door.admin(command, new Ignore(), 0));
          operate();
        });
  }

  /** The operator does not care. */
  private static final class Ignore implements ReplySink {
    @Override
    public void done(long tag, long index, long epoch, byte[] result) {}

    @Override
    public void refused(long tag, Refusal refusal) {}

    @Override
    public void flush() {}
  }

  /** State machines are made before the ledger is. */
  private final class LateLedger implements SimKv.Watcher {
    @Override
    public void onApplied(
        NodeId node,
        long index,
        KvCommand command,
        KvAnswer answer,
        long digest,
        boolean repeated) {
      ledger().onApplied(node, index, command, answer, digest, repeated);
    }

    @Override
    public void onRestored(NodeId node, long index, long digest) {
      ledger().onRestored(node, index, digest);
    }
  }
}
