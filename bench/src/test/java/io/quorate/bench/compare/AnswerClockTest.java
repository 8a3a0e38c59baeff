// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AnswerClockTest {
  private static final long BEGUN = -5_000_000_000L;
  private static final long INTERVAL = AnswerClock.INTERVAL_NANOS;

  @Test
  void countsWholeIntervalsOnly() {
    AnswerClock clock = new AnswerClock(Duration.ofSeconds(1));
    clock.begin(BEGUN);

    clock.answered(BEGUN);
    clock.answered(BEGUN + INTERVAL - 1);
    clock.answered(BEGUN + 2 * INTERVAL);
    clock.fault(BEGUN + 150_000_000L);
    clock.answered(BEGUN + 3 * INTERVAL);
    Timeline timeline = clock.until(BEGUN + 3 * INTERVAL + 1);

    assertThat(timeline.answers()).containsExactly(2L, 0L, 1L);
    assertThat(timeline.faultNanos()).isEqualTo(150_000_000L);
  }

  @Test
  void whatIsTooLateOrTooEarlyIsLeftOut() {
    AnswerClock clock = new AnswerClock(Duration.ofMillis(100));
    clock.begin(BEGUN);

    clock.answered(BEGUN - INTERVAL);
    clock.answered(BEGUN + Duration.ofHours(1).toNanos());
    Timeline timeline = clock.until(BEGUN + Duration.ofHours(2).toNanos());

    assertThat(timeline.answers()).hasSize(601).containsOnly(0L);
    assertThat(timeline.faultNanos()).isEqualTo(-1);
  }
}
