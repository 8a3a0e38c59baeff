// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.check.Check;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.RoleChange;
import org.jspecify.annotations.Nullable;

/** What a replica is doing, for whom, and what it told the runtime about that. */
final class Standing {
  private final NodeId self;
  private Phase phase = Phase.COLD;
  private Role role = Role.RECOVERING;
  private long epoch;
  private @Nullable NodeId leader;
  private String reason = "started";

  Standing(NodeId self) {
    this.self = self;
  }

  Phase phase() {
    return phase;
  }

  /** As the runtime knows it. */
  Role role() {
    return role;
  }

  long epoch() {
    return epoch;
  }

  @Nullable NodeId leader() {
    return leader;
  }

  /** Why the phase last changed. */
  String reason() {
    return reason;
  }

  /** Changes the phase, and tells the runtime. */
  void become(Phase next, long nextEpoch, @Nullable NodeId nextLeader, String why, Effects out) {
    enter(next, why);
    tell(next.role(), nextEpoch, nextLeader, why, out);
  }

  /** Changes the phase; the runtime need not know yet, or never. */
  void enter(Phase next, String why) {
    phase = next;
    reason = why;
  }

  /** Tells the runtime what this replica is, whatever it is doing. */
  void tell(Role nextRole, long nextEpoch, @Nullable NodeId nextLeader, String why, Effects out) {
    Check.that(nextEpoch >= epoch, "epoch goes back from %s to %s", epoch, nextEpoch);
    Check.that(
        (nextRole == Role.LEADER) == self.equals(nextLeader),
        "role %s under leader %s",
        nextRole,
        String.valueOf(nextLeader));
    role = nextRole;
    epoch = nextEpoch;
    leader = nextLeader;
    reason = why;
    out.role(new RoleChange(nextRole, nextEpoch, nextLeader, why));
  }
}
