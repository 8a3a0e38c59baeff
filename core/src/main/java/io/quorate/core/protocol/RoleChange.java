// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import org.jspecify.annotations.Nullable;

/**
 * A replica's place in its group changed.
 *
 * @param epoch Raft term, VR view, S3 epoch
 * @param leader null while none is known
 * @param reason for operators: why it changed
 */
public record RoleChange(Role role, long epoch, @Nullable NodeId leader, String reason) {

  /** As people read it: {@code FOLLOWER of n2, epoch 7: heard the leader}. */
  @Override
  public String toString() {
    boolean follows = leader != null && role != Role.LEADER;
    return "%s%s, epoch %d: %s".formatted(role, follows ? " of " + leader : "", epoch, reason);
  }
}
