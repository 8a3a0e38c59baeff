// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.store;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.protocol.Seat;
import io.quorate.s3.S3Config;
import io.quorate.s3.layout.Leader;
import io.quorate.s3.layout.ObjectKeys;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who a replica is, and where its group's objects are.
 *
 * @param incarnation drawn anew at each start: what an earlier process of this node wrote was
 *     written by somebody else
 */
public record Site(
    NodeId self,
    List<NodeId> members,
    GroupId group,
    S3Config config,
    ObjectKeys keys,
    UUID incarnation,
    RandomGenerator random) {

  /** The site of a replica that starts now. */
  public static Site of(Seat seat, S3Config config) {
    return new Site(
        seat.self(),
        seat.members(),
        seat.group(),
        config,
        new ObjectKeys(config.prefix(), seat.group()),
        draw(seat.random()),
        seat.random());
  }

  /** 128 random bits that nobody drew before. */
  public UUID draw() {
    return draw(random);
  }

  private static UUID draw(RandomGenerator random) {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** This incarnation as an owner of epochs. */
  public Leader asLeader() {
    return new Leader(self, incarnation);
  }

  /** Anything up to {@code bound}. */
  public long jitterNanos(long bound) {
    return 1 + Math.floorMod(random.nextLong(), Math.max(1, bound));
  }

  /**
   * How many members come before this one when the leader is gone; the leader itself does not
   * count.
   */
  public int rank(@Nullable NodeId leader) {
    int rank = 0;
    for (NodeId member : members) {
      if (member.equals(self)) {
        break;
      }
      if (!member.equals(leader)) {
        rank++;
      }
    }
    return rank;
  }
}
