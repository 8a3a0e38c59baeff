// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.lockstep;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.core.log.ChainHash;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.core.protocol.Trace;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.codec.RaftCodec;
import io.quorate.sim.contract.TextProposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A group on virtual time: events in order of time, chance from one seed. */
final class LockstepCluster {
  private record Happening(long nanos, long order, Runnable action)
      implements Comparable<Happening> {
    @Override
    public int compareTo(Happening other) {
      int byTime = Long.compare(nanos, other.nanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private static final long EVENTS_MAX = 3_000_000;

  private final Random random;
  private final RaftConfig config;
  private final Faults plannedFaults;
  private final RaftCodec codec = new RaftCodec();
  private final PriorityQueue<Happening> happenings = new PriorityQueue<>();
  private final List<LockstepNode> nodes = new ArrayList<>();
  private final List<NodeId> members = new ArrayList<>();
  private final Map<NodeId, Integer> sides = new HashMap<>();
  private final Invariants invariants = new Invariants(this);
  private final TreeMap<String, Integer> counts = new TreeMap<>();
  private @Nullable NodeId deaf;
  private Faults faults;
  private long nanos;
  private long order;
  private long skew;
  private long events;
  private int proposals;
  private boolean clientsStopped;

  LockstepCluster(long seed, int size, RaftConfig config, Faults faults) {
    this.random = new Random(seed);
    this.config = config;
    this.faults = faults;
    this.plannedFaults = faults;
    for (int i = 1; i <= size; i++) {
      members.add(NodeId.of("n" + i));
    }
    for (NodeId member : members) {
      double rate = 1 + (random.nextDouble() - 0.5) * faults.drift();
      nodes.add(new LockstepNode(this, member, rate));
    }
  }

  Random random() {
    return random;
  }

  Faults faults() {
    return faults;
  }

  Invariants invariants() {
    return invariants;
  }

  long nanos() {
    return nanos;
  }

  long skew() {
    return skew;
  }

  int size() {
    return nodes.size();
  }

  List<LockstepNode> nodes() {
    return nodes;
  }

  /** What happened how often, by name. */
  Map<String, Integer> counts() {
    return counts;
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  void countRead() {
    count("reads answered");
  }

  void countInstall() {
    count("snapshots installed");
  }

  void countTrace(Trace trace) {
    count(
        switch (trace) {
          case Trace.Ignored ignored -> "ignored " + ignored.message();
          case Trace.Noted noted -> noted.rule();
        });
  }

  void at(long when, Runnable action) {
    happenings.add(new Happening(Math.max(when, nanos), order++, action));
  }

  boolean disksLose() {
    return plannedFaults.lostTails();
  }

  void startAll() {
    nodes.forEach(node -> node.start(config, members, true));
  }

  /** On how many disks slot and history are durable, as entries or in a snapshot. */
  int durableOn(long slot, ChainHash hash) {
    int count = 0;
    for (LockstepNode node : nodes) {
      if (node.disk().baseSlot() > slot || hash.equals(node.disk().hashAt(slot))) {
        count++;
      }
    }
    return count;
  }

  void send(NodeId from, Outgoing message) {
    count("sent " + message.message().name());
    if (cut(from, message.to()) || random.nextDouble() < faults.loss()) {
      return;
    }
    deliverLater(from, message);
    if (random.nextDouble() < faults.duplication()) {
      deliverLater(from, message);
    }
  }

  private boolean cut(NodeId from, NodeId to) {
    return to.equals(deaf) || !sides.getOrDefault(from, 0).equals(sides.getOrDefault(to, 0));
  }

  private void deliverLater(NodeId from, Outgoing message) {
    long delay = 1 + random.nextLong(faults.delayMaxNanos());
    ProtocolMessage copy = throughTheCodec(message.message());
    at(
        nanos + delay,
        () -> {
          LockstepNode to = node(message.to());
          if (to.up() && !cut(from, message.to())) {
            to.step(new Event.Received(from, copy));
          }
        });
  }

  private ProtocolMessage throughTheCodec(ProtocolMessage message) {
    try {
      return codec.decode(codec.encode(message));
    } catch (MalformedMessage e) {
      throw new AssertionError("cannot decode " + message, e);
    }
  }

  private LockstepNode node(NodeId id) {
    return nodes.get(members.indexOf(id));
  }

  /** Lets time pass until something holds; false when it does not within the time given. */
  boolean runUntil(BooleanSupplier holds, Duration within) {
    long end = nanos + within.toNanos();
    while (!holds.getAsBoolean()) {
      Happening next = happenings.peek();
      if (next == null || next.nanos > end) {
        nanos = end;
        return holds.getAsBoolean();
      }
      happenings.poll();
      nanos = Math.max(nanos, next.nanos);
      next.action.run();
      if (++events > EVENTS_MAX) {
        throw new AssertionError("more than " + EVENTS_MAX + " events: " + counts);
      }
    }
    return true;
  }

  void run(Duration time) {
    runUntil(() -> false, time);
  }

  @Nullable LockstepNode leader() {
    LockstepNode found = null;
    for (LockstepNode node : nodes) {
      if (node.up()
          && node.role() == Role.LEADER
          && (found == null || node.status().epoch() > found.status().epoch())) {
        found = node;
      }
    }
    return found;
  }

  /** Clients that propose and read for ever, at some replica or other. */
  void startClients(long everyNanos, boolean leases) {
    at(
        nanos + 1 + random.nextLong(everyNanos),
        () -> {
          if (clientsStopped) {
            return;
          }
          LockstepNode leader = leader();
          LockstepNode any = nodes.get(random.nextInt(nodes.size()));
          LockstepNode mostly = leader != null && random.nextInt(10) != 0 ? leader : any;
          mostly.propose(new TextProposal("c" + ++proposals));
          any.read(consistency(leases));
          startClients(everyNanos, leases);
        });
  }

  void stopClients() {
    clientsStopped = true;
  }

  private ReadConsistency consistency(boolean leases) {
    return switch (random.nextInt(leases ? 3 : 2)) {
      case 0 -> ReadConsistency.LINEARIZABLE;
      case 1 -> ReadConsistency.bounded(Duration.ofMillis(20 + random.nextInt(400)));
      default -> ReadConsistency.LEASE;
    };
  }

  /** Crashes, partitions, stalls, snapshots and transfers for ever. */
  void startDisturbing() {
    if (faults.disturbEveryNanos() == 0) {
      return;
    }
    at(
        nanos + 1 + random.nextLong(2 * plannedFaults.disturbEveryNanos()),
        () -> {
          if (faults.disturbEveryNanos() != 0) {
            disturb();
            startDisturbing();
          }
        });
  }

  private void disturb() {
    LockstepNode some = nodes.get(random.nextInt(nodes.size()));
    LockstepNode leader = leader();
    LockstepNode victim = leader != null && random.nextBoolean() ? leader : some;
    switch (random.nextInt(8)) {
      case 0, 1 -> crash(victim);
      case 2 -> members.forEach(member -> sides.put(member, random.nextInt(2)));
      case 3 -> deaf = victim.id();
      case 4 -> calm();
      case 5 -> {
        victim.stallDisk(true);
        at(nanos + random.nextLong(1_000_000_000), () -> victim.stallDisk(false));
      }
      case 6 -> {
        count("transfers asked");
        @Nullable NodeId target = random.nextBoolean() ? null : some.id();
        victim.step(new Event.Admin(order, new AdminCommand.TransferLeadership(target)));
      }
      default -> {
        some.takeSnapshot();
        skew = random.nextLong(-5_000_000_000L, 5_000_000_000L);
      }
    }
  }

  private void crash(LockstepNode node) {
    if (!node.up()) {
      return;
    }
    count("crashes");
    boolean lose =
        faults.lostTails()
            && random.nextBoolean()
            && nodes.stream().allMatch(other -> other.up() && !other.uncertain());
    // A replica that was uncertain stays so: nobody has told it the end of its log.
    boolean certain = !lose && !node.uncertain();
    node.crash(lose);
    at(
        nanos + 1 + random.nextLong(random.nextBoolean() ? 50_000_000 : 1_500_000_000),
        () -> {
          if (!node.up()) {
            node.start(config, members, certain);
          }
        });
  }

  private void calm() {
    sides.clear();
    deaf = null;
  }

  /** All faults end; everything that is down starts again. */
  void heal() {
    calm();
    faults = Faults.none();
    for (LockstepNode node : nodes) {
      if (node.up()) {
        node.stallDisk(false);
      }
    }
  }

  /** Whether all replicas are up and have everything that was committed. */
  boolean level() {
    long committed = invariants.committed();
    return nodes.stream().allMatch(node -> node.up() && node.commit() == committed);
  }
}
