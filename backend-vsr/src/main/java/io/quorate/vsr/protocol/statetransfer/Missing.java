// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.statetransfer;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.protocol.log.VsrLog;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ops of the view's log that are not here: takes those that come, in order, keeps those that
 * come too early for a while, and asks for what does not come by itself (VRR §5.2).
 *
 * <p>Invariant: what is kept is behind the last op and, together, within its bound.
 */
public final class Missing {
  private final VsrLog log;
  private final long aheadBytesMax;
  private final long shortNanos;
  private final long repeatNanos;
  private final TreeMap<Long, Entry> ahead = new TreeMap<>();
  private long aheadBytes;
  private long wanted;
  private long askAtNanos = Long.MAX_VALUE;

  /**
   * Nothing is missing.
   *
   * @param heartbeatNanos a question is repeated after so long; a gap is left to close by itself
   *     for a tenth of it
   */
  public Missing(VsrLog log, long aheadBytesMax, long heartbeatNanos) {
    this.log = log;
    this.aheadBytesMax = aheadBytesMax;
    this.shortNanos = heartbeatNanos / 10;
    this.repeatNanos = heartbeatNanos;
  }

  /** Another view begins: what was known of the last one's log no longer matters. */
  public void reset() {
    ahead.clear();
    aheadBytes = 0;
    wanted = 0;
    askAtNanos = Long.MAX_VALUE;
  }

  /** The log of the view reaches at least so far, which may be on its way. */
  public void reaches(long op, Now now) {
    wanted = Math.max(wanted, op);
    if (log.last() < wanted && askAtNanos == Long.MAX_VALUE) {
      askAtNanos = now.monotonicNanos() + shortNanos;
    }
  }

  /** Asks at the next occasion. */
  public void askSoon(Now now) {
    if (log.last() < wanted()) {
      askAtNanos = now.monotonicNanos();
    }
  }

  /** Asks at the next occasion, unless a question is open or about to be asked. */
  public void askIfIdle(Now now) {
    if (askAtNanos == Long.MAX_VALUE) {
      askSoon(now);
    }
  }

  private long wanted() {
    LogShape aim = log.target();
    return aim == null ? wanted : Math.max(wanted, aim.op());
  }

  /** When {@link #ask} is due; {@link Long#MAX_VALUE} while nothing is missing. */
  public long deadlineNanos() {
    return askAtNanos;
  }

  /** Asks for what comes next, if it is time. */
  public void ask(@Nullable NodeId holder, Now now, Effects out) {
    if (log.last() >= wanted()) {
      askAtNanos = Long.MAX_VALUE;
      return;
    }
    if (now.monotonicNanos() < askAtNanos) {
      return;
    }
    askAtNanos = now.monotonicNanos() + repeatNanos;
    if (holder != null) {
      log.send(
          new Outgoing(holder, new GetPrepares(log.view(), log.last() + 1, Long.MAX_VALUE)), out);
    }
  }

  /**
   * An op of the view's log, from its primary.
   *
   * @return whether the log has grown
   */
  public boolean take(Entry entry, Now now) {
    long op = entry.slot();
    if (op <= log.last()) {
      Check.that(
          op < log.base().slot() || log.viewAt(op) == entry.epoch(),
          "op %s of view %s was prepared again in view %s",
          op,
          op < log.base().slot() ? 0 : log.viewAt(op),
          entry.epoch());
      return false;
    }
    if (op > log.last() + 1) {
      keep(entry);
      reaches(op, now);
      return false;
    }
    Check.that(
        entry.parentHash().equals(log.lastHash()),
        "%s does not continue the log of the view, which ends with %s",
        entry,
        log.lastHash());
    log.append(entry);
    takeKept();
    return true;
  }

  private void keep(Entry entry) {
    if (aheadBytes + entry.sizeBytes() <= aheadBytesMax
        && ahead.putIfAbsent(entry.slot(), entry) == null) {
      aheadBytes += entry.sizeBytes();
    }
  }

  private void takeKept() {
    while (!ahead.isEmpty() && ahead.firstKey() <= log.last() + 1) {
      Entry entry = ahead.pollFirstEntry().getValue();
      aheadBytes -= entry.sizeBytes();
      if (entry.slot() == log.last() + 1) {
        log.append(entry);
      }
    }
  }

  /**
   * Ops of a log that is being completed, from whoever has them: takes those that it names.
   *
   * @return whether the log has grown
   */
  public boolean takeNamed(List<Entry> entries) {
    boolean grown = false;
    for (Entry entry : entries) {
      LogShape aim = log.target();
      boolean named =
          aim != null
              && entry.slot() == log.last() + 1
              && entry.epoch() == aim.viewAt(entry.slot())
              && entry.parentHash().equals(log.lastHash());
      if (named) {
        log.append(entry);
        grown = true;
      }
    }
    return grown;
  }
}
