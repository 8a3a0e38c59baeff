// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

import java.time.Duration;

/** From a shortest to a longest duration, both included: {@code 150 ms .. 300 ms}. */
public record DurationRange(Duration min, Duration max) {
  /** Refuses a range that is empty or begins below zero. */
  public DurationRange {
    if (min.isNegative() || min.compareTo(max) > 0) {
      throw new IllegalArgumentException("a range must go upwards, was " + min + " .. " + max);
    }
  }

  @Override
  public String toString() {
    return Quantities.format(min) + " .. " + Quantities.format(max);
  }
}
