// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExactlyOnceTest {

  private static History history() {
    return new Histories()
        .call(1, "put", "x", "1")
        .ok(1, null, 4)
        .call(2, "put", "x", "2")
        .fail(2)
        .call(3, "put", "x", "3")
        .info(3)
        .read(1, ReadConsistency.LINEARIZABLE, "x")
        .ok(1, "1", 4)
        .call(4, "put", "x", "5")
        .done();
  }

  @Test
  void indeterminateCommandsMayHaveTakenEffectOrNot() {
    assertThat(ExactlyOnce.check(history(), List.of(new Effect(0, 4))).passed()).isTrue();
    var late = List.of(new Effect(0, 4), new Effect(4, 5), new Effect(2, 9));
    assertThat(ExactlyOnce.check(history(), late).passed()).isTrue();
  }

  @Test
  void aSecondEffectIsFound() {
    var twice = List.of(new Effect(0, 4), new Effect(2, 5), new Effect(2, 9));
    assertViolated(ExactlyOnce.check(history(), twice), "twice, at 5 and 9");
  }

  @Test
  void aSecondEffectOfAnAcknowledgedCommandIsFound() {
    var twice = List.of(new Effect(0, 4), new Effect(0, 6));
    assertViolated(ExactlyOnce.check(history(), twice), "twice");
  }

  @Test
  void anAcknowledgedCommandWithoutEffectIsFound() {
    assertViolated(ExactlyOnce.check(history(), List.of()), "never took effect");
  }

  @Test
  void aRefusedCommandWithEffectIsFound() {
    var refused = List.of(new Effect(0, 4), new Effect(1, 5));
    assertViolated(ExactlyOnce.check(history(), refused), "surely refused");
  }

  @Test
  void anotherIndexThanToldIsFound() {
    assertViolated(ExactlyOnce.check(history(), List.of(new Effect(0, 7))), "told index 4");
  }

  @Test
  void aReadInTheLogIsFound() {
    var read = List.of(new Effect(0, 4), new Effect(3, 5));
    assertViolated(ExactlyOnce.check(history(), read), "is a read");
  }

  @Test
  void lostWritesAreFound() {
    assertThat(NoLostWrites.check(history(), id -> id == 0).passed()).isTrue();
    assertThat(NoLostWrites.check(history(), id -> true).passed()).isTrue();
    assertViolated(NoLostWrites.check(history(), id -> id != 0), "1 of 1 are");
  }

  private static void assertViolated(Verdict verdict, String text) {
    assertThat(verdict).isInstanceOf(Verdict.Violated.class);
    assertThat(verdict.text()).contains(text);
  }
}
