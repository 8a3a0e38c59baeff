// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FigureTest {
  @Test
  void wholeFromAThousandOnAndThreeDigitsBelow() {
    assertThat(shown(33_646.4)).isEqualTo("33,646");
    assertThat(shown(1_234_567.8)).isEqualTo("1,234,568");
    assertThat(shown(999.6)).isEqualTo("1,000");
    assertThat(shown(999.4)).isEqualTo("999");
    assertThat(shown(46.72)).isEqualTo("46.7");
    assertThat(shown(1.6349)).isEqualTo("1.63");
    assertThat(shown(0.000213449)).isEqualTo("0.000213");
    assertThat(shown(100)).isEqualTo("100");
    assertThat(shown(3)).isEqualTo("3");
    assertThat(shown(0)).isEqualTo("0");
    assertThat(shown(-1234.5)).isEqualTo("-1,234");
  }

  private static String shown(double value) {
    return Words.number(Figure.rounded(value));
  }

  @Test
  void unitsAndLists() {
    assertThat(Words.figure(Figure.rounded(1.6349), "ms")).isEqualTo("1.63 ms");
    assertThat(Words.figure(Figure.rounded(0.5), "$")).isEqualTo("$0.5");
    assertThat(Words.list(List.of("a", "b", "c"))).isEqualTo("a, b and c");
    assertThat(Words.list(List.of())).isEmpty();
  }
}
