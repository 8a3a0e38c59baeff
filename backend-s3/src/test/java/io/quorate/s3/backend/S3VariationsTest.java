// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.s3.S3Config;
import java.time.Duration;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class S3VariationsTest {
  /** Every drawn configuration is legal (its records check), and the odd ends are all met. */
  @Test
  void reachesTheOddEnds() {
    TreeSet<Integer> windows = new TreeSet<>();
    TreeSet<Duration> lingers = new TreeSet<>();
    int leases = 0;
    int quick = 0;
    for (int seed = 0; seed < 5_000; seed++) {
      S3Config config = S3Variations.draw(new SplittableRandom(seed));
      windows.add(config.append().putsInFlightMax());
      lingers.add(config.append().linger());
      leases += config.reads().lease().isZero() ? 0 : 1;
      quick += config.timing().failureTimeout().toMillis() < 500 ? 1 : 0;
    }
    assertThat(windows).hasSize(16);
    assertThat(lingers).contains(Duration.ZERO, Duration.ofMillis(20)).hasSize(21);
    assertThat(leases).isBetween(2_000, 3_000);
    assertThat(quick).isGreaterThan(1_000);
  }

  @Test
  void theSameNumbersMakeTheSameConfiguration() {
    assertThat(S3Variations.draw(new Random(4))).isEqualTo(S3Variations.draw(new Random(4)));
  }
}
