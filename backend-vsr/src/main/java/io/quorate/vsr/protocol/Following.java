// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.GetPrepares;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StateChunk;
import io.quorate.vsr.protocol.group.Group;
import io.quorate.vsr.protocol.log.VsrLog;
import io.quorate.vsr.protocol.normal.Backup;
import io.quorate.vsr.protocol.recovery.HeadRecovery;
import io.quorate.vsr.protocol.statetransfer.Checkpoints;
import io.quorate.vsr.protocol.statetransfer.Mender;
import io.quorate.vsr.protocol.statetransfer.Missing;
import io.quorate.vsr.protocol.statetransfer.SnapshotIntake;
import io.quorate.vsr.protocol.viewchange.Standing;
import io.quorate.vsr.protocol.viewchange.Status;
import io.quorate.vsr.protocol.viewchange.ViewChange;
import org.jspecify.annotations.Nullable;

/**
 * What a replica that does not lead makes of its primary's messages: takes the log of the view,
 * then op after op, a snapshot where ops are gone, and its own trustworthiness back.
 */
final class Following {
  private final VsrLog log;
  private final Group group;
  private final Standing standing;
  private final ViewChange viewChange;
  private final Missing missing;
  private final Backup backup;
  private final Checkpoints checkpoints;
  private final HeadRecovery recovery;
  private final Mender mender;
  private final SnapshotIntake intake;

  private @Nullable LogShape awaited;

  /** Works on the given parts of a replica. */
  Following(
      VsrLog log,
      Group group,
      Standing standing,
      ViewChange viewChange,
      Missing missing,
      Checkpoints checkpoints,
      HeadRecovery recovery,
      Mender mender) {
    this.log = log;
    this.group = group;
    this.standing = standing;
    this.viewChange = viewChange;
    this.missing = missing;
    this.backup = new Backup(log, missing, standing);
    this.checkpoints = checkpoints;
    this.recovery = recovery;
    this.mender = mender;
    this.intake = new SnapshotIntake(log);
  }

  /** Whether a snapshot must come before the log of the view. */
  boolean awaitsSnapshot() {
    return awaited != null;
  }

  /** What was under way in the last view no longer matters. */
  void forget() {
    awaited = null;
  }

  /** Whether there is a primary whose log this one follows. */
  boolean mayAsk() {
    return log.lastNormalView() == log.view()
        && standing.status() != Status.PRIMARY
        && standing.primary() != null
        && (!log.muted() || recovery.follows());
  }

  /** A message that only the primary of the current view sends. */
  void onMessage(NodeId from, VsrMessage message, long applied, Now now, Effects out) {
    Check.that(
        from.equals(group.primaryOf(log.view())),
        "%s speaks as the primary of another's view: %s",
        from,
        message.name());
    viewChange.hearPrimary(from, now, out);
    recovery.onPrimary(from, now, out);
    if (message instanceof StartView start) {
      onStartView(from, start, now, out);
    } else if (message instanceof StateChunk chunk) {
      onStateChunk(from, chunk, applied, out);
    } else if (log.lastNormalView() != log.view() || (log.muted() && !recovery.follows())) {
      out.trace(new Trace.Ignored(from, message.name(), "the log of the view is not known yet"));
    } else if (message instanceof Prepare prepare) {
      backup.onPrepare(from, prepare, now, out);
    } else if (message instanceof Commit commit) {
      backup.onCommit(from, commit, now, out);
      checkpoints.compact(commit.checkpoint(), Long.MAX_VALUE, out);
    }
    completeRecovery(now, out);
  }

  /** The log of the view (VRR §4.2 step 5). */
  private void onStartView(NodeId from, StartView start, Now now, Effects out) {
    boolean installed = log.lastNormalView() == log.view();
    if (log.muted() ? !recovery.isAnswer(start.nonce()) || recovery.follows() : installed) {
      missing.reaches(start.log().op(), now);
      return;
    }
    if (viewChange.onStartView(start, now, out)) {
      followWithLog(from, start.log().op(), now, out);
      backup.learnCommit(start.commit(), out);
      return;
    }
    if (log.commit() < start.log().base()) {
      // What comes next is in no log any more: a snapshot must come first (VRR §5.2).
      awaited = start.log();
      log.send(
          new Outgoing(from, new GetPrepares(log.view(), log.commit() + 1, Long.MAX_VALUE)), out);
    }
  }

  private void followWithLog(NodeId primary, long op, Now now, Effects out) {
    awaited = null;
    missing.reset();
    missing.reaches(op, now);
    missing.askSoon(now);
    if (log.muted()) {
      recovery.aimFor(op);
    } else {
      viewChange.follow(primary, "has the log of view " + log.view(), now, out);
    }
    backup.acknowledge(primary);
  }

  /** Is trustworthy again if what it lacked is durable. */
  void completeRecovery(Now now, Effects out) {
    NodeId primary = standing.primary();
    if (primary != null && recovery.completes(out)) {
      viewChange.follow(primary, "has the primary's log again", now, out);
      backup.acknowledge(primary);
    }
  }

  /** Ops that were asked for. */
  void onPrepares(NodeId from, Prepares prepares, Now now, Effects out) {
    boolean mended = mender.take(prepares.entries(), now);
    if (viewChange.completing()) {
      if (missing.takeNamed(prepares.entries())) {
        missing.askSoon(now);
      }
    } else if (mayAsk() && from.equals(standing.primary())) {
      backup.onPrepares(from, prepares, now, out);
      completeRecovery(now, out);
    } else if (!mended) {
      out.trace(new Trace.Ignored(from, prepares.name(), "nothing was asked of it"));
    }
  }

  private void onStateChunk(NodeId from, StateChunk chunk, long applied, Effects out) {
    boolean taken = intake.onChunk(from, chunk, applied, out);
    if (!taken && log.lastNormalView() == log.view()) {
      backup.acknowledge(from); // it ends the transfer
    }
  }

  /** Part of a snapshot was written. */
  void onSnapshotReceived(Event.SnapshotReceived received, long applied, Now now, Effects out) {
    NodeId primary = standing.status() == Status.PRIMARY ? null : standing.primary();
    // Who is not certain of its log knows the view's by its primary's answer alone (B.4).
    boolean follows = log.lastNormalView() == log.view() && (!log.muted() || recovery.follows());
    SnapshotRef complete = intake.onWritten(received, primary, out);
    if (complete == null) {
      return;
    }
    LogShape known = awaited == null && follows ? log.shape() : awaited;
    if (primary == null || known == null || !intake.isNeeded(complete, known, applied)) {
      // Not offered as ours: nobody may cut the log behind what is not applied here.
      out.trace(new Trace.Noted("vsr §5.2 state transfer", complete + " is not needed now"));
      return;
    }
    out.trace(new Trace.Noted("vsr §5.2 state transfer", "the log now begins behind " + complete));
    if (complete.slot() > log.commit() && log.continues(complete)) {
      log.commitTo(complete.slot()); // what follows it stays until the log of the view is installed
    }
    if (complete.slot() > log.commit()) {
      log.beginBehind(complete, known);
      followWithLog(primary, log.op(), now, out);
    } else {
      log.offer(complete);
      log.compactThrough(complete.base()); // it takes the place of what is damaged
    }
    log.flush(now, out);
    out.install(complete);
  }
}
