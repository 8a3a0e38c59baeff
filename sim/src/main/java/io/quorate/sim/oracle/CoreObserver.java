// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.oracle;

import io.quorate.api.NodeId;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Watches the core of one incarnation of a replica, step by step, and checks what can be checked
 * from one replica's point of view; tells the {@link Oracle} the rest.
 */
public final class CoreObserver {
  private static final int STATUS_EVERY = 32;
  private static final Pattern NAMES = Pattern.compile("\\bn?[0-9]+\\b");

  private final World world;
  private final Oracle oracle;
  private final NodeId node;
  private final List<ProtocolInvariant> invariants;
  private final List<RoleChange> roles = new ArrayList<>();
  private final TreeMap<Long, Entry> proposed = new TreeMap<>();
  private long committed;
  private long committedBefore;
  private long applied;
  private long epoch;
  private long steps;
  private @Nullable String haltReason;
  private @Nullable ReplicaStatus lastStatus;

  /** Watches one incarnation of {@code node}. */
  public CoreObserver(World world, Oracle oracle, NodeId node, List<ProtocolInvariant> invariants) {
    this.world = world;
    this.oracle = oracle;
    this.node = node;
    this.invariants = invariants;
  }

  /** Why the core halted; null while it did not. */
  public @Nullable String haltReason() {
    return haltReason;
  }

  /** Last slot that the core said is committed, in this incarnation. */
  public long committed() {
    return committed;
  }

  /** The core's picture of itself as of the last look. */
  public @Nullable ReplicaStatus lastStatus() {
    return lastStatus;
  }

  void restoring(DurableState state) {
    SnapshotRef snapshot = state.snapshot();
    if (snapshot != null) {
      oracle.onSnapshot(node, snapshot);
      committed = snapshot.slot();
      committedBefore = committed;
      applied = committed;
    }
    if (!state.faulty().isEmpty()) {
      world.coverage().hit("disk.restart with faulty slots");
    }
    if (!state.headCertain()) {
      world.coverage().hit("disk.restart with uncertain head");
    }
  }

  void stepping(Event event) {
    for (ProtocolInvariant invariant : invariants) {
      invariant.onEvent(node, event);
    }
    switch (event) {
      case Event.Applied done -> {
        if (done.slot() > committed) {
          world.fail(node + " applied slot " + done.slot() + " beyond its commit " + committed);
        }
        if (done.slot() < applied) {
          world.fail(node + " applied slot " + done.slot() + " after " + applied);
        }
        applied = Math.max(applied, done.slot());
        proposed.headMap(applied, true).clear();
      }
      case Event.SnapshotSaved saved -> {
        world.coverage().hit("snapshot.saved");
        world.tell(TraceKind.SNAPSHOT, node.value(), null, saved, saved.snapshot().slot());
        oracle.onSnapshot(node, saved.snapshot());
      }
      case Event.SnapshotReceived received -> {
        if (received.complete()) {
          world.coverage().hit("snapshot.received");
          oracle.onSnapshot(node, received.snapshot());
        }
      }
      case Event.Tick tick -> count("core.tick");
      case Event.Received received -> {}
      case Event.Submitted submitted -> {}
      case Event.ReadRequested requested -> {}
      case Event.Persisted persisted -> {}
      case Event.Loaded loaded -> {}
      case Event.Damaged damaged -> count("log.damage met");
      case Event.SnapshotChunk chunk -> {}
      case Event.ObjectDone done -> {}
      case Event.Admin admin -> count("admin.asked");
    }
  }

  void committing(long slot) {
    if (slot < committed) {
      world.fail(node + " goes back from commit " + committed + " to " + slot);
    }
    committed = Math.max(committed, slot);
  }

  void installing(SnapshotRef snapshot) {
    world.coverage().hit("snapshot.installed");
    world.tell(TraceKind.SNAPSHOT, node.value(), null, "installs " + snapshot, snapshot.slot());
    oracle.onSnapshot(node, snapshot);
    committed = Math.max(committed, snapshot.slot());
    committedBefore = Math.max(committedBefore, snapshot.slot());
  }

  void persisting(DurableWrite write) {
    // What this very step commits may be among what it appends behind the truncation.
    long kept = committedBefore;
    LogBase base = write.base();
    boolean replaced = base != null && base.slot() >= kept; // by a snapshot, in one write
    if (write.truncateFrom() > 0 && write.truncateFrom() <= kept && !replaced) {
      world.fail(node + " truncates from slot " + write.truncateFrom() + ", its commit is " + kept);
    }
  }

  void roleChanging(RoleChange change) {
    if (change.epoch() < epoch) {
      world.fail(node + " goes back from epoch " + epoch + " to " + change.epoch());
    }
    epoch = change.epoch();
    // Terms and names would make a counter of each change.
    String reason = NAMES.matcher(change.reason()).replaceAll("#");
    world.coverage().hit("role." + change.role() + " " + reason);
    roles.add(change);
  }

  void halting(String reason) {
    haltReason = reason;
    world.tell(TraceKind.LIFE, node.value(), null, "halts: " + reason, 0);
  }

  void noting(Trace trace) {
    if (trace instanceof Trace.Noted noted) {
      world.coverage().hit("note." + noted.rule());
      world.tell(TraceKind.NOTE, node.value(), null, trace, 0);
    }
  }

  void proposing(Entry entry) {
    if (entry.kind() == EntryKind.COMMANDS) {
      proposed.put(entry.slot(), entry);
    }
  }

  void denying(long fromSlot) {
    for (Entry entry : proposed.tailMap(fromSlot, true).values()) {
      oracle.onDenied(node, entry);
      invariants.forEach(invariant -> invariant.onDenied(node, entry));
    }
    proposed.tailMap(fromSlot, true).clear();
  }

  void count(String what) {
    world.coverage().hit(what);
  }

  /** After restore and after every step, when the core's log shows what the effects said. */
  void stepped(ReplicaCore core) {
    for (RoleChange change : roles) {
      oracle.onRole(node, change, core.log());
    }
    roles.clear();
    while (committedBefore < committed) {
      committedBefore++;
      oracle.onCommit(node, committedBefore, epoch, core.log());
      Entry entry = oracle.entry(committedBefore);
      if (entry != null) {
        invariants.forEach(invariant -> invariant.onCommitted(node, entry));
      }
    }
    if (++steps % STATUS_EVERY == 0) {
      look(core);
    }
  }

  private void look(ReplicaCore core) {
    ReplicaStatus status = core.status();
    ReplicaStatus before = lastStatus;
    lastStatus = status;
    boolean ordered =
        status.commitSlot() <= status.lastSlot()
            && status.durableSlot() <= status.lastSlot()
            && status.firstSlot() <= status.lastSlot() + 1;
    if (!ordered) {
      world.fail(node + " has commit or durable beyond its log: " + status);
    }
    if (before != null && status.epoch() < before.epoch()) {
      world.fail(node + " goes back in epoch: " + status + " after " + before);
    }
    if (before != null && status.commitSlot() < before.commitSlot()) {
      world.fail(node + " goes back in commit: " + status + " after " + before);
    }
  }
}
