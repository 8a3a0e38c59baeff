// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.api.Role;

/** What a replica is doing: the states of A.5.9. */
enum Phase {
  /** Has not read the root yet. */
  COLD(Role.RECOVERING),
  /** Founds the group. */
  BOOTSTRAP(Role.CANDIDATE),
  /** Another replica leads, as far as is known. */
  FOLLOWER(Role.FOLLOWER),
  /** The leader was not heard; is it gone? */
  SUSPECT(Role.FOLLOWER),
  /** Finds the end of the log and seals it. */
  SEALING(Role.CANDIDATE),
  /** Replaces the root. */
  CASING(Role.CANDIDATE),
  /** Owns the epoch, waits until the lease of the leader before is over. */
  WAIT_LEASE(Role.CANDIDATE),
  /** Orders commands. */
  LEADING(Role.LEADER),
  /** Owns the epoch, but the bucket has not answered for long: admits nothing. */
  STALLED(Role.FOLLOWER),
  /** Hands leadership over: its window empties, then it seals its own next slot. */
  DRAINING(Role.LEADER),
  /** Sealed or deposed: finds out which of its slots are in the log. */
  RESOLVING(Role.LEADER);

  private final Role role;

  Phase(Role role) {
    this.role = role;
  }

  Role role() {
    return role;
  }
}
