// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.recovery;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.vsr.message.VsrMessage.RequestStartView;
import io.quorate.vsr.protocol.log.VsrLog;

/**
 * Makes a replica trustworthy again whose disk may have lost ops that it had acknowledged: it asks
 * the primary where the log of its view ends, and counts again once it durably has all of that.
 * Whatever was committed with the help of its lost ops is among them, since the log of a view has
 * everything committed in earlier ones, and everything that its primary may yet commit on the
 * strength of an old acknowledgement was in that log when it answered.
 */
public final class HeadRecovery {
  private final VsrLog log;
  private final long nonce;
  private final long repeatNanos;
  private long askAtNanos = Long.MIN_VALUE;
  private long goalView = -1;
  private long goal;

  /**
   * Nothing is known yet.
   *
   * @param nonce random and not 0, so that answers from before this start do not fit
   */
  public HeadRecovery(VsrLog log, long nonce, long repeatNanos) {
    Check.that(nonce != 0, "0 stands for no question");
    this.log = log;
    this.nonce = nonce;
    this.repeatNanos = repeatNanos;
  }

  /**
   * The primary of an earlier view still speaks: lets it know of this one, which somebody must have
   * entered who has since lost his voice. A replica in no quorum cannot ask for another view.
   */
  public void onEarlierPrimary(NodeId primary, Now now, Effects out) {
    if (log.muted() && now.monotonicNanos() >= askAtNanos) {
      askAtNanos = now.monotonicNanos() + repeatNanos;
      log.send(new Outgoing(primary, new RequestStartView(log.view(), nonce)), out);
    }
  }

  /** The primary of the current view spoke: asks it, unless it was asked just now. */
  public void onPrimary(NodeId primary, Now now, Effects out) {
    boolean due = log.muted() && goalView != log.view() && now.monotonicNanos() >= askAtNanos;
    if (!due || log.incarnations().diskLost()) {
      return;
    }
    askAtNanos = now.monotonicNanos() + repeatNanos;
    log.send(new Outgoing(primary, new RequestStartView(log.view(), nonce)), out);
  }

  /** Whether a StartView with this nonce answers the question of this replica. */
  public boolean isAnswer(long answered) {
    return answered == nonce && !log.incarnations().diskLost();
  }

  /** The log of the view, which ends there, was installed. */
  public void aimFor(long op) {
    if (goalView != log.view()) {
      goalView = log.view();
      goal = op;
    }
  }

  /** Whether the log of the view is being followed, though nothing may be said of it yet. */
  public boolean follows() {
    return goalView == log.view();
  }

  /**
   * Whether the replica has just become certain of its log.
   *
   * <p>Looks only at what is durable: what is in memory alone could be lost again.
   */
  public boolean completes(Effects out) {
    if (!log.muted() || goalView != log.view() || log.durable() < goal || log.last() < goal) {
      return false;
    }
    log.mute(false);
    out.trace(new Trace.Noted("vsr repair", "has the primary's log up to op " + goal + " again"));
    return true;
  }
}
