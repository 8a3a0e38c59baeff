// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

/**
 * Bounds of the replicated session state. They decide what happens at apply, so they are part of
 * the group's state: equal on all replicas, and the same for the whole life of a group, since old
 * log entries may be applied again at any time. What an operator may change belongs at the leader's
 * door instead, where a command is refused before it is logged.
 *
 * @param sessionsMax sessions that may be open at once
 * @param inFlightMax sequence numbers of a session, from the lowest unacknowledged one
 * @param keptBytesMax bytes of results kept for a session; beyond, only the fact is kept that a
 *     command was executed
 * @param resultBytesMax bytes of one result; a larger one becomes a failure of its command
 */
public record SessionLimits(
    int sessionsMax, int inFlightMax, int keptBytesMax, int resultBytesMax) {

  /** What every group of this release uses; {@code sessionsMax} is above any sensible setting. */
  public static final SessionLimits DEFAULT = new SessionLimits(1_000_000, 1_024, 1 << 20, 4 << 20);

  /** Refuses bounds under which no session could do anything. */
  public SessionLimits {
    require(sessionsMax >= 0, "sessionsMax", sessionsMax);
    require(inFlightMax >= 1 && inFlightMax <= 1 << 20, "inFlightMax", inFlightMax);
    require(keptBytesMax >= 0, "keptBytesMax", keptBytesMax);
    require(resultBytesMax >= 0, "resultBytesMax", resultBytesMax);
  }

  private static void require(boolean holds, String name, int value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is out of range: " + value);
    }
  }
}
