// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.check.Check;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.Backend;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import io.quorate.sim.contract.MemoryObjectStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Three cores on one thread. Messages arrive at once and in order, disks are durable at once, an
 * object store answers at once and keeps only the last objects, state machines apply at once; time
 * stands still unless a leader is needed.
 */
final class CoreGroup {
  private static final int ELECTION_TURNS_MAX = 1000;

  /** More than are read again while nobody lags. */
  private static final int OBJECTS_MAX = 64;

  private record Delivery(int to, Event event) {}

  private final List<ReplicaCore> cores = new ArrayList<>();
  private final List<Wire> wires = new ArrayList<>();
  private final ArrayDeque<Delivery> queue = new ArrayDeque<>();
  private Now now = new Now(1_000_000_000, 1_000_000_000);
  private int leader = -1;
  private final MemoryObjectStore objects = new MemoryObjectStore.Bucket().open();
  private final ArrayDeque<String> created = new ArrayDeque<>();
  private boolean elected;

  /** Starts three replicas and elects a leader. */
  CoreGroup(Backend backend) {
    for (int self = 0; self < Backends.MEMBERS.size(); self++) {
      cores.add(backend.core(Backends.seat(Backends.MEMBERS.get(self))));
      wires.add(new Wire(self));
    }
    for (int self = 0; self < cores.size(); self++) {
      cores.get(self).restore(DurableState.empty(), now, wires.get(self));
    }
    drain();
    // With its log in an object store a leader has nothing to commit before the first command.
    boolean commits = !backend.needs().objects();
    for (int turn = 0; leader < 0 || commits && commitOf(leader) == 0; turn++) {
      Check.that(turn < ELECTION_TURNS_MAX, "no leader after %s turns", turn);
      tickNext();
    }
    elected = true;
  }

  private void tickNext() {
    int next = 0;
    for (int each = 1; each < cores.size(); each++) {
      if (cores.get(each).deadlineNanos() < cores.get(next).deadlineNanos()) {
        next = each;
      }
    }
    long at = Math.max(now.monotonicNanos(), cores.get(next).deadlineNanos());
    now = new Now(at, at);
    step(next, Event.Tick.INSTANCE);
    drain();
  }

  /** The leader's core. */
  ReplicaCore leader() {
    return cores.get(leader);
  }

  /** Members that follow. */
  List<NodeId> followers() {
    List<NodeId> followers = new ArrayList<>(Backends.MEMBERS);
    followers.remove(leader);
    return followers;
  }

  /** The present time. */
  Now now() {
    return now;
  }

  /** Proposes a batch and carries out everything that follows; returns the leader's commit slot. */
  long commit(Proposal proposal) {
    long before = commitOf(leader);
    step(leader, new Event.Submitted(proposal));
    drain();
    long after = commitOf(leader);
    Check.that(after == before + 1, "commit went from %s to %s", before, after);
    return after;
  }

  private long commitOf(int core) {
    return wires.get(core).committed;
  }

  private void step(int core, Event event) {
    cores.get(core).step(event, now, wires.get(core));
  }

  private void drain() {
    for (Delivery next = queue.poll(); next != null; next = queue.poll()) {
      step(next.to, next.event);
    }
  }

  /** What one core decides becomes events of its own or of the others. */
  private final class Wire implements Effects {
    private final int self;
    private long committed;

    Wire(int self) {
      this.self = self;
    }

    @Override
    public void send(Outgoing message) {
      queue.add(
          new Delivery(
              Backends.MEMBERS.indexOf(message.to()),
              new Event.Received(Backends.MEMBERS.get(self), message.message())));
    }

    @Override
    public void persist(DurableWrite write, List<Outgoing> releases) {
      queue.add(new Delivery(self, new Event.Persisted(write.token())));
      for (int i = 0; i < releases.size(); i++) {
        send(releases.get(i));
      }
    }

    @Override
    public void commit(long slot) {
      committed = slot;
      queue.add(new Delivery(self, new Event.Applied(slot)));
    }

    @Override
    public void role(RoleChange change) {
      if (change.role() == Role.LEADER) {
        leader = self;
      } else if (leader == self) {
        leader = -1;
      }
    }

    @Override
    public void proposed(Proposal proposal, Entry entry) {}

    @Override
    public void trace(Trace trace) {}

    @Override
    public void notCommitted(long fromSlot, Refusal why) {
      throw unexpected("notCommitted: " + why);
    }

    @Override
    public void object(long requestId, ObjectRequest request, long timeoutNanos) {
      objects.submit(
          request,
          timeoutNanos,
          result -> queue.add(new Delivery(self, new Event.ObjectDone(requestId, result))));
      if (elected && request instanceof ObjectRequest.Create create) {
        created.add(create.key());
        forgetOldest();
      }
    }

    @Override
    public void reject(Proposal proposal, Refusal why) {
      throw unexpected("reject: " + why);
    }

    @Override
    public void load(long loadId, long fromSlot, long throughSlot, int bytesMax) {
      throw unexpected("load");
    }

    @Override
    public void answer(long readId, long slot) {
      throw unexpected("answer");
    }

    @Override
    public void rejectRead(long readId, Refusal why) {
      throw unexpected("rejectRead: " + why);
    }

    @Override
    public void readSnapshot(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {
      throw unexpected("readSnapshot");
    }

    @Override
    public void writeSnapshot(SnapshotRef snapshot, long offset, byte[] bytes) {
      throw unexpected("writeSnapshot");
    }

    @Override
    public void install(SnapshotRef snapshot) {
      throw unexpected("install");
    }

    @Override
    public void adminDone(long requestId, @Nullable Refusal why) {
      throw unexpected("adminDone");
    }

    @Override
    public void halt(String reason) {
      throw unexpected("halt: " + reason);
    }
  }

  /** Or a long measurement would fill the heap. */
  private void forgetOldest() {
    if (created.size() > OBJECTS_MAX) {
      objects.submit(new ObjectRequest.Delete(created.remove()), 0, result -> {});
    }
  }

  private static IllegalStateException unexpected(String what) {
    return new IllegalStateException("no benchmark asks for this: " + what);
  }
}
