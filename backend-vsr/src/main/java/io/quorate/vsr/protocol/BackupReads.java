// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.reads.ForwardedReads;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.message.VsrMessage.ReadIndex;
import io.quorate.vsr.protocol.log.VsrLog;
import io.quorate.vsr.protocol.viewchange.Standing;

/** Reads on a replica that is not primary. */
final class BackupReads {
  private final VsrLog log;
  private final Standing standing;
  private final ForwardedReads forwarded;

  BackupReads(VsrConfig config, VsrLog log, Standing standing, long firstRequestId) {
    this.log = log;
    this.standing = standing;
    this.forwarded =
        new ForwardedReads(
            (primary, requestId, out) ->
                log.send(new Outgoing(primary, new ReadIndex(log.view(), requestId)), out),
            config.patienceMaxNanos(),
            config.timing().heartbeatInterval().toNanos(),
            firstRequestId);
  }

  void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    NodeId primary = standing.primary();
    if (consistency instanceof ReadConsistency.Bounded bounded) {
      if (standing.staleNanos(now.monotonicNanos()) <= bounded.maxStaleness().toNanos()) {
        out.answer(readId, log.commit());
      } else {
        out.rejectRead(
            readId,
            new Refusal(
                RefusalCode.NOT_READY,
                primary,
                "the primary was not heard within " + bounded.maxStaleness()));
      }
    } else if (primary == null) {
      out.rejectRead(readId, Refusal.notLeader(null));
    } else {
      forwarded.add(readId, primary, now, out);
    }
  }

  /** False if the question was repeated or given up meanwhile. */
  boolean onReply(NodeId from, long requestId, long op, Now now, Effects out) {
    return forwarded.onReply(from, requestId, op, now, out);
  }

  void tick(Now now, Effects out) {
    forwarded.tick(standing.primary(), now, out);
  }

  long deadlineNanos() {
    return forwarded.deadlineNanos();
  }

  /** This replica is becoming primary itself. */
  void refuseAll(Effects out) {
    forwarded.refuseAll(
        Refusal.of(RefusalCode.NOT_READY, "this replica just became primary; ask again"), out);
  }
}
