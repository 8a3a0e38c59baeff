// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import io.quorate.node.config.Require;
import java.time.Duration;

/**
 * How a replica looks after its log.
 *
 * @param scrubEvery time between two readings of the whole log in search of damage; zero: never
 */
public record DiskSettings(Duration scrubEvery) {
  /** Refuses a pace at which a replica would do little else. */
  public DiskSettings {
    Require.between(scrubEvery, Duration.ZERO, Duration.ofDays(365), "quorate.disk.scrub-every");
  }
}
