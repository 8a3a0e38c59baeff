// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.reads;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Refusal;
import io.quorate.s3.S3Config;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.Site;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * A leader's reads (A.6.1, A.6.2): each waits for a read of the root that was sent after it
 * arrived, which all that wait share; or for nothing, while a lease holds.
 *
 * <p>Invariant: a proof counts from when the first attempt of what proved it was sent, never from
 * its answer or from a repetition.
 */
public final class LeaderReads {
  private static final long NEVER = Long.MIN_VALUE / 2;

  /** A read of this replica, or a question of another one. */
  private record Waiting(@Nullable NodeId asker, long id, long slot, long order) {}

  private final Site site;
  private final long epoch;
  private final S3Log log;
  private final RootReader reader;
  private final long leaseNanos;
  private final LinkedHashSet<Waiting> waiting = new LinkedHashSet<>();
  private long orders;
  private long provedNanos = NEVER;
  private boolean ended;

  /**
   * The reads of one epoch.
   *
   * @param leaseNanos what the root grants; 0: no leases
   */
  public LeaderReads(Site site, long epoch, S3Log log, RootReader reader, long leaseNanos) {
    this.site = site;
    this.epoch = epoch;
    this.log = log;
    this.reader = reader;
    this.leaseNanos = leaseNanos;
  }

  /** This replica led at some instant after {@code sentNanos}. */
  public void proved(long sentNanos) {
    provedNanos = Math.max(provedNanos, sentNanos);
  }

  /** When the last proof of leadership had been sent. */
  public long provedNanos() {
    return provedNanos;
  }

  /** A read of this replica. */
  public void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    long age = now.monotonicNanos() - provedNanos;
    boolean atOnce =
        switch (consistency) {
          case ReadConsistency.Linearizable linearizable -> false;
          case ReadConsistency.Lease lease -> holdsLease(now);
          case ReadConsistency.Bounded bounded -> age <= bounded.maxStaleness().toNanos();
          case ReadConsistency.Local local -> true;
        };
    if (atOnce) {
      out.answer(readId, barrierSlot(consistency));
    } else {
      await(new Waiting(null, readId, barrierSlot(consistency), orders++), now, out);
    }
  }

  /** Whether nobody else can lead by now, if clocks run at nearly the same rate. */
  private boolean holdsLease(Now now) {
    return leaseNanos > 0 && now.monotonicNanos() - provedNanos < leaseNanos;
  }

  private long barrierSlot(ReadConsistency consistency) {
    boolean sent =
        site.config().reads().barrier() == S3Config.ReadBarrier.SENT
            && (consistency instanceof ReadConsistency.Linearizable
                || consistency instanceof ReadConsistency.Lease);
    return sent ? log.head().slot() : log.committed().slot();
  }

  /** The question of another replica. */
  public void onReadIndex(NodeId from, S3Message.ReadIndex question, Now now, Effects out) {
    long slot = barrierSlot(ReadConsistency.LINEARIZABLE);
    await(new Waiting(from, question.requestId(), slot, orders++), now, out);
  }

  private void await(Waiting read, Now now, Effects out) {
    waiting.add(read);
    reader.ask(
        (sentNanos, then, effects) -> {
          // Whoever found another epoch in the root has ended these reads before.
          if (!ended && waiting.remove(read)) {
            proved(sentNanos);
            serve(read, effects);
          }
        },
        now,
        out);
  }

  private void serve(Waiting read, Effects out) {
    NodeId asker = read.asker;
    if (asker == null) {
      out.answer(read.id, read.slot);
    } else {
      out.send(new Outgoing(asker, new S3Message.ReadIndexReply(epoch, read.id, read.slot)));
    }
  }

  /** Refuses what waits; others will ask again elsewhere. Proofs count no more. */
  public void end(Refusal why, Effects out) {
    ended = true;
    provedNanos = NEVER;
    refuseAll(why, out);
  }

  /** Refuses what waits. */
  public void refuseAll(Refusal why, Effects out) {
    for (Waiting read : waiting) {
      if (read.asker == null) {
        out.rejectRead(read.id, why);
      }
    }
    waiting.clear();
  }
}
