// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api;

import java.time.Duration;

/**
 * How fresh a read must be. The same four modes exist on every backend; what each costs differs and
 * is told in {@code docs/compare.md}.
 */
public sealed interface ReadConsistency {

  /** Sees every command acknowledged before the read began; asks the group, never the clock. */
  ReadConsistency LINEARIZABLE = new Linearizable();

  /**
   * As {@link #LINEARIZABLE}, without asking the group while a time lease holds. True only while
   * clocks run at nearly the same rate; refused unless the configuration turns leases on.
   */
  ReadConsistency LEASE = new Lease();

  /** Served from the local state if the leader was heard within {@code maxStaleness}. */
  static ReadConsistency bounded(Duration maxStaleness) {
    return new Bounded(maxStaleness);
  }

  /**
   * Served from the local state once it includes command {@code minIndex} (0: whatever is there).
   * With the index of the last {@link Receipt} this gives read-your-writes on any replica.
   */
  static ReadConsistency local(long minIndex) {
    return new Local(minIndex);
  }

  /** See {@link #LINEARIZABLE}. */
  record Linearizable() implements ReadConsistency {}

  /** See {@link #LEASE}. */
  record Lease() implements ReadConsistency {}

  /** See {@link #bounded(Duration)}. */
  record Bounded(Duration maxStaleness) implements ReadConsistency {
    /** Refuses a bound that no replica could ever meet. */
    public Bounded {
      if (maxStaleness.isNegative() || maxStaleness.isZero()) {
        throw new IllegalArgumentException("max staleness must be positive, was " + maxStaleness);
      }
    }
  }

  /** See {@link #local(long)}. */
  record Local(long minIndex) implements ReadConsistency {
    /** Refuses negative indexes: 0 means no lower bound. */
    public Local {
      if (minIndex < 0) {
        throw new IllegalArgumentException("min index must be 0 or more, was " + minIndex);
      }
    }
  }
}
