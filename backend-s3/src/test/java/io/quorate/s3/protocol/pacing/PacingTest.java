// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Governor, window, linger, backoff and the estimate of latencies, each alone. */
final class PacingTest {
  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000 * MS;

  @Nested
  final class GovernorTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -5_000_000_000L, Long.MAX_VALUE - 100})
    void allowsTheBurstAtOnceAndThenTheRate(long start) {
      Governor governor = new Governor(20, 5);
      for (int i = 0; i < 5; i++) {
        assertThat(governor.nextAt(start) - start).isNotPositive();
        governor.take(start);
      }
      assertThat(governor.nextAt(start) - start).isEqualTo(50 * MS);
      governor.take(start + 50 * MS);
      assertThat(governor.nextAt(start + 50 * MS) - start).isEqualTo(100 * MS);
    }

    @Test
    void neverLetsMoreThroughThanRateAndBurst() {
      Governor governor = new Governor(20, 40);
      Random random = new Random(7);
      long now = 0;
      long taken = 0;
      while (now < 100 * SECOND) {
        if (governor.nextAt(now) <= now) {
          governor.take(now);
          taken++;
        }
        now += random.nextInt((int) (20 * MS));
      }
      assertThat(taken).isBetween(1_990L, 2_040L);
    }

    @Test
    void savesNoMoreThanTheBurst() {
      Governor governor = new Governor(10, 2);
      governor.take(0);
      long later = 3_600 * SECOND;
      governor.take(later);
      governor.take(later);
      assertThat(governor.nextAt(later) - later).isEqualTo(100 * MS);
    }

    @Test
    void zeroIsNoLimit() {
      Governor governor = new Governor(0, 1);
      for (int i = 0; i < 1_000; i++) {
        assertThat(governor.nextAt(5)).isEqualTo(5);
        governor.take(5);
      }
    }

    @Test
    void whatIsTakenBeyondTheBucketDelaysTheNext() {
      Governor governor = new Governor(10, 1);
      governor.take(0);
      governor.take(0);
      governor.take(0);
      assertThat(governor.nextAt(0)).isEqualTo(300 * MS);
    }
  }

  @Nested
  final class WindowTest {
    @Test
    void isHalvedDownToOneAndGrowsByOneForEachWholeWindow() {
      Window window = new Window(16);
      assertThat(window.throttled(1, 10)).isTrue();
      assertThat(window.size()).isEqualTo(8);
      for (int i = 0; i < 8; i++) {
        assertThat(window.size()).isEqualTo(8);
        window.stored();
      }
      assertThat(window.size()).isEqualTo(9);
      for (long now = 20; now < 30; now++) {
        window.throttled(now, now);
      }
      assertThat(window.size()).isEqualTo(1);
      assertThat(window.narrowed()).isTrue();
      window.stored();
      assertThat(window.size()).isEqualTo(2);
    }

    @Test
    void isCutOnceForRequestsThatWereOnTheirWayTogether() {
      Window window = new Window(16);
      assertThat(window.throttled(1, 100)).isTrue();
      assertThat(window.throttled(2, 101)).isFalse();
      assertThat(window.throttled(99, 102)).isFalse();
      assertThat(window.size()).isEqualTo(8);
      assertThat(window.throttled(100, 200)).isTrue();
      assertThat(window.size()).isEqualTo(4);
    }

    @Test
    void neverExceedsItsBound() {
      Window window = new Window(3);
      for (int i = 0; i < 100; i++) {
        window.stored();
      }
      assertThat(window.size()).isEqualTo(3);
      assertThat(window.narrowed()).isFalse();
    }
  }

  @Nested
  final class LingerTest {
    @Test
    void doublesUpToItsBoundAndComesBackToItsBase() {
      Linger linger = new Linger(20 * MS, 2 * SECOND);
      linger.grow();
      assertThat(linger.nanos()).isEqualTo(40 * MS);
      for (int i = 0; i < 20; i++) {
        linger.grow();
      }
      assertThat(linger.nanos()).isEqualTo(2 * SECOND);
      linger.shrink();
      assertThat(linger.nanos()).isLessThan(2 * SECOND).isGreaterThan(SECOND);
      for (int i = 0; i < 200; i++) {
        linger.shrink();
      }
      assertThat(linger.nanos()).isEqualTo(20 * MS);
    }

    @Test
    void growsFromZero() {
      Linger linger = new Linger(0, 5 * MS);
      linger.shrink();
      assertThat(linger.nanos()).isZero();
      linger.grow();
      linger.grow();
      assertThat(linger.nanos()).isEqualTo(2 * MS);
    }

    @Test
    void neverExceedsABoundBelowItsStep() {
      Linger linger = new Linger(0, 0);
      linger.grow();
      assertThat(linger.nanos()).isZero();
    }
  }

  @Nested
  final class BackoffTest {
    @Test
    void drawsAnythingUpToABoundThatDoubles() {
      Backoff backoff = new Backoff(100 * MS, 5 * SECOND, new Random(3));
      for (int attempt = 1; attempt <= 20; attempt++) {
        long bound = Math.min(5 * SECOND, 100 * MS << Math.min(10, attempt - 1));
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 200; i++) {
          long nanos = backoff.nanos(attempt);
          least = Math.min(least, nanos);
          most = Math.max(most, nanos);
        }
        assertThat(least).isBetween(1L, bound / 5);
        assertThat(most).isBetween(bound - bound / 5, bound);
      }
    }

    @Test
    void isTheSameForTheSameSeedAndBearsAnyAttempt() {
      Backoff one = new Backoff(100 * MS, 5 * SECOND, new Random(3));
      Backoff two = new Backoff(100 * MS, 5 * SECOND, new Random(3));
      for (int attempt : new int[] {0, 1, 2, 40, 63, 64, 1_000, Integer.MAX_VALUE}) {
        assertThat(one.nanos(attempt)).isEqualTo(two.nanos(attempt)).isBetween(1L, 5 * SECOND);
      }
    }
  }

  @Nested
  final class LatencyEstimateTest {
    @Test
    void knowsNothingOfTailsUntilItSawEnough() {
      LatencyEstimate estimate = new LatencyEstimate();
      for (int i = 0; i < 19; i++) {
        assertThat(estimate.lateNanos()).isEqualTo(Long.MAX_VALUE);
        estimate.add(30 * MS);
      }
      estimate.add(30 * MS);
      assertThat(estimate.lateNanos()).as("twice what all take").isEqualTo(60 * MS);
    }

    @Test
    void fewRequestsAreLate() {
      LatencyEstimate estimate = new LatencyEstimate();
      Random random = new Random(9);
      int late = 0;
      for (int i = 0; i < 20_000; i++) {
        long nanos = (long) (30 * MS * Math.exp(random.nextGaussian()));
        late += nanos > estimate.lateNanos() ? 1 : 0;
        estimate.add(nanos);
      }
      assertThat(late).isBetween(400, 700);
    }

    @Test
    void tellsTheTailFromTheBody() {
      LatencyEstimate estimate = new LatencyEstimate();
      for (int i = 1; i <= 200; i++) {
        estimate.add(i * MS);
      }
      assertThat(estimate.p99Nanos()).isBetween(185 * MS, 198 * MS);
    }

    @Test
    void forgetsWhatIsLongPast() {
      LatencyEstimate estimate = new LatencyEstimate();
      for (int i = 0; i < 300; i++) {
        estimate.add(SECOND);
      }
      for (int i = 0; i < 300; i++) {
        estimate.add(MS);
      }
      assertThat(estimate.p99Nanos()).isEqualTo(MS);
    }

    @Test
    void awaitsFourTimesTheTailWithinBounds() {
      LatencyEstimate estimate = new LatencyEstimate();
      assertThat(estimate.timeoutNanos(500 * MS, 10 * SECOND)).isEqualTo(500 * MS);
      for (int i = 0; i < 100; i++) {
        estimate.add(200 * MS);
      }
      assertThat(estimate.timeoutNanos(500 * MS, 10 * SECOND)).isEqualTo(800 * MS);
      for (int i = 0; i < 300; i++) {
        estimate.add(60 * SECOND);
      }
      assertThat(estimate.timeoutNanos(500 * MS, 10 * SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void becomesMorePatientWithAStoreThatAnswersNothingInTime() {
      LatencyEstimate estimate = new LatencyEstimate();
      long timeout = 0;
      for (int i = 0; i < 4; i++) {
        timeout = estimate.timeoutNanos(500 * MS, 10 * SECOND);
        estimate.add(timeout);
      }
      assertThat(timeout).isEqualTo(10 * SECOND);
    }
  }
}
