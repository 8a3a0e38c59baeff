// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api;

/** What a replica is to its group at the moment; the protocols' own words are mapped to these. */
public enum Role {
  /** Orders commands (Raft leader, VR primary, S3 leader). */
  LEADER,
  /** Follows a leader, or looks for one. */
  FOLLOWER,
  /** Tries to become leader (Raft candidate, VR view change, S3 take-over). */
  CANDIDATE,
  /** Restarted or repairing: takes part in no quorum until it is sure of its own log. */
  RECOVERING,
  /** Stopped for good by a fault it must not work around; the status names the reason. */
  HALTED
}
