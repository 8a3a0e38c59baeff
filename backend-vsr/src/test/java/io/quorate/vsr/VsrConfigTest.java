// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.vsr.VsrConfig.Pipeline;
import io.quorate.vsr.VsrConfig.Safeguards;
import io.quorate.vsr.VsrConfig.Snapshots;
import io.quorate.vsr.VsrConfig.Timing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class VsrConfigTest {
  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void defaultsAreThoseOfTheManual() {
    VsrConfig config = VsrConfig.defaults();
    assertThat(config.timing()).isEqualTo(new Timing(ms(300), ms(50), Duration.ofSeconds(2)));
    assertThat(config.safeguards()).isEqualTo(new Safeguards(false, 0.01, ms(500), 0, 0));
    assertThat(config.pipeline()).isEqualTo(new Pipeline(1 << 20, 16 << 20, 32, 16 << 20, 4 << 20));
    assertThat(config.snapshots()).isEqualTo(new Snapshots(1 << 20, 1024));
  }

  @Test
  void patienceIsBetweenHalfTheTimeoutAndAllOfIt() {
    VsrConfig config = VsrConfig.defaults().with(new Safeguards(true, 0.1, ms(500), 0, 0));
    assertThat(config.patienceMinNanos()).isEqualTo(ms(150).toNanos());
    assertThat(config.patienceMaxNanos()).isEqualTo(ms(300).toNanos());
    assertThat(config.leaseNanos()).isEqualTo(ms(135).toNanos());
  }

  @Test
  void refusalsNameTheKey() {
    assertThatThrownBy(() -> new Timing(ms(300), ms(51), ms(1)))
        .hasMessageContaining("quorate.vsr.heartbeat-interval");
    assertThatThrownBy(() -> new Timing(ms(0), ms(50), ms(1)))
        .hasMessageContaining("quorate.vsr.view-change-timeout");
    assertThatThrownBy(() -> new Timing(ms(300), ms(50), ms(0)))
        .hasMessageContaining("quorate.vsr.disk-stall-timeout");
    assertThatThrownBy(() -> new Safeguards(true, 0.51, ms(1), 0, 0))
        .hasMessage("quorate.vsr.clock-drift-max-permille must be between 0 and 500, was 510");
    assertThatThrownBy(() -> new Safeguards(true, 0, ms(0), 0, 0))
        .hasMessageContaining("quorate.vsr.clock-tolerance");
    assertThatThrownBy(() -> new Pipeline(1, 1, 0, 1, 1))
        .hasMessageContaining("quorate.vsr.batches-in-flight-max");
    assertThatThrownBy(() -> new Snapshots(0, 1))
        .hasMessageContaining("quorate.vsr.snapshot-chunk");
  }
}
