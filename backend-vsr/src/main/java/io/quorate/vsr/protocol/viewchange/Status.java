// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.viewchange;

import io.quorate.api.Role;

/** What a replica is doing in its view (VRR §4: status). */
public enum Status {
  /** Primary of its view. */
  PRIMARY("primary", Role.LEADER),
  /** Has the log of its view, or the beginning of it, and follows the primary. */
  BACKUP("backup", Role.FOLLOWER),
  /** Does not have the log of its view, or was its primary and is no longer. */
  VIEW_CHANGE("view-change", Role.CANDIDATE),
  /** May have lost what it had acknowledged: keeps out of every quorum. */
  RECOVERING_HEAD("recovering-head", Role.RECOVERING),
  /** Has lost its disk, and does not know yet what it may have promised (VRR §4.3). */
  RECOVERING("recovering", Role.RECOVERING);

  private final String word;
  private final Role role;

  Status(String word, Role role) {
    this.word = word;
    this.role = role;
  }

  /** For people. */
  public String word() {
    return word;
  }

  /** The word of the framework. */
  public Role role() {
    return role;
  }
}
