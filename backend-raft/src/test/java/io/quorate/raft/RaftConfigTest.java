// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.raft.RaftConfig.Pipeline;
import io.quorate.raft.RaftConfig.Safeguards;
import io.quorate.raft.RaftConfig.Snapshots;
import io.quorate.raft.RaftConfig.Timing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RaftConfigTest {
  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void defaultsAreThoseOfTheManual() {
    RaftConfig config = RaftConfig.defaults();
    assertThat(config.timing())
        .isEqualTo(new Timing(ms(150), ms(300), ms(50), Duration.ofSeconds(2)));
    assertThat(config.safeguards()).isEqualTo(new Safeguards(true, true, false, 0.01));
    assertThat(config.pipeline())
        .isEqualTo(new Pipeline(1 << 20, 64, 16 << 20, 32, 16 << 20, 4 << 20));
    assertThat(config.snapshots()).isEqualTo(new Snapshots(1 << 20, 64 << 20, 1024));
  }

  @Test
  void leaseIsShorterThanTheTimeoutByTheDrift() {
    RaftConfig config = RaftConfig.defaults().with(new Safeguards(true, true, true, 0.1));
    assertThat(config.leaseNanos()).isEqualTo(ms(135).toNanos());
  }

  @Test
  void refusalsNameTheKey() {
    assertThatThrownBy(() -> new Timing(ms(150), ms(300), ms(51), ms(1)))
        .hasMessageContaining("quorate.raft.heartbeat-interval");
    assertThatThrownBy(() -> new Timing(ms(150), ms(150), ms(50), ms(1)))
        .hasMessageContaining("quorate.raft.election-timeout");
    assertThatThrownBy(() -> new Timing(ms(150), ms(300), ms(50), ms(0)))
        .hasMessageContaining("quorate.raft.disk-stall-timeout");
    assertThatThrownBy(() -> new Safeguards(true, true, true, 0.51))
        .hasMessage("quorate.raft.clock-drift-max-permille must be between 0 and 500, was 510");
    assertThatThrownBy(() -> new Pipeline(1, 0, 1, 1, 1, 1))
        .hasMessageContaining("quorate.raft.appends-in-flight-max");
    assertThatThrownBy(() -> new Snapshots(0, 1, 1))
        .hasMessageContaining("quorate.raft.snapshot-chunk");
  }
}
