// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.lockstep;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Seat;
import io.quorate.core.protocol.Trace;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.protocol.RaftReplica;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One replica: its core, its disk, and a runtime of a few lines. */
final class LockstepNode implements Effects {
  private record Write(DurableWrite write, List<Outgoing> releases) {}

  private record Read(ReadConsistency consistency, long atNanos, long committedThen) {}

  private final LockstepCluster cluster;
  private final NodeId id;
  private final double clockRate;
  private final MemoryDisk disk = new MemoryDisk();
  private final List<SnapshotRef> snapshots = new ArrayList<>();

  // Everything below is lost in a crash.
  private int life;
  private boolean up;
  private MemoryDisk memory = new MemoryDisk();
  private @Nullable RaftReplica core;
  private final List<Write> unsynced = new ArrayList<>();
  private final Map<Long, Read> reads = new LinkedHashMap<>();
  private boolean syncing;
  private boolean diskStalled;
  private long commit;
  private long applied;
  private long reportedApplied;
  private long partialOffset;
  private String partialId = "";
  private Role role = Role.FOLLOWER;
  private long tickAt = Long.MAX_VALUE;
  private boolean uncertain;
  private long nextReadId = 1;
  private byte[] configuration = new byte[0];

  LockstepNode(LockstepCluster cluster, NodeId id, double clockRate) {
    this.cluster = cluster;
    this.id = id;
    this.clockRate = clockRate;
  }

  NodeId id() {
    return id;
  }

  MemoryDisk disk() {
    return disk;
  }

  MemoryDisk memory() {
    return memory;
  }

  boolean up() {
    return up;
  }

  Role role() {
    return role;
  }

  long commit() {
    return commit;
  }

  boolean uncertain() {
    return uncertain;
  }

  void stallDisk(boolean stalled) {
    diskStalled = stalled;
    if (!stalled) {
      sync();
    }
  }

  ReplicaStatus status() {
    return core().status();
  }

  private RaftReplica core() {
    RaftReplica running = core;
    if (running == null) {
      throw new AssertionError(id + " is down");
    }
    return running;
  }

  private Now now() {
    long time = cluster.nanos();
    return new Now((long) (time * clockRate), 1_700_000_000_000_000_000L + time + cluster.skew());
  }

  /** Starts with what is on the disk. */
  void start(RaftConfig config, List<NodeId> members, boolean headCertain) {
    life++;
    up = true;
    uncertain = !headCertain;
    commit = 0;
    role = Role.FOLLOWER;
    tickAt = Long.MAX_VALUE;
    core =
        new RaftReplica(
            new Seat(GroupId.of("g"), id, members, new Random(cluster.random().nextLong())),
            config);
    @Nullable SnapshotRef newest = snapshots.isEmpty() ? null : snapshots.get(snapshots.size() - 1);
    memory = new MemoryDisk();
    long from = disk.baseSlot();
    if (from > 0) {
      memory.apply(new DurableWrite(0, null, 0, disk.state(newest, 1, true).base(), List.of()));
    }
    memory.apply(new DurableWrite(0, null, 0, null, disk.read(from + 1, disk.lastSlot(), 1 << 30)));
    applied = newest == null ? 0 : newest.slot();
    reportedApplied = applied;
    configuration = newest == null ? new byte[0] : newest.configuration();
    int tail = 1 + cluster.random().nextInt(20);
    core().restore(disk.state(newest, tail, headCertain), now(), this);
    commit = Math.max(commit, core().status().commitSlot());
    afterStep();
  }

  /** Loses what is not synced; with luck a part of what was being written got through. */
  void crash(boolean loseTail) {
    int through = unsynced.isEmpty() ? 0 : cluster.random().nextInt(unsynced.size() + 1);
    for (int i = 0; i < through; i++) {
      disk.apply(unsynced.get(i).write);
    }
    if (loseTail) {
      long lost = cluster.random().nextInt(4);
      disk.truncateFrom(Math.max(disk.baseSlot() + 1, disk.lastSlot() + 1 - lost));
    }
    life++;
    up = false;
    core = null;
    unsynced.clear();
    reads.clear();
    syncing = false;
    diskStalled = false;
    partialOffset = 0;
    partialId = "";
    role = Role.FOLLOWER;
  }

  void step(Event event) {
    if (up) {
      core().step(event, now(), this);
      afterStep();
    }
  }

