// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.HdrHistogram.Histogram;

/**
 * What one run of one contender showed.
 *
 * @param durability what an acknowledged command had survived
 * @param measuredNanos time over which {@code answered} was counted
 * @param answered calls answered in that time
 * @param latencies of these calls
 * @param indeterminate calls whose outcome the client was told to be unknown
 * @param refused calls that were surely not applied
 * @param gapNanos longest time without any answer after the fault; 0 without a fault
 * @param fault what was done, for people
 * @param counts what the replicas counted over the measured time
 * @param leaderChanges epochs that began in the measured time; absent if replicas do not tell
 * @param perSecondBeforeFault calls answered in a second up to the fault
 * @param putsPerBatch objects written for each batch proposed, up to the fault
 * @param prices of requests to an object store
 * @param verdict what the history showed
 * @param settings what a reader must know of the contender's settings; empty if nothing
 * @param everySetting in force, by full key; empty for a contender that cannot tell
 * @param costs what the machine counted over the measured time
 * @param timeline answers over the measured time
 */
public record Measured(
    String contender,
    String durability,
    long measuredNanos,
    long answered,
    Histogram latencies,
    long indeterminate,
    long refused,
    long gapNanos,
    String fault,
    SortedMap<String, Long> counts,
    OptionalLong leaderChanges,
    double perSecondBeforeFault,
    double putsPerBatch,
    Prices prices,
    HistoryVerdict verdict,
    String settings,
    SortedMap<String, String> everySetting,
    Costs costs,
    Timeline timeline) {
  /** What {@code fault} says when nothing was done. */
  public static final String NO_FAULT = "none";

  /** Commands and reads answered in a second. */
  public double perSecond() {
    return answered * 1e9 / measuredNanos;
  }

  /** Latency in milliseconds at a percentile, 0 to 100. */
  public double millisAt(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }

  /** Longest latency in milliseconds. */
  public double maxMillis() {
    return latencies.getMaxValue() / 1e6;
  }

  /** A count for each thousand answered calls. */
  public double perThousand(String counter) {
    return answered == 0 ? 0 : counts.getOrDefault(counter, 0L) * 1000.0 / answered;
  }

  /** Whether the contender has its log in an object store. */
  public boolean usesObjectStore() {
    return Prices.writes(counts) + Prices.reads(counts) > 0;
  }

  /** Requests to an object store for a thousand answered calls. */
  public double objectRequestsPerThousand() {
    return answered == 0 ? 0 : (Prices.writes(counts) + Prices.reads(counts)) * 1000.0 / answered;
  }

  /** What the requests for a million answered calls cost at this load. */
  public double dollarsPerMillion() {
    return answered == 0 ? 0 : prices.dollars(counts) * 1e6 / answered;
  }

  /**
   * Bytes written to the disk for each answered call, by whomever; absent where the system does not
   * tell.
   */
  public OptionalDouble diskBytesPerCommand() {
    return perCommand(costs.diskBytes());
  }

  /** Flushes of the disk for a thousand answered calls, by whomever; absent as above. */
  public OptionalDouble diskFlushesPerThousand() {
    return times(perCommand(costs.diskFlushes()), 1000);
  }

  /** Packets over loopback for a thousand answered calls, by whomever; absent as above. */
  public OptionalDouble loopbackPacketsPerThousand() {
    return times(perCommand(costs.loopbackPackets()), 1000);
  }

  /** Bytes over loopback for each answered call, by whomever; absent as above. */
  public OptionalDouble loopbackBytesPerCommand() {
    return perCommand(costs.loopbackBytes());
  }

  /** Bytes allocated for each answered call; absent when replicas have processes of their own. */
  public OptionalDouble allocatedBytesPerCommand() {
    return perCommand(costs.allocatedBytes());
  }

  private OptionalDouble perCommand(OptionalLong bytes) {
    return bytes.isEmpty() || answered == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) bytes.getAsLong() / answered);
  }

  private static OptionalDouble times(OptionalDouble value, double factor) {
    return value.isEmpty() ? value : OptionalDouble.of(value.getAsDouble() * factor);
  }

  /** CPU seconds of all replicas and the load generator for a million answered calls. */
  public double cpuSecondsPerMillion() {
    return answered == 0 ? 0 : costs.cpuNanos() / 1e9 * 1e6 / answered;
  }
}
