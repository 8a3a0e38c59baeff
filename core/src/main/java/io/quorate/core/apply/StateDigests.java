// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.core.check.InvariantViolation;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * This replica's latest digests, to be compared with the leader's when those come through the log.
 * No part of the state: what was restored from a snapshot begins without any. Confined to the apply
 * loop.
 */
final class StateDigests {
  private static final int KEPT_MAX = 64;

  private final ArrayDeque<StateDigest> own = new ArrayDeque<>();

  /** Notes a digest of this replica's state; slots ascend. */
  void add(StateDigest digest) {
    if (own.size() == KEPT_MAX) {
      own.removeFirst();
    }
    own.addLast(digest);
  }

  /** The latest one; null if there is none. */
  @Nullable StateDigest latest() {
    return own.peekLast();
  }

  void clear() {
    own.clear();
  }

  /**
   * Compares the leader's digest with the own of the same slot, if that is still known.
   *
   * @throws InvariantViolation the states differ
   */
  void compare(StateDigest leaders) {
    for (StateDigest known : own) {
      boolean comparable = known.slot() == leaders.slot() && known.version() == leaders.version();
      if (comparable && !known.equals(leaders)) {
        throw new InvariantViolation(
            ("the state of this replica differs from the leader's: its digest is %s, the leader's"
                 + " %s. The state machine is not deterministic, or a copy of the state was"
                 + " damaged. Nothing more is applied here; keep the files, and compare the state"
                 + " machines")
                .formatted(known, leaders));
      }
    }
  }
}