  private void afterStep() {
    ReplicaStatus status = core().status();
    Invariants.that(
        status.commitSlot() <= status.lastSlot(), id + " commits beyond the end: " + status);
    Invariants.that(
        status.lastSlot() == memory.lastSlot(),
        id + " ends at " + status.lastSlot() + ", wrote up to " + memory.lastSlot());
    Invariants.that(
        status.durableSlot() <= disk.lastSlot() || status.durableSlot() <= disk.baseSlot(),
        id + " believes durable " + status.durableSlot() + ", is " + disk.lastSlot());
    uncertain = status.role() == Role.RECOVERING;
    apply();
    long deadline = core().deadlineNanos();
    long at = deadline == Long.MAX_VALUE ? deadline : (long) Math.ceil(deadline / clockRate) + 1;
    if (at < tickAt) {
      tickAt = at;
      later(Math.max(0, at - cluster.nanos()), () -> tick(at));
    }
  }

  private void tick(long at) {
    if (tickAt == at) {
      tickAt = Long.MAX_VALUE;
      step(Event.Tick.INSTANCE);
    }
  }

  private void later(long delay, Runnable action) {
    int mine = life;
    cluster.at(
        cluster.nanos() + delay,
        () -> {
          if (mine == life && up) {
            action.run();
          }
        });
  }

  private void apply() {
    while (applied < commit) {
      long slot = applied + 1;
      Entry entry = memory.get(slot);
      Invariants.that(entry != null, id + " cannot apply slot " + slot);
      if (entry != null && entry.kind() == EntryKind.CONFIGURATION) {
        configuration = entry.body();
      }
      applied = slot;
      long done = slot;
      later(cluster.random().nextInt(1_000_000), () -> step(new Event.Applied(maxApplied(done))));
    }
  }

  private long maxApplied(long slot) {
    reportedApplied = Math.max(slot, reportedApplied);
    return reportedApplied;
  }

  void propose(Proposal proposal) {
    if (up && !core().saturated(false, now())) {
      step(new Event.Submitted(proposal));
    }
  }

  void read(ReadConsistency consistency) {
    if (up) {
      long readId = nextReadId++;
      reads.put(readId, new Read(consistency, cluster.nanos(), cluster.invariants().committed()));
      step(new Event.ReadRequested(readId, consistency));
    }
  }

  void takeSnapshot() {
    if (!up || applied == 0 || (!snapshots.isEmpty() && newest().slot() >= applied)) {
      return;
    }
    Entry at = memory.get(applied);
    if (at == null) {
      return;
    }
    byte[] sha = new byte[32];
    at.hash().write(sha, 0);
    SnapshotRef ref =
        new SnapshotRef(
            applied + "-" + at.epoch() + "-" + cluster.random().nextInt(1 << 30),
            applied,
            at.epoch(),
            at.hash(),
            at.lastIndex(),
            at.timeFloorNanos(),
            configuration,
            10,
            sha);
    later(
        cluster.random().nextInt(5_000_000),
        () -> {
          addSnapshot(ref);
          step(new Event.SnapshotSaved(ref));
        });
  }

  private SnapshotRef newest() {
    return snapshots.get(snapshots.size() - 1);
  }

  private void addSnapshot(SnapshotRef ref) {
    snapshots.add(ref);
    snapshots.sort((a, b) -> Long.compare(a.slot(), b.slot()));
    while (snapshots.size() > 2) {
      snapshots.remove(0);
    }
  }

  @Override
  public void send(Outgoing message) {
    cluster.invariants().onSend(this, message);
    cluster.send(id, message);
  }

  @Override
  public void persist(DurableWrite write, List<Outgoing> releases) {
    cluster.invariants().onPersist(this, write, role == Role.LEADER, commit);
    memory.apply(write);
    unsynced.add(new Write(write, List.copyOf(releases)));
    sync();
  }

  private void sync() {
    if (syncing || unsynced.isEmpty() || diskStalled) {
      return;
    }
    syncing = true;
    int count = unsynced.size();
    later(1 + cluster.random().nextLong(cluster.faults().syncMaxNanos()), () -> synced(count));
  }

  private void synced(int count) {
    if (diskStalled) {
      later(10_000_000, () -> synced(count));
      return;
    }
    syncing = false;
    List<Write> done = new ArrayList<>(unsynced.subList(0, count));
    unsynced.subList(0, count).clear();
    for (Write write : done) {
      disk.apply(write.write);
    }
    for (Write write : done) {
      write.releases.forEach(this::send);
    }
    step(new Event.Persisted(done.get(done.size() - 1).write.token()));
    sync();
  }

