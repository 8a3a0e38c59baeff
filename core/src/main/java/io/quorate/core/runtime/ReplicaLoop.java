// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batch;
import io.quorate.core.batch.Batcher;
import io.quorate.core.log.DurableState;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.ReplicaStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jctools.queues.atomic.MpscGrowableAtomicArrayQueue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Where everything about a replica is decided. A turn takes what has gathered, lets the core react,
 * and carries the effects out once: one write, one frame for each peer. Nothing reacts outside of a
 * turn, so batches grow with load by themselves. Knows no protocol.
 */
public final class ReplicaLoop implements Actor {
  private static final int MESSAGES_A_TURN_MAX = 256;
  private static final int READS_A_TURN_MAX = 4096;
  private static final long STATUS_EVERY_NANOS = 20_000_000;

  /** Room of a queue at first: a process may hold a thousand replicas with nothing to do. */
  private static final int QUEUE_AT_FIRST = 64;

  private record AdminCall(AdminCommand command, ReplySink sink, long tag) {}

  private record ReadGroup(List<ReadCall> calls, long deadlineNanos) {}

  private final ReplicaCore core;
  private final RuntimeLimits limits;
  private final HaltSwitch halt;
  private final ConsensusMetrics metrics;
  private final Batcher batcher;
  private final Admission admission;
  private final PendingReplies pending;

  private final MessagePassingQueue<Event.Received> inbox;
  // Answers of our own parts: each answers something that the core asked for, so bounded by it.
  private final MpscUnboundedAtomicArrayQueue<Event> reports =
      new MpscUnboundedAtomicArrayQueue<>(256);
  private final MessagePassingQueue<ReadCall> reads;
  private final MpscAtomicArrayQueue<AdminCall> admins = new MpscAtomicArrayQueue<>(64);

  private final Map<Long, ReadGroup> readGroups = new LinkedHashMap<>();
  private final Map<Long, AdminCall> adminCalls = new HashMap<>();
  private long nextId = 1;
  private long appliedSeen;
  private long statusDueNanos = Long.MIN_VALUE;

  private volatile ReplicaStatus status;
  private volatile boolean wantsApplied;
  private ActorHost.@Nullable Handle handle;
  private @Nullable TurnEffects effects;
  private @Nullable ApplyLoop apply;
  private @Nullable SessionKeeper sessions;
  private @Nullable DigestKeeper digests;
  private @Nullable CheckpointKeeper checkpoints;

  ReplicaLoop(
      ReplicaCore core,
      RuntimeLimits limits,
      HaltSwitch halt,
      ConsensusMetrics metrics,
      Batcher batcher,
      Admission admission,
      PendingReplies pending) {
    this.core = core;
    this.limits = limits;
    this.halt = halt;
    this.metrics = metrics;
    this.batcher = batcher;
    this.admission = admission;
    this.pending = pending;
    this.inbox = queueOf(limits.inboxMessagesMax());
    this.reads = queueOf(limits.readsWaitingMax());
    this.status = core.status();
  }

  /** A queue for many producers that takes this much, but has room for little until it has to. */
  private static <T> MessagePassingQueue<T> queueOf(int most) {
    return most <= QUEUE_AT_FIRST
        ? new MpscAtomicArrayQueue<>(most)
        : new MpscGrowableAtomicArrayQueue<>(QUEUE_AT_FIRST, most);
  }

  /** Connects the parts that point at each other; before the first turn. */
  void connect(
      TurnEffects turnEffects,
      ApplyLoop applyLoop,
      SessionKeeper sessionKeeper,
      DigestKeeper digestKeeper,
      CheckpointKeeper checkpointKeeper) {
    effects = turnEffects;
    apply = applyLoop;
    sessions = sessionKeeper;
    digests = digestKeeper;
    checkpoints = checkpointKeeper;
  }

  /** Lets the core take up what the disk holds; before the first turn. */
  void restore(DurableState state, Now now) {
    TurnEffects out = started(effects);
    core.restore(state, now, out);
    out.flush(core.log());
    status = core.status();
  }

