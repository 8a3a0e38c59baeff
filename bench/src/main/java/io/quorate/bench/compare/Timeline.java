// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.List;

/**
 * How a run went, in equal intervals of the measured time. The last interval is a whole one: what
 * came after it is not in here.
 *
 * @param intervalNanos length of an interval
 * @param answers calls answered in each
 * @param faultNanos when the fault struck, since the beginning; -1: there was none
 */
public record Timeline(long intervalNanos, List<Long> answers, long faultNanos) {
  /** Of a run of which nothing of the kind is known. */
  public static final Timeline NONE = new Timeline(AnswerClock.INTERVAL_NANOS, List.of(), -1);

  /** Keeps a copy. */
  public Timeline {
    answers = List.copyOf(answers);
  }
}
