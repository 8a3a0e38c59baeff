// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
  void whatIsNoiseIsAMatterOfTheFigureAndOfTheRuns() {
    Figure throughput = Figure.of("perSecond");
    Figure tail = Figure.of("p99Millis");

    assertThat(throughput.alike(of(100, 100, 100), of(91, 91, 91), 1)).isTrue();
    assertThat(throughput.alike(of(100, 100, 100), of(89, 89, 89), 1)).isFalse();
    assertThat(tail.alike(of(100, 100, 100), of(144, 144, 144), 1)).isTrue();
    assertThat(tail.alike(of(100, 100, 100), of(201, 201, 201), 1)).isFalse();
    assertThat(tail.alike(of(100, 95, 110), of(144, 115, 150), 2)).isTrue();
    assertThat(tail.alike(of(100, 95, 110), of(144, 115, 150), 3)).isFalse();
    assertThat(tail.alike(of(100, 95, 110), of(144, 109, 150), 3)).isTrue();
    assertThat(throughput.alike(of(100, 99, 101), of(104, 103, 105), 3)).isTrue();
    assertThat(Figure.of("dollarsPerIdleMonth").alike(of(100, 100, 100), of(101, 101, 101), 1))
        .isFalse();
  }

  private static JsonNode of(int median, int min, int max) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("median", median)
        .put("min", min)
        .put("max", max);
  }

  @Test
  void unitsAndLists() {
    assertThat(Words.figure(Figure.rounded(1.6349), "ms")).isEqualTo("1.63 ms");
    assertThat(Words.figure(Figure.rounded(0.5), "$")).isEqualTo("$0.5");
    assertThat(Words.list(List.of("a", "b", "c"))).isEqualTo("a, b and c");
    assertThat(Words.list(List.of())).isEmpty();
    assertThat(Words.choice(List.of("a", "b", "c"))).isEqualTo("a, b or c");
    assertThat(Words.choice(List.of("a"))).isEqualTo("a");
  }
}
