// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts answers by the interval in which they came. Any thread; instants are of System.nanoTime.
 */
final class AnswerClock {
  static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** A run goes on after its time until its contender has recovered from the fault. */
  private static final long EXTRA_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final AtomicLongArray answers;
  private volatile long begun;
  private volatile long fault;
  private volatile boolean faulty;

  /** Holds the measured time and what a run may take beyond it; later answers are not counted. */
  AnswerClock(Duration measured) {
    answers =
        new AtomicLongArray(Math.toIntExact((measured.toNanos() + EXTRA_NANOS) / INTERVAL_NANOS));
  }

  void begin(long now) {
    begun = now;
  }

  void fault(long now) {
    fault = now;
    faulty = true;
  }

  void answered(long now) {
    long interval = (now - begun) / INTERVAL_NANOS;
    if (interval >= 0 && interval < answers.length()) {
      answers.incrementAndGet((int) interval);
    }
  }

  /** What has been counted in the whole intervals up to now. */
  Timeline until(long now) {
    long whole = Math.min(answers.length(), (now - begun) / INTERVAL_NANOS);
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < whole; i++) {
      counts.add(answers.get(i));
    }
    return new Timeline(INTERVAL_NANOS, counts, faulty ? fault - begun : -1);
  }
}
