// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.message;

import io.quorate.api.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * How often a member has come back without its disk (VRR §4.3). What it said of its log as an
 * earlier incarnation no longer holds.
 *
 * @param number from 1; members that never lost their disk have none
 * @param nonce of the start that took the number, so that two starts never share one
 */
public record Incarnation(NodeId node, long number, long nonce) {

  /** Which incarnation of a member is listed; 0 if none. */
  public static long numberOf(NodeId node, List<Incarnation> known) {
    for (Incarnation each : known) {
      if (each.node().equals(node)) {
        return each.number();
      }
    }
    return 0;
  }

  /**
   * Who spoke before it lost its disk, as others know who spoke beside it.
   *
   * @param told what each of them knows, of itself, too
   */
  public static List<NodeId> outdated(SortedMap<NodeId, List<Incarnation>> told) {
    List<NodeId> outdated = new ArrayList<>();
    for (NodeId node : told.keySet()) {
      long own = numberOf(node, told.getOrDefault(node, List.of()));
      if (told.values().stream().anyMatch(known -> numberOf(node, known) > own)) {
        outdated.add(node);
      }
    }
    return outdated;
  }
}
