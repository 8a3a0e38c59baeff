// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Who a replica is.
 *
 * @param members all members of the group's first configuration, ascending, this one included
 * @param random seeded; the only randomness that the core may use
 */
public record Seat(GroupId group, NodeId self, List<NodeId> members, RandomGenerator random) {
  /** Refuses a seat outside of the group. */
  public Seat {
    Check.that(members.contains(self), "%s is not a member of %s", self, members);
  }
}