  void begin(ActorHost.Handle own) {
    handle = own;
    own.wake();
  }

  /**
   * A message of another replica; dropped when the inbox is full. Any thread; followed by {@link
   * #wakeHere()}.
   */
  void receive(NodeId from, ProtocolMessage message) {
    if (!inbox.offer(new Event.Received(from, message))) {
      metrics.messagesDropped().increment();
    }
  }

  /** The answer of one of our own parts; never dropped. Any thread. */
  void report(Event event) {
    reports.add(event);
    wake();
  }

  /** As {@link #report}, by a thread that has nothing else to do. */
  void reportHere(Event event) {
    reports.add(event);
    wakeHere();
  }

  /** False when too many reads wait. Any thread; followed by {@link #wake()}. */
  boolean offerRead(ReadCall call) {
    return reads.offer(call);
  }

  /** False when too many requests of operators wait. Any thread. */
  boolean offerAdmin(AdminCommand command, ReplySink sink, long tag) {
    boolean taken = admins.offer(new AdminCall(command, sink, tag));
    wake();
    return taken;
  }

  /** Asks for a turn. Any thread. */
  void wake() {
    ActorHost.Handle own = handle;
    if (own != null) {
      own.wake();
    }
  }

  /** Gives a turn on the calling thread, unless another one is at it. */
  void wakeHere() {
    ActorHost.Handle own = handle;
    if (own != null) {
      own.wakeHere();
    }
  }

  /** Progress of the apply loop: a turn is due only if somebody waits for it. */
  void onApplied() {
    if (wantsApplied) {
      wake();
    }
  }

  /** The core's picture of itself, a few milliseconds old at most. Any thread. */
  ReplicaStatus status() {
    return status;
  }

  @Override
  public long turn(Now now) {
    if (halt.halted()) {
      refuseEverything();
      return Long.MAX_VALUE;
    }
    TurnEffects out = started(effects);
    ApplyLoop applyLoop = started(apply);
    boolean more = stepReports(now, out);
    more |= stepMessages(now, out);
    long applied = applyLoop.appliedSlot();
    if (applied > appliedSeen) {
      appliedSeen = applied;
      core.step(new Event.Applied(applied), now, out);
    }
    stepAdmin(now, out);
    more |= stepReads(now, out);
    // Messages of this turn may have emptied the pipeline: propose after them.
    boolean backlogged = applyLoop.backlogBytes() > limits.applyBacklogBytesMax();
    while (!backlogged && !core.saturated(batcher.hasFull(), now)) {
      Batch batch = batcher.cut();
      if (batch == null) {
        break;
      }
      core.step(new Event.Submitted(batch), now, out);
    }
    if (core.deadlineNanos() <= now.monotonicNanos()) {
      core.step(Event.Tick.INSTANCE, now, out);
    }
    boolean leader = out.role().role() == Role.LEADER;
    started(sessions).turn(now, leader);
    started(digests).turn(leader);
    started(checkpoints).turn(leader);
    out.flush(core.log());
    wantsApplied = backlogged || out.feedPending();
    if (out.takeRoleChanged() || now.monotonicNanos() >= statusDueNanos) {
      status = core.status();
      statusDueNanos = now.monotonicNanos() + STATUS_EVERY_NANOS;
    }
    if (more || (wantsApplied && applyLoop.appliedSlot() > appliedSeen)) {
      return now.monotonicNanos();
    }
    return Math.min(core.deadlineNanos(), expireReads(now));
  }

  private boolean stepReports(Now now, TurnEffects out) {
    for (Event event = reports.poll(); event != null; event = reports.poll()) {
      core.step(event, now, out);
    }
    return false;
  }

  private boolean stepMessages(Now now, TurnEffects out) {
    for (int i = 0; i < MESSAGES_A_TURN_MAX; i++) {
      Event.Received message = inbox.poll();
      if (message == null) {
        return false;
      }
      core.step(message, now, out);
    }
    return true;
  }

