// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.election;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.check.Check;
import org.jspecify.annotations.Nullable;

/**
 * A replica's place in its term, and what it last heard of the leader; volatile.
 *
 * <p>Invariants: at most one leader is ever recorded for a term; {@code leader} is this replica if
 * and only if the phase is {@code LEADER}.
 */
public final class Standing {
  /** Before any contact; far enough back that no timeout reaches it. */
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final NodeId self;
  private Phase phase = Phase.FOLLOWER;
  private @Nullable NodeId leader;
  private String reason = "started";
  private long leaderContactNanos = NEVER;
  private long freshNanos = NEVER;
  private boolean headCertain = true;

  /** A follower without a leader. */
  public Standing(NodeId self) {
    this.self = self;
  }

  /** Who this replica is. */
  public NodeId self() {
    return self;
  }

  /** What it is doing. */
  public Phase phase() {
    return phase;
  }

  /** What it is to the framework. */
  public Role role() {
    return headCertain ? phase.role() : Role.RECOVERING;
  }

  /** What it is doing, for people. */
  public String phaseWord() {
    return headCertain ? phase.word() : "recovering";
  }

  /** Who leads the current term; null if unknown. */
  public @Nullable NodeId leader() {
    return leader;
  }

  /** Why the phase last changed. */
  public String reason() {
    return reason;
  }

  /** Changes the phase. */
  public void become(Phase next, @Nullable NodeId nextLeader, String why) {
    Check.that(
        (next == Phase.LEADER) == self.equals(nextLeader), "phase %s with leader %s", next, why);
    phase = next;
    leader = nextLeader;
    reason = why;
  }

  /** Whether the leader of this term spoke within {@code nanos}; true for the leader itself. */
  public boolean heardLeaderWithin(long nanos, long nowNanos) {
    return phase == Phase.LEADER || nowNanos - leaderContactNanos < nanos;
  }

  /** The leader of this term spoke. */
  public void contact(long nowNanos) {
    leaderContactNanos = nowNanos;
  }

  /** This replica knew every commit that a confirmed leader had made by then. */
  public void freshAt(long nanos) {
    freshNanos = Math.max(freshNanos, nanos);
  }

  /** How old the commit slot known here may be. */
  public long staleNanos(long nowNanos) {
    return nowNanos - freshNanos;
  }

  /**
   * Whether the end of the log on disk is what this replica acknowledged. If not, it neither votes
   * nor campaigns.
   */
  public boolean headCertain() {
    return headCertain;
  }

  /** Sets whether the end of the log can be trusted. */
  public void headCertain(boolean certain) {
    headCertain = certain;
  }
}
