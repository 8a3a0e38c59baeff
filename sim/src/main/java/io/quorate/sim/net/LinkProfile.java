// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.net;

/**
 * How a directed link behaves when nothing is wrong with it beyond the ordinary.
 *
 * @param leastNanos delay that every message has
 * @param meanNanos mean of the delay on top of it, exponentially distributed
 * @param spikeRate share of messages that take much longer
 * @param spikeNanos mean of what a spike adds
 * @param lossRate share of frames of which the end, or all, is lost
 * @param duplicateRate share of frames that arrive twice
 * @param ordered whether frames keep their order, as on one connection
 * @param bytesPerSecond bandwidth; 0: unlimited
 */
public record LinkProfile(
    long leastNanos,
    long meanNanos,
    double spikeRate,
    long spikeNanos,
    double lossRate,
    double duplicateRate,
    boolean ordered,
    long bytesPerSecond) {

  /** A data centre on a good day. */
  public static final LinkProfile CALM = new LinkProfile(100_000, 100_000, 0, 0, 0, 0, true, 0);

  /** The same delays with nothing lost, repeated, or out of order. */
  public LinkProfile withoutFaults() {
    return new LinkProfile(leastNanos, meanNanos, 0, 0, 0, 0, true, 0);
  }
}
