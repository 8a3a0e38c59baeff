// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.message;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.ProtocolMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one VSR replica may say to another (VR Revisited, VRR for short). Each message may be
 * lost, repeated, delayed and overtaken; each says what the sender knew when it left. The group's
 * configuration epoch travels with each of them; until there is reconfiguration it is {@link
 * #CONFIGURATION}.
 */
public sealed interface VsrMessage extends ProtocolMessage {
  /** The one configuration epoch there is (VRR §7). */
  long CONFIGURATION = 0;

  /**
   * The sender's view, to which a quorum of votes moved it; durable at the sender before any
   * message of that view leaves.
   */
  long view();

  @Override
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * A vote for a change to {@code proposed} (VRR §4.2 step 1). The sender stays in its view; the
   * vote is volatile and expires.
   *
   * @param proposed later than the view; mostly the next one
   * @param yields whether the sender is the primary of {@code view}, and either will not lead it
   *     any more or wants to be followed by another: others need not miss it first
   */
  record StartViewChange(long view, long proposed, boolean yields) implements VsrMessage {}

  /**
   * The log of a replica, for the primary of {@code view} (VRR §4.2 step 2). The view and
   * everything that this says of the log are durable.
   *
   * @param lastNormalView latest view whose log the sender has installed (v' in the paper)
   * @param commit last op that it knows to be committed
   * @param log what its log consists of
   * @param bodies it holds every op of that log up to here; the rest it knows only by name
   * @param faulty ops up to {@code bodies} whose bytes are damaged there, ascending: perhaps
   *     acknowledged, so never denied
   * @param incarnations members that are known to have lost their disks, the sender perhaps among
   *     them: offers of their earlier incarnations are void
   */
  record DoViewChange(
      long view,
      long lastNormalView,
      long commit,
      LogShape log,
      long bodies,
      List<Long> faulty,
      List<Incarnation> incarnations)
      implements VsrMessage {
    /** The log of a replica that knows of no lost disk. */
    public DoViewChange(
        long view, long lastNormalView, long commit, LogShape log, long bodies, List<Long> faulty) {
      this(view, lastNormalView, commit, log, bodies, faulty, List.of());
    }

    /** Whether the sender can give the op that was prepared in this view. */
    public boolean holds(long op, long viewOfOrigin) {
      return op <= bodies
          && op > log.base()
          && log.has(op)
          && log.viewAt(op) == viewOfOrigin
          && !faulty.contains(op);
    }

    /** Whether the sender surely never acknowledged the op that was prepared in this view. */
    public boolean denies(long op, long viewOfOrigin) {
      if (op <= log.base() || faulty.contains(op)) {
        return false;
      }
      return op > log.op() || op > bodies || log.viewAt(op) != viewOfOrigin;
    }
  }

  /**
   * The log of a new view, from its primary (VRR §4.2 step 3), who holds all of it durably, or held
   * it when the view began.
   *
   * @param commit last committed op
   * @param nonce the question that this answers, see {@link RequestStartView}; 0 if none
   */
  record StartView(long view, long commit, LogShape log, long nonce) implements VsrMessage {}

  /**
   * Asks the primary for {@link StartView}: the sender knows of the view, not of its log.
   *
   * @param nonce not 0 if the sender does not trust the end of its own log; then what it had
   *     acknowledged before no longer counts
   */
  record RequestStartView(long view, long nonce) implements VsrMessage {}

  /**
   * The sender has lost its disk, and does not know what it may have promised (VRR §4.3).
   *
   * @param view of which it has heard since
   * @param incarnation number of this recovery, from 1
   * @param nonce of the sender's start, not 0
   */
  record Recovery(long view, long incarnation, long nonce) implements VsrMessage {}

  /**
   * Answer to {@link Recovery}, of replicas in normal operation only; durable at the sender that
   * earlier incarnations of the receiver count for nothing.
   *
   * @param incarnation as asked if granted, else one that an earlier start has taken
   * @param nonce as asked
   * @param granted whether the receiver may be this incarnation
   * @param primary whether the sender is primary of the view
   * @param incarnations members that are known to have lost their disks
   */
  record RecoveryResponse(
      long view,
      long incarnation,
      long nonce,
      boolean granted,
      boolean primary,
      List<Incarnation> incarnations)
      implements VsrMessage {}

  /** An op and its place (VRR §4.1 step 3); not yet durable at the primary. */
  record Prepare(long view, long commit, Entry entry) implements VsrMessage {}

  /**
   * The sender has, durably and in the log of this view, every op up to {@code op} (VRR §4.1 step
   * 4); cumulative.
   *
   * @param hash H(op), null if not at hand
   * @param checkpoint last op of its newest durable snapshot
   */
  record PrepareOk(long view, long op, @Nullable ChainHash hash, long checkpoint)
      implements VsrMessage {}

  /**
   * A sign of life (VRR §4.1 step 6), sent every heartbeat.
   *
   * @param op the primary's last op
   * @param commit last committed op
   * @param checkpoint last op that a quorum can restore from its own snapshots
   * @param round number of the primary's read round; echoed, so that it proves the primary
   * @param quorumAgeNanos at most this long ago a quorum still confirmed the primary; {@link
   *     Long#MAX_VALUE} when it does not know
   * @param echoedRound highest round that the primary knows this backup to have echoed
   * @param sentNanos the primary's monotonic clock, echoed
   */
  record Commit(
      long view,
      long op,
      long commit,
      long checkpoint,
      long round,
      long quorumAgeNanos,
      long echoedRound,
      long sentNanos)
      implements VsrMessage {}

  /**
   * Answer to {@link Commit}; says what {@link PrepareOk} says, too.
   *
   * @param round of the sign of life
   * @param sentNanos of the sign of life
   * @param wallNanos the backup's wall clock when it answered
   */
  record CommitOk(
      long view,
      long op,
      @Nullable ChainHash hash,
      long checkpoint,
      long round,
      long sentNanos,
      long wallNanos)
      implements VsrMessage {}

  /**
   * Asks for the ops from {@code fromOp} on (VRR §5.2).
   *
   * @param throughOp the last one wanted; {@link Long#MAX_VALUE} for all there are
   */
  record GetPrepares(long view, long fromOp, long throughOp) implements VsrMessage {}

  /** Ops as asked for; nothing is said of whether they are committed. */
  record Prepares(long view, List<Entry> entries) implements VsrMessage {}

  /**
   * Part of a snapshot, for a backup whose next op is no longer in the primary's log (VRR §5.2).
   *
   * @param snapshot which
   * @param offset of the first byte
   */
  record StateChunk(long view, SnapshotRef snapshot, long offset, byte[] bytes)
      implements VsrMessage {}

  /** Asks for the next part; everything before {@code nextOffset} is written. */
  record StateAck(long view, String snapshotId, long nextOffset) implements VsrMessage {}

  /** Up to which op must a read be served now? */
  record ReadIndex(long view, long requestId) implements VsrMessage {}

  /** Answer to {@link ReadIndex}, once a quorum has confirmed the primary. */
  record ReadIndexReply(long view, long requestId, long op) implements VsrMessage {}
}