  private void stepAdmin(Now now, TurnEffects out) {
    for (AdminCall call = admins.poll(); call != null; call = admins.poll()) {
      long id = nextId++;
      adminCalls.put(id, call);
      core.step(new Event.Admin(id, call.command), now, out);
    }
  }

  private boolean stepReads(Now now, TurnEffects out) {
    ReadCall call = reads.poll();
    if (call == null) {
      return false;
    }
    Map<ReadConsistency, List<ReadCall>> groups = new LinkedHashMap<>();
    int taken = 0;
    for (; call != null; call = reads.poll()) {
      groups.computeIfAbsent(call.consistency(), mode -> new ArrayList<>()).add(call);
      if (++taken == READS_A_TURN_MAX) {
        break;
      }
    }
    groups.forEach((consistency, calls) -> {
      long id = nextId++;
      readGroups.put(id, new ReadGroup(calls, calls.get(0).deadlineNanos()));
      metrics.readRounds().increment();
      core.step(new Event.ReadRequested(id, consistency), now, out);
    });
    return taken == READS_A_TURN_MAX;
  }

  /** Called by the effects of the core. */
  void answerReads(long readId, long slot) {
    ReadGroup group = readGroups.remove(readId);
    if (group != null) { // else it timed out before
      started(apply).offerReads(group.calls, slot);
    }
  }

  /** Called by the effects of the core. */
  void refuseReads(long readId, Refusal why) {
    ReadGroup group = readGroups.remove(readId);
    if (group != null) {
      refuse(group.calls, why);
    }
  }

  /** Called by the effects of the core. */
  void answerAdmin(long requestId, @Nullable Refusal why) {
    AdminCall call = adminCalls.remove(requestId);
    if (call != null) {
      if (why == null) {
        call.sink.done(call.tag, 0, status.epoch(), new byte[0]);
      } else {
        call.sink.refused(call.tag, why);
      }
      call.sink.flush();
    }
  }

  /** Refuses the reads that waited too long; returns when the next one is due. */
  private long expireReads(Now now) {
    while (!readGroups.isEmpty()) {
      Map.Entry<Long, ReadGroup> oldest = readGroups.entrySet().iterator().next();
      if (oldest.getValue().deadlineNanos > now.monotonicNanos()) {
        return oldest.getValue().deadlineNanos;
      }
      refuseReads(
          oldest.getKey(),
          Refusal.of(
              RefusalCode.NOT_READY,
              "no proof of leadership within " + limits.readTimeout().toMillis() + " ms"));
    }
    return Long.MAX_VALUE;
  }

  private static void refuse(List<ReadCall> calls, Refusal why) {
    for (ReadCall call : calls) {
      call.sink().refused(call.tag(), why);
    }
    for (ReadCall call : calls) {
      call.sink().flush();
    }
  }

  /** Answers everything that still waits on the loop; again and again, as callers may be late. */
  void refuseEverything() {
    Refusal halted = Refusal.of(RefusalCode.HALTED, "the replica halted: " + halt.reason());
    pending.refuseAll(
        Refusal.of(RefusalCode.INDETERMINATE, "the replica halted: " + halt.reason()));
    for (Batch batch = batcher.cut(); batch != null; batch = batcher.cut()) {
      batch.refuseAll(halted);
      admission.release(batch.sizeBytes());
    }
    for (ReadCall call = reads.poll(); call != null; call = reads.poll()) {
      refuse(List.of(call), halted);
    }
    for (long readId : List.copyOf(readGroups.keySet())) {
      refuseReads(readId, halted);
    }
    for (AdminCall call = admins.poll(); call != null; call = admins.poll()) {
      call.sink.refused(call.tag, halted);
      call.sink.flush();
    }
    for (long requestId : List.copyOf(adminCalls.keySet())) {
      answerAdmin(requestId, halted);
    }
    inbox.clear();
    reports.clear();
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the loop was not connected");
    }
    return part;
  }
}
