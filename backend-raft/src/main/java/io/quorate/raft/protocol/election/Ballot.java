// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.election;

import io.quorate.api.NodeId;
import io.quorate.raft.protocol.configuration.Configuration;
import java.util.ArrayList;
import java.util.List;

/** The votes of one election, real or asked about. */
final class Ballot {
  private final Configuration configuration;
  private final long term;
  private final boolean transfer;
  private final List<NodeId> granted = new ArrayList<>();
  private final List<NodeId> denied = new ArrayList<>();

  /**
   * Nobody has voted yet.
   *
   * @param term the term that would begin
   */
  Ballot(Configuration configuration, long term, boolean transfer) {
    this.configuration = configuration;
    this.term = term;
    this.transfer = transfer;
  }

  long term() {
    return term;
  }

  boolean transfer() {
    return transfer;
  }

  /** Counts a vote; the first word of a voter stands. */
  void count(NodeId voter, boolean grant) {
    if (!granted.contains(voter) && !denied.contains(voter)) {
      (grant ? granted : denied).add(voter);
    }
  }

  boolean won() {
    return configuration.quorumHolds(granted::contains);
  }

  /** Whether it can no longer be won. */
  boolean lost() {
    return !configuration.quorumHolds(voter -> !denied.contains(voter));
  }
}
