// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.s3.S3Config.Append;
import io.quorate.s3.S3Config.ReadBarrier;
import io.quorate.s3.S3Config.Reads;
import io.quorate.s3.S3Config.Requests;
import io.quorate.s3.S3Config.Snapshots;
import io.quorate.s3.S3Config.Timing;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class S3ConfigTest {
  private static final Timing TIMING = Timing.defaults();

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  private static Duration s(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void defaultsAreThoseOfTheManual() {
    S3Config config = S3Config.defaults();
    assertThat(config.prefix()).isEmpty();
    assertThat(config.timing()).isEqualTo(new Timing(ms(500), s(3), ms(500), s(3), s(10), s(10)));
    assertThat(config.append())
        .isEqualTo(new Append(4, 16 << 20, 4 << 20, 10_000, ms(20), s(2), 20, 40));
    assertThat(config.reads()).isEqualTo(new Reads(Duration.ZERO, 0.01, ReadBarrier.SENT));
    assertThat(config.requests())
        .isEqualTo(new Requests(ms(500), s(10), ms(100), s(5), true, 16, 16 << 20, ms(50), s(2)));
    assertThat(config.snapshots())
        .isEqualTo(new Snapshots(2_000, 8 << 20, 200, Duration.ofHours(1)));
  }

  /** With these, a take-over after a kill is through in less than 8 s (two replicas remain). */
  @Test
  void defaultsFindAFailureInTime() {
    Duration detected = TIMING.failureTimeout().plus(TIMING.rankStagger().multipliedBy(2));
    assertThat(detected).isLessThan(s(5));
    assertThat(TIMING.tailQuiet()).isLessThanOrEqualTo(TIMING.failureTimeout());
  }

  @Test
  void whoTakesOverWaitsLongerThanTheLeaseByTheDrift() {
    S3Config config = S3Config.defaults().with(new Reads(ms(5_000), 0.01, ReadBarrier.SENT));
    assertThat(config.leaseWaitNanos(5_000)).isEqualTo(ms(5_050).toNanos());
    assertThat(config.leaseWaitNanos(0)).isZero();
  }

  @Test
  void refusalsNameTheKey() {
    refuses("heartbeat-interval", () -> new Timing(ms(501), ms(1_500), ms(1), ms(0), ms(1), ms(1)));
    refuses("rank-stagger", () -> new Timing(ms(1), ms(3), ms(0), ms(0), ms(1), ms(1)));
    refuses("tail-quiet", () -> new Timing(ms(1), ms(3), ms(1), ms(-1), ms(1), ms(1)));
    refuses("step-down-after", () -> new Timing(ms(1), ms(3), ms(1), ms(0), ms(0), ms(1)));
    refuses("root-poll-interval", () -> new Timing(ms(1), ms(3), ms(1), ms(0), ms(1), ms(0)));
    refuses("puts-in-flight", () -> new Append(0, 1, 1, 1, ms(0), ms(0), 0, 1));
    refuses("puts-in-flight", () -> new Append(17, 1, 1, 1, ms(0), ms(0), 0, 1));
    refuses("put-bytes-in-flight-max", () -> new Append(1, 0, 1, 1, ms(0), ms(0), 0, 1));
    refuses("batch-size-max", () -> new Append(1, 1, 0, 1, ms(0), ms(0), 0, 1));
    refuses("batch-commands-max", () -> new Append(1, 1, 1, 0, ms(0), ms(0), 0, 1));
    refuses("linger", () -> new Append(1, 1, 1, 1, ms(-1), ms(0), 0, 1));
    refuses("linger-max", () -> new Append(1, 1, 1, 1, ms(5), ms(4), 0, 1));
    refuses("linger-max", () -> new Append(1, 1, 1, 1, ms(5), ms(2_001), 0, 1));
    refuses("max-puts-per-second", () -> new Append(1, 1, 1, 1, ms(0), ms(0), -1, 1));
    refuses("put-burst", () -> new Append(1, 1, 1, 1, ms(0), ms(0), 1, 0));
    refuses("lease", () -> new Reads(ms(-1), 0, ReadBarrier.SENT));
    refuses("lease", () -> new Reads(s(61), 0, ReadBarrier.SENT));
    refuses("clock-drift-max", () -> new Reads(s(1), 0.51, ReadBarrier.SENT));
    refuses("attempt-timeout", () -> requests(ms(0), ms(1), ms(1), ms(1), 1, ms(1), ms(1)));
    refuses("attempt-timeout-max", () -> requests(ms(2), ms(1), ms(1), ms(1), 1, ms(1), ms(1)));
    refuses("backoff-max", () -> requests(ms(1), ms(1), ms(2), ms(1), 1, ms(1), ms(1)));
    refuses("gets-in-flight", () -> requests(ms(1), ms(1), ms(1), ms(1), 65, ms(1), ms(1)));
    refuses("tail-poll-max", () -> requests(ms(1), ms(1), ms(1), ms(1), 1, ms(2), ms(1)));
    refuses("snapshot-every-slots", () -> new Snapshots(0, 1, 0, s(1)));
    refuses("snapshot-part", () -> new Snapshots(1, 0, 0, s(1)));
    refuses("retain-slots", () -> new Snapshots(1, 1, -1, s(1)));
    refuses("sweep-interval", () -> new Snapshots(1, 1, 0, ms(0)));
  }

  private static Requests requests(
      Duration timeout,
      Duration timeoutMax,
      Duration backoff,
      Duration backoffMax,
      int gets,
      Duration poll,
      Duration pollMax) {
    return new Requests(timeout, timeoutMax, backoff, backoffMax, true, gets, 1, poll, pollMax);
  }

  private static void refuses(String key, ThrowingCallable making) {
    assertThatThrownBy(making)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("quorate.s3." + key + " must ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/prod", "prod/", "a//b", "a b", "ä", "a/../b c"})
  void aPrefixIsAPlainPath(String prefix) {
    refuses("prefix", () -> S3Config.defaults().with(prefix));
  }
}
