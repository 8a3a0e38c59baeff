// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.clock;

import io.quorate.api.NodeId;
import io.quorate.core.protocol.Now;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What the wall clocks of a majority agree on, as their primary sees it. Each answer to a sign of
 * life says what the backup's clock showed at some instant between question and answer. The primary
 * stamps with its own clock, held within what a majority agrees on; while there is no such thing it
 * does not let consensus time follow any clock.
 */
public final class GroupClock {
  /** A sample counts for so long; clocks drift apart meanwhile by less than the tolerance. */
  private static final long SAMPLE_LIFE_NANOS = 10_000_000_000L;

  /**
   * A backup's wall clock minus our monotonic clock.
   *
   * @param roundTripNanos how long question and answer took together
   */
  private record Sample(Interval offset, long roundTripNanos, long atNanos) {}

  private final TreeMap<NodeId, Sample> samples = new TreeMap<>();
  private final int majority;
  private final long toleranceNanos;

  /**
   * No clock is known but this replica's own.
   *
   * @param members of the group, this one included
   * @param toleranceNanos by how much clocks may differ and still agree
   */
  public GroupClock(int members, long toleranceNanos) {
    this.majority = members / 2 + 1;
    this.toleranceNanos = toleranceNanos;
  }

  /**
   * A backup answered.
   *
   * @param sentNanos our monotonic clock when it was asked
   * @param wallNanos its wall clock when it answered
   */
  public void observe(NodeId node, long sentNanos, long wallNanos, Now now) {
    long nowNanos = now.monotonicNanos();
    long roundTrip = nowNanos - sentNanos;
    if (roundTrip < 0 || roundTrip > SAMPLE_LIFE_NANOS) {
      return;
    }
    Sample known = samples.get(node);
    if (known != null
        && nowNanos - known.atNanos < SAMPLE_LIFE_NANOS / 10
        && known.roundTripNanos < roundTrip) {
      return; // the quicker one is the more exact one
    }
    long offset = wallNanos - nowNanos;
    samples.put(
        node,
        new Sample(
            new Interval(offset - toleranceNanos, offset + roundTrip + toleranceNanos),
            roundTrip,
            nowNanos));
  }

  /** Whether a clock of this node is known that is not too old. */
  public boolean knows(NodeId node, Now now) {
    Sample known = samples.get(node);
    return known != null && now.monotonicNanos() - known.atNanos < SAMPLE_LIFE_NANOS;
  }

  /** Whether a majority of the clocks agrees. */
  public boolean synchronised(Now now) {
    return agreement(now).sources() >= majority;
  }

  /** Consensus time for the next op: what a majority's clocks show, never before the floor. */
  public long stamp(long floorNanos, Now now) {
    Interval.Agreement agreed = agreement(now);
    if (agreed.sources() < majority) {
      return floorNanos;
    }
    long low = agreed.interval().low() + now.monotonicNanos();
    long high = agreed.interval().high() + now.monotonicNanos();
    return Math.max(floorNanos, Math.min(Math.max(now.wallNanos(), low), high));
  }

  private Interval.Agreement agreement(Now now) {
    List<Interval> intervals = new ArrayList<>(samples.size() + 1);
    long own = now.wallNanos() - now.monotonicNanos();
    intervals.add(new Interval(own - toleranceNanos, own + toleranceNanos));
    for (NodeId node : samples.keySet()) {
      Sample sample = samples.get(node);
      if (sample != null && knows(node, now)) {
        intervals.add(sample.offset);
      }
    }
    return Interval.agreement(intervals);
  }
}
