// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class SweepTest {
  private static final CompareOptions BASE =
      Asked.of("raft", "s3").clients(64).payloadBytes(256).keys(16).repeat(2).options();

  private static <T> List<T> values(String text, Function<CompareOptions, T> value) {
    return Sweep.parse(text, BASE, size -> size.equals("4KiB") ? 4096 : 64).points().stream()
        .map(point -> value.apply(point.options()))
        .toList();
  }

  @Test
  void eachPointDiffersInOneOption() {
    assertThat(values("clients=1,16,1024", CompareOptions::clients)).containsExactly(1, 16, 1024);
    assertThat(values("clients=1,16", CompareOptions::replicas)).containsExactly(3, 3);
    assertThat(values("replicas=1,3,5", CompareOptions::replicas)).containsExactly(1, 3, 5);
    assertThat(values("payload=64B,4KiB", CompareOptions::payloadBytes)).containsExactly(64, 4096);
    assertThat(values("linger=0ms,5ms", each -> each.settings().get("quorate.s3.linger")))
        .containsExactly("0ms", "5ms");
    assertThat(Sweep.parse("clients=1,16,1024", BASE, size -> 0).runs()).isEqualTo(3 * 2 * 2);
    assertThat(Sweep.none(BASE).runs()).isEqualTo(4);
  }

  @Test
  void nonsenseIsRefusedInAClearSentence() {
    refused("clients", "--sweep must be");
    refused("clients=", "--sweep must be");
    refused("clients=1,,2", "needs numbers from 1 on, \"\" is none");
    refused("clients=0", "needs numbers from 1 on, \"0\" is none");
    refused("clients=16,16", "names 16 twice");
    refused("clients=5000", "--clients must be 1 to 4096");
    refused("linger=soon", "needs times such as 0ms or 20ms, \"soon\" is none");
  }

  private static void refused(String text, String why) {
    assertThatThrownBy(() -> Sweep.parse(text, BASE, size -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}
