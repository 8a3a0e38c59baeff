// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.reads;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeat rounds of one leader in one epoch. A round that a majority echoes proves that the
 * leader still led when the round began: all reads that had arrived by then are served at the
 * commit slot of that moment, by one round at a time (dissertation §6.4).
 *
 * <p>Invariants: confirmed ≤ round; reads in flight arrived before their round began.
 */
public final class ReadRounds {
  /** Rounds whose time of sending is remembered; older ones count as too long ago to tell. */
  private static final int REMEMBERED = 128;

  /** How another replica is answered. */
  public interface Answers {
    /**
     * Tells {@code asker} that its question may be served from any state that has applied {@code
     * slot}.
     */
    void answer(NodeId asker, long requestId, long slot, Effects out);
  }

  /** A read of this replica, or a question of another one. */
  private record Waiting(@Nullable NodeId asker, long id) {}

  private final long[] sentNanos = new long[REMEMBERED];
  private List<Waiting> queued = new ArrayList<>();
  private List<Waiting> flying = new ArrayList<>();
  private long flyingRound;
  private long flyingSlot;
  private long round;
  private long confirmed;
  private boolean servable;
  private final Answers answers;

  /** No round yet. */
  public ReadRounds(Answers answers) {
    this.answers = answers;
  }

  /** Number of the last round that was begun. */
  public long round() {
    return round;
  }

  /** Queues reads of this replica. */
  public void addOwn(long readId) {
    queued.add(new Waiting(null, readId));
  }

  /** Queues the question of another replica. */
  public void addAsked(NodeId asker, long requestId) {
    queued.add(new Waiting(asker, requestId));
  }

  /** Whether reads wait and no round is under way for others. */
  public boolean wantsRound() {
    return flying.isEmpty() && !queued.isEmpty();
  }

  /**
   * Everything that earlier leaders may have acknowledged is committed: from now on the commit slot
   * is not behind what earlier leaders acknowledged.
   */
  public void becomeServable() {
    servable = true;
  }

  /** Begins a round; the caller sends heartbeats with its number. */
  public void begin(long commit, long nowNanos) {
    round++;
    sentNanos[(int) (round % REMEMBERED)] = nowNanos;
    if (servable && wantsRound()) {
      List<Waiting> empty = flying;
      flying = queued;
      queued = empty;
      flyingRound = round;
      flyingSlot = commit;
    }
  }

  /** A majority has echoed {@code reached}: answers the reads that waited for it. */
  public void confirm(long reached, Effects out) {
    Check.that(reached <= round, "round %s was echoed, the last is %s", reached, round);
    confirmed = Math.max(confirmed, reached);
    if (flying.isEmpty() || confirmed < flyingRound) {
      return;
    }
    for (Waiting read : flying) {
      NodeId asker = read.asker;
      if (asker == null) {
        out.answer(read.id, flyingSlot);
      } else {
        answers.answer(asker, read.id, flyingSlot, out);
      }
    }
    flying.clear();
  }

  /**
   * At most how long ago a majority confirmed that the leader's commit slot was the latest; {@link
   * Long#MAX_VALUE} if that is not known.
   */
  public long confirmedAgeNanos(long nowNanos) {
    return !servable || confirmed == 0 || round - confirmed >= REMEMBERED
        ? Long.MAX_VALUE
        : nowNanos - sentNanos[(int) (confirmed % REMEMBERED)];
  }

  /** The leader steps down: its own reads are refused, others will ask again. */
  public void refuseAll(Refusal why, Effects out) {
    for (List<Waiting> reads : List.of(flying, queued)) {
      for (Waiting read : reads) {
        if (read.asker == null) {
          out.rejectRead(read.id, why);
        }
      }
      reads.clear();
    }
  }
}
