// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.Role;
import io.quorate.core.apply.Applier;
import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batcher;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Slab;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RoleChange;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Commands that came a second time while this replica leads: answered from the session's results if
 * the first was applied, made to wait for it if it is on its way, and otherwise admitted like any
 * other. Saves log and nothing else: whether a command is executed is decided at apply, as ever.
 * Confined to the apply loop.
 *
 * <p>A command waits only while everything that was admitted before it is still on its way; as soon
 * as anything was refused, or the role changed, nobody knows of a single command whether it is, and
 * all that wait are admitted again.
 */
final class Retries {
  /** Beyond so many, commands are logged again rather than looked for after every turn. */
  private static final int WAITING_MAX = 1024;

  private static final long LOOK_EVERY_NANOS = 20_000_000;

  /** A command of a session that was admitted before. Its bytes count as admitted. */
  record Retry(
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      ReplySink sink,
      long tag,
      long generation,
      long deadlineNanos) {
    long admittedBytes() {
      return (long) Slab.RECORD_HEADER_BYTES + payload.length;
    }
  }

  private final Applier applier;
  private final Batcher batcher;
  private final Admission admission;
  private final ConsensusMetrics metrics;
  private final Supplier<RoleChange> role;
  private final Runnable wakeLoop;
  private final Consumer<ReplySink> touch;
  private final ArrayDeque<Retry> waiting = new ArrayDeque<>();

  /**
   * Begins without any.
   *
   * @param touch told each sink that was given an answer, to be flushed later
   */
  Retries(
      Applier applier,
      Batcher batcher,
      Admission admission,
      ConsensusMetrics metrics,
      Supplier<RoleChange> role,
      Runnable wakeLoop,
      Consumer<ReplySink> touch) {
    this.applier = applier;
    this.batcher = batcher;
    this.admission = admission;
    this.metrics = metrics;
    this.role = role;
    this.wakeLoop = wakeLoop;
    this.touch = touch;
  }

  /** Takes one that has just come. */
  void add(Retry retry, Now now) {
    boolean over = waiting.size() >= WAITING_MAX;
    if (!settled(retry, batcher.admittedGeneration(), over, now)) {
      waiting.add(retry);
    }
  }

  /** Looks whether anything that is waited for has come about; returns when to look again. */
  long turn(Now now) {
    if (waiting.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long generation = batcher.admittedGeneration();
    for (Iterator<Retry> each = waiting.iterator(); each.hasNext(); ) {
      Retry retry = each.next();
      if (settled(retry, generation, retry.deadlineNanos <= now.monotonicNanos(), now)) {
        each.remove();
      }
    }
    return waiting.isEmpty() ? Long.MAX_VALUE : now.monotonicNanos() + LOOK_EVERY_NANOS;
  }

  /** Answers it or, once there is nothing to wait for, admits it again. */
  private boolean settled(Retry retry, long generation, boolean over, Now now) {
    OneReply reply = new OneReply(retry.sink, retry.tag);
    switch (applier.answerAgain(retry.session, retry.sequence, now.wallNanos(), reply)) {
      case ANSWERED -> {
        admission.release(retry.admittedBytes());
        metrics.retriesAnswered().increment();
        touch.accept(retry.sink);
      }
      case TO_BE_LOGGED -> admitAgain(retry);
      case UNKNOWN -> {
        if (!over && retry.generation == generation) {
          return false;
        }
        admitAgain(retry);
      }
    }
    return true;
  }

  private void admitAgain(Retry retry) {
    RoleChange present = role.get();
    if (present.role() != Role.LEADER) {
      refuse(retry, Refusal.notLeader(present.leader()));
      return;
    }
    batcher.append(
        CommandKind.SESSION,
        retry.session,
        retry.sequence,
        retry.acknowledgedBelow,
        retry.payload,
        0,
        retry.payload.length,
        retry.sink,
        retry.tag);
    wakeLoop.run();
  }

  /** Ends one that will not be looked at any more; this sending was surely not logged. */
  void refuse(Retry retry, Refusal why) {
    admission.release(retry.admittedBytes());
    metrics.commandsRefused().increment();
    retry.sink.refused(retry.tag, why);
    touch.accept(retry.sink);
  }

  /** Ends all that wait. */
  void refuseAll(Refusal why) {
    for (Retry retry = waiting.poll(); retry != null; retry = waiting.poll()) {
      refuse(retry, why);
    }
  }

  private record OneReply(ReplySink sink, long tag) implements Applier.Replies {
    @Override
    public void done(int ordinal, long index, long epoch, byte[] result) {
      sink.done(tag, index, epoch, result);
    }

    @Override
    public void refused(int ordinal, Refusal why) {
      sink.refused(tag, why);
    }
  }
}
