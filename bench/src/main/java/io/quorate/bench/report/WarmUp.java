// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import io.quorate.bench.compare.Timeline;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * Whether a contender got faster while it was measured, so that its figures are those of a cold
 * one: commands a second in the last third of the measured time up to the fault, against the first.
 */
final class WarmUp {
  /**
   * From so much growth on a reader is told. Of 88 runs of 3 to 20 s that nobody disturbed 21 grew
   * by more; 9 fell by as much, which no warm-up explains, so a single remark may be chance. At 25
   * % it was 15 and 6: hardly better, and blinder.
   */
  static final int PERCENT_MIN = 15;

  /** A second for each third: less than that is decided by a single pause. */
  private static final long MEASURED_NANOS_MIN = TimeUnit.SECONDS.toNanos(3);

  /** In both thirds together; with fewer, chance alone makes such a difference. */
  private static final long ANSWERS_MIN = 200;

  private WarmUp() {}

  /** By how many per cent it grew; absent if there is too little to tell. May be negative. */
  static OptionalDouble growthPercent(Timeline timeline) {
    List<Long> answers = timeline.answers();
    long interval = timeline.intervalNanos();
    int intervals =
        timeline.faultNanos() < 0
            ? answers.size()
            : (int) Math.min(answers.size(), timeline.faultNanos() / interval);
    if (intervals * interval < MEASURED_NANOS_MIN) {
      return OptionalDouble.empty();
    }
    int third = intervals / 3;
    long first = sum(answers.subList(0, third));
    long last = sum(answers.subList(intervals - third, intervals));
    return first + last < ANSWERS_MIN
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) (last - first) / Math.max(1, first) * 100);
  }

  private static long sum(List<Long> answers) {
    return answers.stream().mapToLong(Long::longValue).sum();
  }
}
