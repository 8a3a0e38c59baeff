// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.election;

import io.quorate.api.Role;

/** What a replica is doing in its term. */
public enum Phase {
  /** Takes entries from a leader, or waits for one. */
  FOLLOWER("follower", Role.FOLLOWER),
  /** Asks whether an election would succeed; has spent no term on it. */
  PRE_CANDIDATE("pre-candidate", Role.CANDIDATE),
  /** Asks for votes in its own term. */
  CANDIDATE("candidate", Role.CANDIDATE),
  /** Was elected in its term. */
  LEADER("leader", Role.LEADER);

  private final String word;
  private final Role role;

  Phase(String word, Role role) {
    this.word = word;
    this.role = role;
  }

  /** The word of the paper, for people. */
  public String word() {
    return word;
  }

  /** The word of the framework. */
  public Role role() {
    return role;
  }
}
