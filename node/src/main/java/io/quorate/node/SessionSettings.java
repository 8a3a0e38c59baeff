// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import io.quorate.node.config.Require;
import java.time.Duration;

/**
 * Limits of client sessions, kept by whichever replica leads; may differ between replicas.
 *
 * @param max how many sessions the group holds at a time
 * @param expireAfter the silence that a session survives whose client did not choose; decided by
 *     the leader when the session opens, and not changed afterwards
 */
public record SessionSettings(int max, Duration expireAfter) {
  /** Bounds that keep the session table and its snapshot of sane size. */
  public SessionSettings {
    Require.between(max, 1, 10_000_000, "quorate.sessions.max");
    Require.between(
        expireAfter, Duration.ofSeconds(1), Duration.ofDays(30), "quorate.sessions.expire-after");
  }
}
