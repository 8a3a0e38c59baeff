// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batcher;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Slab;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Clock;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.port.SnapshotStore;
import io.quorate.core.port.Transport;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.runtime.Retries.Retry;
import io.quorate.core.session.OpenSession;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Where callers come in: says no early, and hands everything else to the loops. */
final class Door implements ReplicaDoor {
  private final GroupId group;
  private final NodeId self;
  private final String backend;
  private final RuntimeLimits limits;
  private final Clock clock;
  private final HaltSwitch halt;
  private final Admission admission;
  private final Batcher batcher;
  private final ReplicaLoop loop;
  private final ApplyLoop apply;
  private final TurnEffects effects;
  private final LogStore log;
  private final SnapshotStore snapshots;
  private final ObjectStore objects;
  private final Transport transport;
  private final ConsensusMetrics metrics;
  private final long startedNanos;

  Door(
      GroupId group,
      NodeId self,
      String backend,
      RuntimeLimits limits,
      Clock clock,
      HaltSwitch halt,
      Admission admission,
      Batcher batcher,
      ReplicaLoop loop,
      ApplyLoop apply,
      TurnEffects effects,
      LogStore log,
      SnapshotStore snapshots,
      ObjectStore objects,
      Transport transport,
      ConsensusMetrics metrics) {
    this.group = group;
    this.self = self;
    this.backend = backend;
    this.limits = limits;
    this.clock = clock;
    this.halt = halt;
    this.admission = admission;
    this.batcher = batcher;
    this.loop = loop;
    this.apply = apply;
    this.effects = effects;
    this.log = log;
    this.snapshots = snapshots;
    this.objects = objects;
    this.transport = transport;
    this.metrics = metrics;
    this.startedNanos = clock.now().monotonicNanos();
  }

  @Override
  public void submit(
      CommandKind kind,
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      int offset,
      int payloadBytes,
      ReplySink sink,
      long tag) {
    Refusal refusal = refusalOf(kind, payloadBytes);
    long admitted = (long) Slab.RECORD_HEADER_BYTES + payloadBytes;
    if (refusal == null && !admission.tryAdmit(admitted)) {
      refusal =
          Refusal.of(
              RefusalCode.OVERLOADED,
              "the replica holds "
                  + admission.bytesMax()
                  + " bytes of unanswered commands, as many as limits.in-flight allows");
    }
    if (refusal != null) {
      metrics.commandsRefused().increment();
      sink.refused(tag, refusal);
      sink.flush();
      return;
    }
    switch (kind) {
      case SESSION ->
          addToSession(
              session, sequence, acknowledgedBelow, payload, offset, payloadBytes, sink, tag);
      case OPEN_SESSION -> open(payload, offset, payloadBytes, sink, tag);
      case PLAIN, CLOSE_SESSION, KEEP_ALIVE, EXPIRE_SESSIONS, DIGEST, CHECKPOINT ->
          batcher.append(
              kind, session, sequence, acknowledgedBelow, payload, offset, payloadBytes, sink, tag);
    }
    if (halt.halted()) {
      loop.wake(); // it may have looked for the last time before this was added
    }
  }

  private void addToSession(
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      int offset,
      int payloadBytes,
      ReplySink sink,
      long tag) {
    long repeated =
        batcher.appendUnlessRepeated(
            session, sequence, acknowledgedBelow, payload, offset, payloadBytes, sink, tag);
    if (repeated != 0) {
      byte[] copy = Arrays.copyOfRange(payload, offset, offset + payloadBytes);
      long deadline = clock.now().monotonicNanos() + limits.readTimeout().toNanos();
      apply.offerRetry(
          new Retry(session, sequence, acknowledgedBelow, copy, sink, tag, repeated, deadline));
    }
  }

  private void open(byte[] payload, int offset, int payloadBytes, ReplySink sink, long tag) {
    byte[] request = payload;
    int from = offset;
    if (OpenSession.leavesExpiryOpen(payload, offset, payloadBytes)) {
      // Decided here, once, and logged: at apply all replicas must read the same.
      request = OpenSession.withExpiry(payload, offset, limits.sessionExpireAfter().toNanos());
      from = 0;
    }
    batcher.append(CommandKind.OPEN_SESSION, 0, 0, 0, request, from, payloadBytes, sink, tag);
  }

