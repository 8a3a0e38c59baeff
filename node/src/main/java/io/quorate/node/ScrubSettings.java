// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import io.quorate.node.config.Require;
import java.time.Duration;

/**
 * When a replica reads its whole log in search of damage.
 *
 * @param every time between two readings; zero: never
 */
public record ScrubSettings(Duration every) {
  /** Refuses a pace at which a replica would do little else. */
  public ScrubSettings {
    Require.between(every, Duration.ZERO, Duration.ofDays(365), "quorate.scrub.every");
  }
}
