// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.world;

import java.util.SortedMap;
import java.util.TreeMap;

/** How often rare things happened: a simulator that never meets them proves nothing about them. */
public final class Coverage {
  private final TreeMap<String, Long> counts = new TreeMap<>();

  /** Counts one. */
  public void hit(String name) {
    hit(name, 1);
  }

  /** Counts several. */
  public void hit(String name, long times) {
    counts.merge(name, times, Long::sum);
  }

  /** How often it happened. */
  public long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** All counts by name. */
  public SortedMap<String, Long> counts() {
    return new TreeMap<>(counts);
  }
}