  @Override
  public void load(long loadId, long fromSlot, long throughSlot, int bytesMax) {
    Invariants.that(throughSlot <= disk.lastSlot(), id + " loads what is not durable");
    later(
        cluster.random().nextInt(3_000_000),
        () -> step(new Event.Loaded(loadId, disk.read(fromSlot, throughSlot, bytesMax))));
  }

  @Override
  public void commit(long slot) {
    Invariants.that(slot > commit, id + " commits " + slot + " after " + commit);
    long before = commit;
    commit = slot;
    cluster.invariants().onCommit(this, before, slot, cluster.nanos());
  }

  @Override
  public void proposed(Proposal proposal, Entry entry) {}

  @Override
  public void notCommitted(long fromSlot, Refusal why) {
    throw new AssertionError("Raft never says so");
  }

  @Override
  public void object(long requestId, ObjectRequest request, long timeoutNanos) {
    throw new AssertionError("Raft has no object store");
  }

  @Override
  public void reject(Proposal proposal, Refusal why) {}

  @Override
  public void answer(long readId, long slot) {
    Read read = reads.remove(readId);
    Invariants.that(read != null, "read " + readId + " is answered twice");
    if (read == null) {
      return;
    }
    cluster.countRead();
    if (read.consistency instanceof ReadConsistency.Bounded bounded) {
      // Clocks may run apart by the drift, and the bound is kept by the reader's.
      long age =
          (long) (bounded.maxStaleness().toNanos() * 1.02) + cluster.faults().delayMaxNanos();
      Invariants.that(
          slot >= cluster.invariants().committedAt(read.atNanos - age),
          id + " serves a read at " + slot + " that is staler than " + bounded);
    } else {
      Invariants.that(
          slot >= read.committedThen,
          id + " serves a " + read.consistency + " at " + slot + ", not " + read.committedThen);
    }
  }

  @Override
  public void rejectRead(long readId, Refusal why) {
    Invariants.that(reads.remove(readId) != null, "read " + readId + " is answered twice");
  }

  @Override
  public void role(RoleChange change) {
    role = change.role();
    cluster.invariants().onRole(this, change);
  }

  @Override
  public void readSnapshot(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {
    later(
        cluster.random().nextInt(2_000_000),
        () -> {
          byte[] chunk = new byte[0];
          if (snapshots.contains(snapshot)) {
            byte[] all = content(snapshot);
            int length = (int) Math.min(bytesMax, all.length - offset);
            chunk = new byte[length];
            System.arraycopy(all, (int) offset, chunk, 0, length);
          }
          step(new Event.SnapshotChunk(to, snapshot, offset, chunk));
        });
  }

  private static byte[] content(SnapshotRef snapshot) {
    byte[] bytes = new byte[10];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (snapshot.slot() + i);
    }
    return bytes;
  }

  @Override
  public void writeSnapshot(SnapshotRef snapshot, long offset, byte[] bytes) {
    later(
        cluster.random().nextInt(2_000_000),
        () -> {
          if (offset == 0) {
            partialId = snapshot.id();
            partialOffset = 0;
          }
          boolean next = partialId.equals(snapshot.id()) && partialOffset == offset;
          if (next) {
            partialOffset += bytes.length;
            for (int i = 0; i < bytes.length; i++) {
              Invariants.that(
                  bytes[i] == content(snapshot)[(int) offset + i], "chunk of another snapshot");
            }
          }
          boolean complete = partialOffset == snapshot.sizeBytes();
          if (complete) {
            addSnapshot(snapshot);
          }
          step(new Event.SnapshotReceived(snapshot, partialOffset, complete));
        });
  }

  @Override
  public void install(SnapshotRef snapshot) {
    ChainHash committed = cluster.invariants().committedHash(snapshot.slot());
    Invariants.that(committed.equals(snapshot.hash()), "installs another history");
    Invariants.that(snapshot.slot() > commit, "installs a snapshot that is no news");
    cluster.countInstall();
    commit = snapshot.slot();
    applied = snapshot.slot();
    configuration = snapshot.configuration();
    later(1_000_000, () -> step(new Event.Applied(maxApplied(snapshot.slot()))));
  }

  @Override
  public void adminDone(long requestId, @Nullable Refusal why) {}

  @Override
  public void halt(String reason) {
    throw new AssertionError(id + " halts: " + reason);
  }

  @Override
  public void trace(Trace trace) {
    cluster.countTrace(trace);
  }
}
