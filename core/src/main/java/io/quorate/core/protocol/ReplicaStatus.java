// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A replica's own view of itself at one instant.
 *
 * @param phase the protocol's own word for its state, such as {@code "pre-candidate"}
 * @param roleReason why the role last changed
 * @param firstSlot first slot in the log
 * @param lastSlot last slot in the log
 * @param durableSlot last slot that is durable here
 * @param commitSlot last slot known to be committed
 * @param peers what a leader knows of the others; empty elsewhere
 * @param details what only this protocol knows of itself, for people: names in lower case with
 *     underscores, values as text. Never null, often empty; not to be changed
 */
public record ReplicaStatus(
    NodeId self,
    Role role,
    String phase,
    long epoch,
    @Nullable NodeId leader,
    String roleReason,
    long firstSlot,
    long lastSlot,
    long durableSlot,
    long commitSlot,
    List<Peer> peers,
    SortedMap<String, String> details) {

  /** A view of a protocol that has nothing to add. */
  public ReplicaStatus(
      NodeId self,
      Role role,
      String phase,
      long epoch,
      @Nullable NodeId leader,
      String roleReason,
      long firstSlot,
      long lastSlot,
      long durableSlot,
      long commitSlot,
      List<Peer> peers) {
    this(
        self,
        role,
        phase,
        epoch,
        leader,
        roleReason,
        firstSlot,
        lastSlot,
        durableSlot,
        commitSlot,
        peers,
        Collections.unmodifiableSortedMap(new TreeMap<>()));
  }

  /**
   * What a leader knows of one other replica.
   *
   * @param mode the protocol's word for how it is being fed
   * @param matchSlot last slot known to be durable there
   * @param silentNanos time since it was last heard
   */
  public record Peer(NodeId node, String mode, long matchSlot, long silentNanos) {}
}
