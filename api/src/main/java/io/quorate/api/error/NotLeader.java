// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

import io.quorate.api.NodeId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The replica asked does not lead the group; the command was not logged. */
public final class NotLeader extends ConsensusException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialized; the sealed hierarchy is for use within a process
  private final @Nullable NodeId leader;

  /**
   * Says who leads.
   *
   * @param leader the leader as far as the replica knows
   */
  public NotLeader(String message, @Nullable NodeId leader) {
    super(message);
    this.leader = leader;
  }

  /** The leader as far as the replica that was asked knows. */
  public Optional<NodeId> leader() {
    return Optional.ofNullable(leader);
  }

  @Override
  public Outcome outcome() {
    return Outcome.NOT_APPLIED;
  }
}
