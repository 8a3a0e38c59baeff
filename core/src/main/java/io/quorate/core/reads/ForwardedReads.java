// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.reads;

import io.quorate.api.NodeId;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linearizable reads on a follower: it asks the leader up to which slot it must have applied. One
 * question is under way, and answers all reads that had arrived when it left; later reads wait for
 * the next one. A question is repeated, under a new number, until it is answered or its reads have
 * waited too long.
 */
public final class ForwardedReads {
  /** How the leader is asked. */
  public interface Question {
    /** Sends the question. */
    void ask(NodeId leader, long requestId, Effects out);
  }

  private record Waiting(long readId, long untilNanos) {}

  private final Question question;
  private final long patienceNanos;
  private final long repeatNanos;
  private List<Waiting> queued = new ArrayList<>();
  private List<Waiting> asked = new ArrayList<>();
  private long requestId;
  private long repeatAtNanos;

  /**
   * Nothing waits.
   *
   * @param question asks the leader
   * @param patienceNanos after which a read is refused
   * @param repeatNanos after which a question is repeated
   * @param firstRequestId random, so that no answer to a question from before a restart fits
   */
  public ForwardedReads(
      Question question, long patienceNanos, long repeatNanos, long firstRequestId) {
    this.question = question;
    this.patienceNanos = patienceNanos;
    this.repeatNanos = repeatNanos;
    this.requestId = firstRequestId;
  }

  /** Asks the leader on behalf of a read, at once or with the next question. */
  public void add(long readId, NodeId leader, Now now, Effects out) {
    queued.add(new Waiting(readId, now.monotonicNanos() + patienceNanos));
    if (asked.isEmpty()) {
      askNext(leader, now, out);
    }
  }

  private void askNext(NodeId leader, Now now, Effects out) {
    List<Waiting> empty = asked;
    asked = queued;
    queued = empty;
    ask(leader, now, out);
  }

  private void ask(NodeId leader, Now now, Effects out) {
    requestId++;
    repeatAtNanos = now.monotonicNanos() + repeatNanos;
    question.ask(leader, requestId, out);
  }

  /**
   * Answers the reads of the question under way.
   *
   * @return false if the question was repeated or given up meanwhile
   */
  public boolean onReply(NodeId from, long answered, long slot, Now now, Effects out) {
    if (asked.isEmpty() || answered != requestId) {
      return false;
    }
    for (Waiting read : asked) {
      out.answer(read.readId, slot);
    }
    asked.clear();
    if (!queued.isEmpty()) {
      askNext(from, now, out);
    }
    return true;
  }

  /** Repeats the question and refuses reads that waited too long. */
  public void tick(@Nullable NodeId leader, Now now, Effects out) {
    refuseLate(asked, now, out);
    refuseLate(queued, now, out);
    if (now.monotonicNanos() < repeatAtNanos) {
      return;
    }
    repeatAtNanos = now.monotonicNanos() + repeatNanos;
    if (leader == null) {
      return;
    }
    if (!asked.isEmpty()) {
      ask(leader, now, out);
    } else if (!queued.isEmpty()) {
      askNext(leader, now, out);
    }
  }

  private static void refuseLate(List<Waiting> reads, Now now, Effects out) {
    int kept = 0;
    while (kept < reads.size() && reads.get(kept).untilNanos <= now.monotonicNanos()) {
      out.rejectRead(
          reads.get(kept).readId,
          Refusal.of(RefusalCode.NOT_READY, "the leader did not confirm the read in time"));
      kept++;
    }
    reads.subList(0, kept).clear();
  }

  /** When {@link #tick} is due; {@link Long#MAX_VALUE} when nothing waits. */
  public long deadlineNanos() {
    if (asked.isEmpty() && queued.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long first = repeatAtNanos;
    if (!asked.isEmpty()) {
      first = Math.min(first, asked.get(0).untilNanos);
    }
    if (!queued.isEmpty()) {
      first = Math.min(first, queued.get(0).untilNanos);
    }
    return first;
  }

  /** Refuses everything: this replica is becoming the leader itself. */
  public void refuseAll(Refusal why, Effects out) {
    for (List<Waiting> reads : List.of(asked, queued)) {
      for (Waiting read : reads) {
        out.rejectRead(read.readId, why);
      }
      reads.clear();
    }
  }
}
