// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.normal;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.reads.RoundEchoes;
import io.quorate.vsr.message.VsrMessage;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.Prepares;
import io.quorate.vsr.protocol.log.VsrLog;
import io.quorate.vsr.protocol.statetransfer.Missing;
import io.quorate.vsr.protocol.viewchange.Standing;

/**
 * A backup's side of normal operation (VRR §4.1): takes ops in their order, acknowledges what is
 * durable, and learns what is committed. Its log is the beginning of the view's log.
 *
 * <p>Nothing is acknowledged before the last normal view is durable as the current one (V1), nor by
 * a replica that is not sure of its log.
 */
public final class Backup {
  private final VsrLog log;
  private final Missing missing;
  private final Standing standing;
  private final RoundEchoes echoes = new RoundEchoes();
  private long commit;

  /** Works on the given log. */
  public Backup(VsrLog log, Missing missing, Standing standing) {
    this.log = log;
    this.missing = missing;
    this.standing = standing;
  }

  /** An op (VRR §4.1 step 4). */
  public void onPrepare(NodeId from, Prepare prepare, Now now, Effects out) {
    boolean grown = missing.take(prepare.entry(), now);
    learnCommit(prepare.commit(), out);
    if (grown) {
      acknowledge(from);
    }
  }

  /** Ops that were asked for. */
  public void onPrepares(NodeId from, Prepares prepares, Now now, Effects out) {
    boolean grown = false;
    for (Entry entry : prepares.entries()) {
      grown |= missing.take(entry, now);
    }
    learnCommit(commit, out);
    if (grown) {
      acknowledge(from);
      missing.askSoon(now);
    }
  }

  /** Once this step's changes are durable, says how far the log is. */
  public void acknowledge(NodeId primary) {
    Check.that(
        log.lastNormalView() == log.view(),
        "log of view %s in view %s",
        log.lastNormalView(),
        log.view());
    if (!log.muted()) {
      long op = log.acknowledgeable();
      log.release(
          new Outgoing(primary, new PrepareOk(log.view(), op, log.hashAt(op), log.checkpoint())));
    }
  }

  /** A sign of life (VRR §4.1 step 6). */
  public void onCommit(NodeId from, Commit message, Now now, Effects out) {
    missing.reaches(message.op(), now);
    learnCommit(message.commit(), out);
    if (message.quorumAgeNanos() != Long.MAX_VALUE && message.commit() <= log.commit()) {
      // How long this message was under way is not known, only that it left after our echo.
      long left = echoes.notBeforeNanos(log.view(), message.echoedRound());
      standing.freshAt(left - message.quorumAgeNanos());
    }
    if (log.muted()) {
      return;
    }
    echoes.echo(log.view(), message.round(), now.monotonicNanos());
    // What is durable already need not wait for the disk, so that a slow one costs no reads.
    long op = Math.min(log.durable(), log.last());
    VsrMessage answer =
        new CommitOk(
            log.view(),
            op,
            log.hashAt(op),
            log.checkpoint(),
            message.round(),
            message.sentNanos(),
            now.wallNanos());
    log.send(new Outgoing(from, answer), out);
  }

  /** So much is committed; what of it is here may be applied. */
  public void learnCommit(long known, Effects out) {
    commit = Math.max(commit, known);
    long reached = Math.min(commit, log.last());
    if (reached > log.commit()) {
      log.commitTo(reached);
      out.commit(reached);
    }
  }
}
