// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.s3.S3Config;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a batch leaves (A.5.3, A.8). */
final class DeparturesTest {
  private static final long MS = 1_000_000L;

  private static Departures departures(int window, int lingerMillis, int perSecond, int burst) {
    return new Departures(
        new S3Config.Append(
            window,
            1_000,
            1_000,
            100,
            Duration.ofMillis(lingerMillis),
            Duration.ofSeconds(2),
            perSecond,
            burst));
  }

  @Test
  void theFirstAfterAPauseLeavesAtOnce() {
    Departures departures = departures(4, 20, 0, 1);
    assertThat(departures.nextAt(false, 0, 0, 5 * MS)).isLessThanOrEqualTo(5 * MS);
    departures.left(5 * MS);
    assertThat(departures.nextAt(false, 0, 0, 6 * MS)).isLessThanOrEqualTo(6 * MS);
  }

  @Test
  void theNextLingersWhileOneIsOnItsWay() {
    Departures departures = departures(4, 20, 0, 1);
    departures.left(5 * MS);
    assertThat(departures.nextAt(false, 1, 10, 6 * MS)).isEqualTo(25 * MS);
    assertThat(departures.nextAt(false, 1, 10, 25 * MS)).isLessThanOrEqualTo(25 * MS);
  }

  @Test
  void aFullOneLeavesAtOnce() {
    Departures departures = departures(4, 20, 0, 1);
    departures.left(5 * MS);
    assertThat(departures.nextAt(true, 1, 10, 6 * MS)).isLessThanOrEqualTo(6 * MS);
  }

  @Test
  void noneLeavesWhileTheWindowHasNoRoom() {
    Departures departures = departures(2, 0, 0, 1);
    departures.left(0);
    departures.left(0);
    assertThat(departures.nextAt(true, 2, 20, MS)).isEqualTo(Long.MAX_VALUE);
    assertThat(departures.nextAt(true, 1, 10, MS)).isLessThanOrEqualTo(MS);
    assertThat(departures.nextAt(true, 1, 1_000, MS)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void alwaysOneMayBeOnItsWayHoweverLarge() {
    Departures departures = departures(1, 0, 0, 1);
    assertThat(departures.nextAt(true, 0, 0, MS)).isLessThanOrEqualTo(MS);
  }

  @Test
  void theGovernorHoldsBackEvenAFullOne() {
    Departures departures = departures(4, 20, 10, 2);
    departures.left(0);
    departures.left(0);
    assertThat(departures.nextAt(true, 0, 0, MS)).isEqualTo(100 * MS);
    assertThat(departures.nextAt(false, 1, 10, MS)).isEqualTo(100 * MS);
  }

  @Test
  void aRepetitionCostsAsMuchAsABatch() {
    Departures departures = departures(4, 0, 10, 1);
    departures.left(0);
    departures.repeated(0);
    assertThat(departures.nextAt(true, 0, 0, 0)).isEqualTo(200 * MS);
  }

  @Test
  void theStoreAsksForLessLoadAndGetsIt() {
    Departures departures = departures(8, 20, 0, 1);
    departures.throttled(1, 2);
    assertThat(departures.window()).isEqualTo(4);
    assertThat(departures.lingerNanos()).isEqualTo(40 * MS);
    departures.throttled(1, 3);
    assertThat(departures.window()).isEqualTo(4);
    assertThat(departures.lingerNanos()).isEqualTo(40 * MS);
    for (int i = 0; i < 1_000; i++) {
      departures.stored();
    }
    assertThat(departures.window()).isEqualTo(8);
    assertThat(departures.lingerNanos()).isEqualTo(20 * MS);
  }
}
