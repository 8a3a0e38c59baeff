// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.bench.compare.Prices;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a replica asks of its object store.
 *
 * @param overMillis time over which it was counted
 * @param writes requests that are billed as PUTs
 * @param reads requests that are billed as GETs
 * @param dollars what they cost by the shipped tariff, that of S3 Standard
 */
record ObjectLoad(long overMillis, long writes, long reads, double dollars) {
  private static final String COUNTERS = "object_";
  private static final String UPTIME = "uptime_ms";
  private static final double MILLIS_PER_HOUR = 3_600_000;

  /** Whether these counters are of a replica that uses an object store. */
  static boolean isIn(SortedMap<String, Long> counters) {
    SortedMap<String, Long> tail = counters.tailMap(COUNTERS);
    return !tail.isEmpty() && tail.firstKey().startsWith(COUNTERS);
  }

  /**
   * The load between two looks at the counters of one replica.
   *
   * @param earlier null: since the start of the replica. So it is, too, if the replica was
   *     restarted between the looks
   * @return empty if the replica does not say for how long it has run
   */
  static Optional<ObjectLoad> between(
      @Nullable SortedMap<String, Long> earlier, SortedMap<String, Long> later) {
    long uptime = later.getOrDefault(UPTIME, 0L);
    long before = earlier == null ? 0 : earlier.getOrDefault(UPTIME, 0L);
    if (earlier == null || uptime <= before) {
      return uptime == 0 ? Optional.empty() : Optional.of(of(uptime, later));
    }
    SortedMap<String, Long> grown = new TreeMap<>();
    later.forEach((name, count) -> grown.put(name, count - earlier.getOrDefault(name, 0L)));
    return Optional.of(of(uptime - before, grown));
  }

  private static ObjectLoad of(long overMillis, SortedMap<String, Long> counts) {
    return new ObjectLoad(
        overMillis,
        Prices.writes(counts),
        Prices.reads(counts),
        Prices.shipped("standard").dollars(counts));
  }

  private double perSecond(long count) {
    return count * 1000.0 / overMillis;
  }

  double dollarsPerHour() {
    return dollars * MILLIS_PER_HOUR / overMillis;
  }

  /** For people. */
  String sentence() {
    return String.format(
        Locale.ROOT,
        "%.1f PUT/s, %.1f GET/s, $%.4f an hour at this load (over %.1f s)",
        perSecond(writes),
        perSecond(reads),
        dollarsPerHour(),
        overMillis / 1000.0);
  }

  /** For programs. */
  void write(ObjectNode object) {
    object
        .put("over_ms", overMillis)
        .put("puts_per_second", perSecond(writes))
        .put("gets_per_second", perSecond(reads))
        .put("dollars_per_hour", dollarsPerHour());
  }
}