  private @Nullable Refusal refusalOf(CommandKind kind, int payloadBytes) {
    if (halt.halted()) {
      return Refusal.of(RefusalCode.HALTED, "the replica halted: " + halt.reason());
    }
    if (payloadBytes > limits.commandBytesMax()) {
      return Refusal.of(
          RefusalCode.TOO_LARGE,
          "a command of "
              + payloadBytes
              + " bytes is over limits.command = "
              + limits.commandBytesMax()
              + " bytes; split it or raise the limit on all nodes");
    }
    if (kind == CommandKind.OPEN_SESSION && apply.sessions() >= limits.sessionsMax()) {
      return Refusal.of(
          RefusalCode.SESSION_LIMIT,
          "the group holds "
              + limits.sessionsMax()
              + " sessions, as many as sessions.max allows: close some, let them expire, or raise"
              + " sessions.max on all nodes");
    }
    RoleChange role = effects.role();
    return role.role() == Role.LEADER ? null : Refusal.notLeader(role.leader());
  }

  @Override
  public void read(ReadConsistency consistency, byte[] query, ReplySink sink, long tag) {
    if (halt.halted()) {
      sink.refused(tag, Refusal.of(RefusalCode.HALTED, "the replica halted: " + halt.reason()));
      sink.flush();
      return;
    }
    long deadline = clock.now().monotonicNanos() + limits.readTimeout().toNanos();
    ReadCall call = new ReadCall(consistency, query, sink, tag, deadline);
    if (consistency instanceof ReadConsistency.Local local) {
      apply.offerLocalRead(call, local.minIndex());
    } else if (loop.offerRead(call)) {
      if (halt.halted()) {
        loop.wake();
      }
    } else {
      sink.refused(tag, Refusal.of(RefusalCode.OVERLOADED, "too many reads wait"));
      sink.flush();
    }
  }

  @Override
  public void admin(AdminCommand command, ReplySink sink, long tag) {
    if (halt.halted()) {
      sink.refused(tag, Refusal.of(RefusalCode.HALTED, "the replica halted: " + halt.reason()));
      sink.flush();
    } else if (command instanceof AdminCommand.TakeSnapshot) {
      apply.offerSnapshot(sink, tag);
    } else if (!loop.offerAdmin(command, sink, tag)) {
      sink.refused(tag, Refusal.of(RefusalCode.OVERLOADED, "too many admin requests wait"));
      sink.flush();
    }
  }

  @Override
  public void flush() {
    loop.wake();
  }

  @Override
  public void flushHere() {
    loop.wakeHere();
  }

  @Override
  public ReplicaReport report() {
    ReplicaStatus status = loop.status();
    String halted = halt.reason();
    if (halted != null) {
      status =
          new ReplicaStatus(
              self,
              Role.HALTED,
              "halted",
              status.epoch(),
              null,
              halted,
              status.firstSlot(),
              status.lastSlot(),
              status.durableSlot(),
              status.commitSlot(),
              List.of(),
              status.details());
    }
    boolean healthy = halted == null && status.leader() != null;
    String health = "ok";
    if (halted != null) {
      health = "halted: " + halted;
    } else if (!healthy) {
      health = "no leader known: " + status.roleReason();
    }
    SortedMap<String, Long> counters = metrics.snapshot();
    counters.putAll(transport.counters());
    counters.put("uptime_ms", (clock.now().monotonicNanos() - startedNanos) / 1_000_000);
    objects
        .counters()
        .forEach((name, count) -> counters.put("object_" + name.replace('.', '_'), count));
    List<SnapshotRef> taken = snapshots.list();
    return new ReplicaReport(
        group,
        backend,
        status,
        apply.appliedSlot(),
        apply.appliedIndex(),
        log.sizeBytes(),
        taken.isEmpty() ? null : taken.get(taken.size() - 1),
        apply.sessions(),
        healthy,
        health,
        counters);
  }
}
