// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.group;

import io.quorate.api.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/** The members in order of their names (VRR §4: the configuration), and what they may decide. */
public final class Group {
  private final NodeId self;
  private final List<NodeId> members;
  private final List<NodeId> others;
  private final Quorums quorums;

  /**
   * The group as one member sees it.
   *
   * @param members ascending
   */
  public Group(NodeId self, List<NodeId> members, Quorums quorums) {
    this.self = self;
    this.members = members;
    this.quorums = quorums;
    this.others = new ArrayList<>(members);
    others.remove(self);
  }

  /** This member. */
  public NodeId self() {
    return self;
  }

  /** All members, ascending. */
  public List<NodeId> members() {
    return members;
  }

  /** All members but this one, ascending. */
  public List<NodeId> others() {
    return others;
  }

  /** How many decide. */
  public Quorums quorums() {
    return quorums;
  }

  /** Whether this is a member. */
  public boolean has(NodeId node) {
    return members.contains(node);
  }

  /** Who is primary in a view: they take turns (VRR §4.2). */
  public NodeId primaryOf(long view) {
    return members.get((int) (view % members.size()));
  }

  /** Whether this member is the primary of a view. */
  public boolean leads(long view) {
    return primaryOf(view).equals(self);
  }

  /** The first view after {@code view} in which {@code node}, a member, is primary. */
  public long nextViewOf(NodeId node, long view) {
    long next = view + 1;
    while (!primaryOf(next).equals(node)) {
      next++;
    }
    return next;
  }

  /** What a replication quorum has reached: the largest value that so many members have. */
  public long replicated(ToLongFunction<NodeId> value) {
    long[] values = new long[members.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.applyAsLong(members.get(i));
    }
    Arrays.sort(values);
    return values[values.length - quorums.replication()];
  }
}
