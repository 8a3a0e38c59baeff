// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.viewchange;

import io.quorate.api.NodeId;
import java.util.Map;
import java.util.TreeMap;

/** Who asked for which view, and when; each one's last word counts, and not for long. */
final class Votes {
  private record Vote(long view, long untilNanos) {}

  private final Map<NodeId, Vote> votes = new TreeMap<>();
  private final long lifeNanos;

  Votes(long lifeNanos) {
    this.lifeNanos = lifeNanos;
  }

  void record(NodeId voter, long view, long nowNanos) {
    votes.put(voter, new Vote(view, nowNanos + lifeNanos));
  }

  int count(long view, long nowNanos) {
    int count = 0;
    for (Vote vote : votes.values()) {
      if (vote.view == view && vote.untilNanos > nowNanos) {
        count++;
      }
    }
    return count;
  }

  void clear() {
    votes.clear();
  }
}
