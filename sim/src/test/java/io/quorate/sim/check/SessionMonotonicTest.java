// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.sim.check.SessionMonotonic.Tokens;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SessionMonotonicTest {

  @Test
  void indexesMayStayForReadsAndGrow() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .ok(1, null, 4)
            .read(1, ReadConsistency.local(4), "x")
            .ok(1, "1", 4)
            .call(1, "put", "x", "2")
            .ok(1, null, 5);
    assertThat(SessionMonotonic.check(h.done()).passed()).isTrue();
  }

  @Test
  void clientsDoNotBindEachOther() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .ok(1, null, 4)
            .read(2, ReadConsistency.local(0), "x")
            .ok(2, null, 2);
    assertThat(SessionMonotonic.check(h.done()).passed()).isTrue();
  }

  @Test
  void whatWasCalledBeforeTheAnswerIsNotBound() {
    History history = new History();
    int slow = history.call(1, Call.of("get", "x"), ReadConsistency.LINEARIZABLE, 1);
    int put = history.call(1, Call.of("put", "x", "1"), 2);
    history.ok(put, null, 4, 3);
    history.ok(slow, null, 3, 4);
    assertThat(SessionMonotonic.check(history).passed()).isTrue();
  }

  @Test
  void aReadThatGoesBackIsFound() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .ok(1, null, 4)
            .read(1, ReadConsistency.local(0), "x")
            .ok(1, null, 3);
    assertViolated(h, "told index 3");
  }

  @Test
  void clientsThatPassWhatTheyLikeAreHeldToThat() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .ok(1, null, 4)
            .read(1, ReadConsistency.local(2), "x")
            .ok(1, null, 3)
            .read(1, ReadConsistency.bounded(Duration.ofSeconds(1)), "x")
            .ok(1, null, 1);
    assertThat(SessionMonotonic.check(h.done(), Tokens.AS_PASSED).passed()).isTrue();
  }

  @Test
  void whatAStaleReadSawBindsTheNextCommandAndLinearizableRead() {
    var h =
        new Histories()
            .read(1, ReadConsistency.local(0), "x")
            .ok(1, null, 9)
            .read(1, ReadConsistency.LINEARIZABLE, "x")
            .ok(1, null, 8);
    assertThat(SessionMonotonic.check(h.done(), Tokens.UNBINDING).passed()).isTrue();
    Verdict verdict = SessionMonotonic.check(h.done(), Tokens.AS_PASSED);
    assertThat(verdict.text()).contains("told index 8");
  }

  @Test
  void aCommandAtAnOldIndexIsFound() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .ok(1, null, 4)
            .call(1, "put", "x", "1")
            .ok(1, null, 4);
    assertViolated(h, "told index 4");
  }

  @Test
  void aReadBelowWhatItAskedForIsFound() {
    var h = new Histories().read(1, ReadConsistency.local(9), "x").ok(1, null, 8);
    assertViolated(h, "saw index 8");
  }

  private static void assertViolated(Histories histories, String text) {
    Verdict verdict = SessionMonotonic.check(histories.done());
    assertThat(verdict).isInstanceOf(Verdict.Violated.class);
    assertThat(verdict.text()).contains(text);
  }
}
