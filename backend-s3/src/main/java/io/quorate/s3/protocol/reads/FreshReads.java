// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.reads;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads of bounded staleness at a follower (A.6.3 c): served from what is here if the end of the
 * log was read from the bucket recently enough, else once it has been.
 */
public final class FreshReads {
  private static final long NEVER = Long.MIN_VALUE / 2;

  private record Waiting(long readId, long maxAgeNanos, long untilNanos) {}

  private final long patienceNanos;
  private final List<Waiting> waiting = new ArrayList<>();
  private long freshNanos = NEVER;

  /**
   * No reads.
   *
   * @param patienceNanos after which a read is refused
   */
  public FreshReads(long patienceNanos) {
    this.patienceNanos = patienceNanos;
  }

  /**
   * Serves a read, or keeps it.
   *
   * @return whether it waits for the end of the log to be read
   */
  public boolean add(long readId, long maxAgeNanos, long slot, Now now, Effects out) {
    if (now.monotonicNanos() - freshNanos <= maxAgeNanos) {
      out.answer(readId, slot);
      return false;
    }
    waiting.add(new Waiting(readId, maxAgeNanos, now.monotonicNanos() + patienceNanos));
    return true;
  }

  /** This replica had all that was acknowledged before {@code sentNanos}. */
  public void onEnd(long sentNanos, long slot, Now now, Effects out) {
    freshNanos = Math.max(freshNanos, sentNanos);
    long age = now.monotonicNanos() - freshNanos;
    for (Waiting read : waiting) {
      if (age <= read.maxAgeNanos) {
        out.answer(read.readId, slot);
      } else {
        out.rejectRead(
            read.readId,
            Refusal.of(
                RefusalCode.NOT_READY,
                "reading the bucket took " + age / 1_000_000 + " ms, longer than the bound"));
      }
    }
    waiting.clear();
  }

  /** Refuses reads that waited too long. */
  public void tick(Now now, Effects out) {
    int late = 0;
    while (late < waiting.size() && waiting.get(late).untilNanos <= now.monotonicNanos()) {
      out.rejectRead(
          waiting.get(late).readId,
          Refusal.of(RefusalCode.NOT_READY, "the bucket was not read in time"));
      late++;
    }
    waiting.subList(0, late).clear();
  }

  /** Whether reads wait. */
  public boolean any() {
    return !waiting.isEmpty();
  }

  /** Refuses everything: this replica leads itself now. */
  public void refuseAll(Refusal why, Effects out) {
    for (Waiting read : waiting) {
      out.rejectRead(read.readId, why);
    }
    waiting.clear();
  }
}
