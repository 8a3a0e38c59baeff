// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.group;

/**
 * How many replicas decide what, of {@code members}.
 *
 * <p>Any replication quorum shares a replica with any view-change quorum, so a new view learns of
 * everything committed; any two view-change quorums share one, so a view has one log.
 *
 * @param replication so many must have an op durably before it is committed
 * @param viewChange so many must take part in a view change
 */
public record Quorums(int members, int replication, int viewChange) {
  /** Refuses quorums that could miss each other. */
  public Quorums {
    if (replication < 1 || replication > members) {
      throw new IllegalArgumentException(
          "quorate.vsr.replication-quorum must be from 1 to the "
              + members
              + " members, was "
              + replication);
    }
    if (viewChange > members || viewChange * 2 <= members) {
      throw new IllegalArgumentException(
          "quorate.vsr.view-change-quorum must be more than half of the "
              + members
              + " members, and no more than all, was "
              + viewChange);
    }
    if (replication + viewChange <= members) {
      throw new IllegalArgumentException(
          "quorate.vsr.replication-quorum ("
              + replication
              + ") and view-change-quorum ("
              + viewChange
              + ") together must be more than the "
              + members
              + " members, or a new view could miss what was committed");
    }
  }

  /**
   * The quorums of a group.
   *
   * @param replication as configured, 0 for a majority
   * @param viewChange as configured, 0 for the fewest that are enough
   */
  public static Quorums of(int members, int replication, int viewChange) {
    int majority = members / 2 + 1;
    int replicate = replication == 0 ? majority : replication;
    int change = viewChange == 0 ? Math.max(majority, members - replicate + 1) : viewChange;
    return new Quorums(members, replicate, change);
  }

  /** So many replicas that surely never acknowledged an op leave too few for a quorum of it. */
  public int nack() {
    return members - replication + 1;
  }
}
