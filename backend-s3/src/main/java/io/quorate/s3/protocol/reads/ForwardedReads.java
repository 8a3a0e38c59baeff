// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.reads;

import io.quorate.api.NodeId;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.message.S3Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linearizable reads of a follower (A.6.3 a): one question to the leader at a time, for all reads
 * that arrived before it was asked. A repeated question gets a new number, so that only an answer
 * to it, begun after those reads, counts.
 */
public final class ForwardedReads {

  private record Waiting(long readId, long untilNanos) {}

  private final long patienceNanos;
  private final long repeatNanos;
  private final List<Waiting> asked = new ArrayList<>();
  private final List<Waiting> queued = new ArrayList<>();
  private long requestId;
  private long repeatAtNanos = Long.MAX_VALUE;

  /**
   * No reads.
   *
   * @param patienceNanos after which a read is refused
   * @param repeatNanos after which a question is repeated
   * @param firstRequestId drawn, so that answers to an earlier process match nothing
   */
  public ForwardedReads(long patienceNanos, long repeatNanos, long firstRequestId) {
    this.patienceNanos = patienceNanos;
    this.repeatNanos = repeatNanos;
    this.requestId = firstRequestId;
  }

  /** Reads to be confirmed by the leader. */
  public void add(long readId, NodeId leader, long epoch, Now now, Effects out) {
    queued.add(new Waiting(readId, now.monotonicNanos() + patienceNanos));
    if (asked.isEmpty()) {
      askNext(leader, epoch, now, out);
    }
  }

  private void askNext(NodeId leader, long epoch, Now now, Effects out) {
    asked.addAll(queued);
    queued.clear();
    ask(leader, epoch, now, out);
  }

  private void ask(NodeId leader, long epoch, Now now, Effects out) {
    requestId++;
    repeatAtNanos = now.monotonicNanos() + repeatNanos;
    out.send(new Outgoing(leader, new S3Message.ReadIndex(epoch, requestId)));
  }

  /** Answers the reads of the question under way. */
  public void onReply(NodeId from, S3Message.ReadIndexReply reply, Now now, Effects out) {
    if (asked.isEmpty() || reply.requestId() != requestId) {
      out.trace(new Trace.Ignored(from, reply.name(), "the question was repeated or given up"));
      return;
    }
    for (Waiting read : asked) {
      out.answer(read.readId, reply.slot());
    }
    asked.clear();
    if (!queued.isEmpty()) {
      askNext(from, reply.epoch(), now, out);
    }
  }

  /** Repeats the question when it is due, and refuses reads that waited too long. */
  public void tick(@Nullable NodeId leader, long epoch, Now now, Effects out) {
    refuseLate(asked, now, out);
    refuseLate(queued, now, out);
    boolean any = !asked.isEmpty() || !queued.isEmpty();
    if (any && leader != null && now.monotonicNanos() >= repeatAtNanos) {
      askNext(leader, epoch, now, out);
    }
  }

  private static void refuseLate(List<Waiting> reads, Now now, Effects out) {
    int late = 0;
    while (late < reads.size() && reads.get(late).untilNanos <= now.monotonicNanos()) {
      out.rejectRead(
          reads.get(late).readId,
          Refusal.of(RefusalCode.NOT_READY, "the leader did not confirm the read in time"));
      late++;
    }
    reads.subList(0, late).clear();
  }

  /** Refuses everything: this replica leads itself now. */
  public void refuseAll(Refusal why, Effects out) {
    for (List<Waiting> reads : List.of(asked, queued)) {
      for (Waiting read : reads) {
        out.rejectRead(read.readId, why);
      }
      reads.clear();
    }
  }
}
