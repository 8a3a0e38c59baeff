// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.statetransfer;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.protocol.group.Group;
import io.quorate.vsr.protocol.log.VsrLog;
import java.util.List;

/**
 * Puts back ops that are damaged on this disk: asks the other members in turn, whatever anybody's
 * role, and takes exactly the entry whose hash is known. What a snapshot of this replica covers is
 * cut off instead. Nothing is ever denied or truncated here because it is damaged.
 */
public final class Mender {
  private static final int AT_ONCE = 64;

  private final VsrLog log;
  private final Group group;
  private final long repeatNanos;
  private long askAtNanos = Long.MAX_VALUE;
  private int asked;
  private int inVain;

  /** Nothing is damaged. */
  public Mender(VsrLog log, Group group, long repeatNanos) {
    this.log = log;
    this.group = group;
    this.repeatNanos = repeatNanos;
  }

  /** When {@link #tick} is due; {@link Long#MAX_VALUE} while nothing is damaged. */
  public long deadlineNanos() {
    return askAtNanos;
  }

  /** Nobody can mend the log of a group of one; whether that is so. */
  public boolean haltsAlone(List<FaultySlot> slots, Effects out) {
    if (slots.isEmpty() || !group.others().isEmpty()) {
      return false;
    }
    out.halt(
        "the log is damaged at slot "
            + slots.get(0).slot()
            + ", and a group of one has nobody to mend it from; restore the folder of this replica"
            + " from a copy");
    return true;
  }

  /** Damage was found. */
  public void wake(List<FaultySlot> slots, Now now, Effects out) {
    for (FaultySlot slot : slots) {
      log.markFaulty(slot);
    }
    if (!log.faulty().isEmpty()) {
      askAtNanos = now.monotonicNanos();
      out.trace(
          new Trace.Noted(
              "vsr damage", log.faulty().size() + " ops of its log are damaged on its disk"));
    }
  }

  /** Asks for what is damaged. */
  public void tick(Now now, Effects out) {
    if (now.monotonicNanos() < askAtNanos) {
      return;
    }
    dropCovered();
    List<FaultySlot> wanted = log.faulty().toMend(AT_ONCE);
    if (wanted.isEmpty()) {
      askAtNanos = log.faulty().isEmpty() ? Long.MAX_VALUE : now.monotonicNanos() + repeatNanos;
      return;
    }
    askAtNanos = now.monotonicNanos() + repeatNanos;
    if (group.others().isEmpty()) {
      return;
    }
    long first = wanted.get(0).slot();
    long last = first;
    while (last - first + 1 < wanted.size()
        && wanted.get((int) (last - first + 1)).slot() == last + 1) {
      last++;
    }
    inVain++;
    NodeId from = group.others().get(asked++ % group.others().size());
    log.send(new Outgoing(from, new GetPrepares(log.view(), first, last)), out);
  }

  /**
   * Whether all others were asked several times for what this replica has not applied, in vain:
   * then only a snapshot can help it, which comes from a primary.
   */
  public boolean stuck(long applied) {
    return inVain > 4 * group.others().size()
        && log.faulty().firstFrom(applied + 1) != Long.MAX_VALUE;
  }

  /** Its own snapshot stands for what is damaged before it. */
  private void dropCovered() {
    SnapshotRef snapshot = log.snapshot();
    if (snapshot != null
        && snapshot.slot() > log.base().slot()
        && snapshot.slot() <= log.commit()
        && log.faulty().firstFrom(0) <= snapshot.slot()) {
      log.compactThrough(snapshot.base());
    }
  }

  /**
   * Takes from what arrived that which is damaged here.
   *
   * @return whether there was any
   */
  public boolean take(List<Entry> entries, Now now) {
    if (log.faulty().isEmpty()) {
      inVain = 0;
      return false;
    }
    boolean mended = false;
    for (Entry entry : entries) {
      mended |= log.repair(entry);
    }
    if (mended) {
      inVain = 0;
      askAtNanos = now.monotonicNanos();
    }
    return mended;
  }
}
