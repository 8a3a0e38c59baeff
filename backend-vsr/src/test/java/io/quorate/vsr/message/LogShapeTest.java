// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import io.quorate.vsr.message.LogShape.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Logs, told by their views of origin. */
final class LogShapeTest {

  /** A log behind {@code base} whose ops have these views of origin. */
  static LogShape log(long base, long baseView, long... views) {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < views.length; i++) {
      if (i == 0 || views[i - 1] != views[i]) {
        runs.add(new Run(base + 1 + i, views[i]));
      }
    }
    return new LogShape(base, baseView, runs, base + views.length, null);
  }

  @Test
  void tellsTheViewOfEachOp() {
    LogShape log = log(3, 1, 1, 2, 2, 5);
    assertThat(List.of(log.viewAt(3), log.viewAt(4), log.viewAt(5), log.viewAt(6), log.viewAt(7)))
        .containsExactly(1L, 1L, 2L, 2L, 5L);
    assertThat(log.has(2)).isFalse();
    assertThat(log.has(8)).isFalse();
    assertThat(log.lastView()).isEqualTo(5);
    assertThat(log(3, 1).lastView()).isEqualTo(1);
  }

  @Test
  void agreesUpToTheLastOpOfOneView() {
    LogShape log = log(0, 0, 1, 1, 2, 2, 3);
    assertThat(log.agreement(log)).isEqualTo(5);
    assertThat(log.agreement(log(0, 0, 1, 1, 2))).isEqualTo(3);
    assertThat(log.agreement(log(0, 0, 1, 1, 3, 3, 3))).isEqualTo(5);
    assertThat(log.agreement(log(0, 0, 1, 1, 1, 1, 1))).isEqualTo(2);
    assertThat(log.agreement(log(0, 0, 2))).isEqualTo(0);
    assertThat(log.agreement(log(0, 0))).isEqualTo(0);
  }

  @Test
  void saysWhenBasesLeaveNothingToCompare() {
    LogShape log = log(0, 0, 1, 1, 2, 2);
    assertThat(log.agreement(log(6, 3, 3))).isEqualTo(-1);
    assertThat(log.agreement(log(4, 3, 3))).isEqualTo(-1);
    assertThat(log.agreement(log(4, 2, 3))).isEqualTo(4);
    assertThat(log.agreement(log(3, 2, 3, 3))).isEqualTo(3);
  }

  @Test
  void partsAreTheSameLog() {
    Random random = new Random(3);
    for (int i = 0; i < 1000; i++) {
      long[] views = new long[random.nextInt(8)];
      long view = random.nextInt(3);
      long baseView = view;
      for (int k = 0; k < views.length; k++) {
        view += random.nextInt(3) == 0 ? random.nextInt(3) : 0;
        views[k] = view;
      }
      LogShape log = log(2, baseView, views);
      long at = 2 + random.nextInt(views.length + 1);
      LogShape head = log.cutAfter(at);
      LogShape tail = log.from(at);
      for (long op = 2; op <= log.op(); op++) {
        assertThat(head.has(op)).isEqualTo(op <= at);
        assertThat(tail.has(op)).isEqualTo(op >= at);
        assertThat((op <= at ? head : tail).viewAt(op)).isEqualTo(log.viewAt(op));
      }
      assertThat(tail.op()).isEqualTo(log.op());
      assertThat(head.agreement(log)).isEqualTo(at);
      assertThat(tail.agreement(log)).isEqualTo(log.op());
    }
  }

  @Test
  void whatIsNoLogIsRefused() {
    assertThatThrownBy(() -> new LogShape(3, 1, List.of(), 4, null))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> new LogShape(3, 2, List.of(new Run(4, 1)), 4, null))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> new LogShape(3, 1, List.of(new Run(5, 1)), 5, null))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> new LogShape(3, 1, List.of(new Run(4, 1), new Run(5, 1)), 6, null))
        .isInstanceOf(InvariantViolation.class);
  }
}
