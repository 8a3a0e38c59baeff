// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.api.GroupId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeededRandomTest {
  private static SeededRandom random(String group, long index) {
    return SeededRandom.of(SeededRandom.seedOf(GroupId.of(group)), index);
  }

  @Test // another release or JDK that drew other numbers would make replicas diverge
  void drawsTheNumbersOfTheFirstRelease() {
    SeededRandom random = random("orders", 7);
    assertThat(LongStream.generate(random::nextLong).limit(4))
        .containsExactly(
            0xf9bdc8ff48243bc9L, 0xfb28011f9921ce14L, 0x522e192507f3230aL, 0xb5825314a67d7213L);
    assertThat(random.nextInt()).isEqualTo(940638618);
    assertThat(random.nextInt(1_000)).isEqualTo(745);
    assertThat(random.nextLong(-5, Long.MAX_VALUE)).isEqualTo(1828842916191666123L);
    assertThat(random.nextBoolean()).isTrue();
    assertThat(random.nextDouble()).isEqualTo(0.08176405226067018);
    byte[] bytes = new byte[11];
    random.nextBytes(bytes);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("5cc3b80d602ad7ed5e867d");
  }

  @Test
  void everyCommandAndGroupDrawsItsOwn() {
    var firsts =
        LongStream.range(1, 10_000).mapToObj(index -> random("orders", index).nextLong()).toList();
    assertThat(firsts).doesNotHaveDuplicates();
    assertThat(random("others", 1).nextLong()).isNotEqualTo(random("orders", 1).nextLong());
  }

  @Test
  void boundsHold() {
    SeededRandom random = random("orders", 1);
    int[] seen = new int[6];
    for (int i = 0; i < 60_000; i++) {
      seen[random.nextInt(6)]++;
      assertThat(random.nextInt(-3, 4)).isBetween(-3, 3);
      assertThat(random.nextLong(Long.MIN_VALUE, Long.MAX_VALUE)).isNotEqualTo(Long.MAX_VALUE);
      assertThat(random.nextLong(Long.MAX_VALUE)).isNotNegative();
      assertThat(random.nextDouble()).isBetween(0.0, Math.nextDown(1.0));
      assertThat(random.nextFloat()).isBetween(0.0f, Math.nextDown(1.0f));
    }
    assertThat(Arrays.stream(seen)).allMatch(n -> n > 9_500 && n < 10_500);
    assertThat(random.nextInt(1)).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> random.nextInt(0));
    assertThatIllegalArgumentException().isThrownBy(() -> random.nextLong(3, 3));
  }
}
