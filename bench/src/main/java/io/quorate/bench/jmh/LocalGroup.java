// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.NodeId;
import io.quorate.api.ReplicatedLog;
import io.quorate.core.client.ClientOptions;
import io.quorate.core.client.GatewayDirectory;
import io.quorate.core.client.LogClient;
import io.quorate.core.log.Entry;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Backend;
import io.quorate.core.port.Clock;
import io.quorate.core.port.Gateway;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import io.quorate.core.runtime.Observer;
import io.quorate.core.runtime.Replica;
import io.quorate.core.runtime.RuntimeLimits;
import io.quorate.core.runtime.SystemClock;
import io.quorate.core.runtime.ThreadHost;
import io.quorate.core.session.SessionLimits;
import io.quorate.sim.contract.MemoryLogStore;
import io.quorate.sim.contract.MemoryObjectStore;
import io.quorate.sim.contract.MemorySnapshotStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Three replicas with the threads of production, one client beside them, and nothing slow: network,
 * disks and the object store are memory. What they keep is bounded by a snapshot every 16 MiB of
 * log.
 */
final class LocalGroup implements AutoCloseable {
  private final Map<NodeId, Replica> replicas = new LinkedHashMap<>();
  private final List<ConsensusMetrics> metrics = new ArrayList<>();
  private final LogClient client;

  /** Starts the replicas; a leader is elected when the client's first call is answered. */
  LocalGroup(Backend backend) {
    Clock clock = new SystemClock();
    ThreadHost host = new ThreadHost(clock);
    LocalNetwork network = new LocalNetwork(backend.codec());
    MemoryObjectStore.Bucket bucket = new MemoryObjectStore.Bucket();
    for (NodeId self : Backends.MEMBERS) {
      ConsensusMetrics counts = new ConsensusMetrics();
      metrics.add(counts);
      replicas.put(
          self,
          Replica.start(
              new Replica.Parts(
                  Backends.seat(self),
                  backend,
                  new CountingMachine(),
                  new MemoryLogStore.Disk().open(),
                  new MemorySnapshotStore.Disk().open(),
                  backend.needs().objects() ? bucket.open() : ObjectStore.NONE,
                  network.of(self),
                  clock,
                  host,
                  limits(),
                  SessionLimits.DEFAULT,
                  counts,
                  new Unobserved())));
    }
    client =
        LogClient.start(new Doors(), clock, host, ClientOptions.DEFAULT, new SplittableRandom(5));
  }

  private static RuntimeLimits limits() {
    RuntimeLimits usual = RuntimeLimits.DEFAULT;
    return new RuntimeLimits(
        usual.commandBytesMax(),
        usual.inFlightBytesMax(),
        usual.batchBytesMax(),
        usual.batchCommandsMax(),
        usual.readsWaitingMax(),
        usual.readTimeout(),
        usual.inboxMessagesMax(),
        usual.applyBacklogBytesMax(),
        16L << 20,
        1,
        usual.tailBytesMax(),
        usual.sessionsMax());
  }

  /** The client. */
  ReplicatedLog client() {
    return client;
  }

  /** What the three replicas counted since they started, by name, added up. */
  long counted(String name) {
    long sum = 0;
    for (ConsensusMetrics each : metrics) {
      sum += each.snapshot().getOrDefault(name, 0L);
    }
    return sum;
  }

  /** What each replica says of itself, for the message of a run that went wrong. */
  String describe() {
    StringBuilder text = new StringBuilder();
    replicas.forEach((node, replica) -> {
      ReplicaReport report = replica.door().report();
      text.append("\n  ").append(node).append(": ").append(report.health());
      text.append(", applied ").append(report.appliedSlot());
      text.append(", ").append(report.protocol());
    });
    return text.toString();
  }

  /** Stops everything; throws {@link IllegalStateException} if a replica had halted by itself. */
  @Override
  public void close() {
    List<String> halted = new ArrayList<>();
    replicas.forEach((node, replica) -> {
      String reason = replica.haltReason();
      if (reason != null) {
        halted.add(node + ": " + reason);
      }
    });
    client.close();
    replicas.values().forEach(Replica::close);
    if (!halted.isEmpty()) {
      throw new IllegalStateException("replicas halted: " + halted);
    }
  }

  private final class Doors implements GatewayDirectory {
    @Override
    public List<NodeId> nodes() {
      return Backends.MEMBERS;
    }

    @Override
    public Gateway gateway(NodeId node) {
      Replica replica = replicas.get(node);
      if (replica == null) {
        throw new IllegalArgumentException(node + " is not a member");
      }
      return replica.door();
    }

    @Override
    public void close() {}
  }

  private static final class Unobserved implements Observer {
    @Override
    public void onRole(RoleChange change) {}

    @Override
    public void onCommit(long slot) {}

    @Override
    public void onApplied(Entry entry) {}

    @Override
    public void onTrace(Trace trace) {}

    @Override
    public void onHalt(String reason) {}
  }
}
