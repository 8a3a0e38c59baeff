// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not a result.
 *
 * @param leader who leads, as far as the replica knows; null if it does not, or if it matters not
 * @param text one sentence for people: what happened, and what would be right
 */
public record Refusal(RefusalCode code, @Nullable NodeId leader, String text) {

  /** A refusal for which the leader does not matter. */
  public static Refusal of(RefusalCode code, String text) {
    return new Refusal(code, null, text);
  }

  /** The refusal of a replica that does not lead. */
  public static Refusal notLeader(@Nullable NodeId leader) {
    return new Refusal(
        RefusalCode.NOT_LEADER,
        leader,
        leader == null ? "no leader is known at the moment" : "the leader is " + leader);
  }
}
