// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StaleReadsTest {
  private static final ReadConsistency BOUNDED = ReadConsistency.bounded(Duration.ofNanos(10_000));
  private static final List<Effect> EFFECTS = List.of(new Effect(0, 3), new Effect(1, 7));

  /** Two puts of 1 and 2, at indexes 3 and 7, the second acknowledged after 4 microseconds. */
  private static Histories begin() {
    return new Histories()
        .call(1, "put", "x", "1")
        .ok(1, null, 3)
        .call(1, "put", "x", "2")
        .ok(1, null, 7);
  }

  @Test
  void aLocalReadMaySeeAnyPrefix() {
    assertPassed(begin().read(2, ReadConsistency.local(0), "x").ok(2, null, 2));
    assertPassed(begin().read(2, ReadConsistency.local(0), "x").ok(2, "1", 6));
    assertPassed(begin().read(2, ReadConsistency.local(3), "x").ok(2, "1", 3));
    assertPassed(begin().read(2, ReadConsistency.local(0), "y").ok(2, null, 5));
  }

  @Test
  void aReadThatIsNoPrefixIsFound() {
    assertViolated(
        begin().read(2, ReadConsistency.local(0), "x").ok(2, "2", 6), "does not give at index 6");
    assertViolated(begin().read(2, ReadConsistency.local(0), "x").ok(2, "1", 7), "at index 7");
    assertViolated(begin().read(2, ReadConsistency.local(0), "x").ok(2, "1", 2), "at index 2");
  }

  @Test
  void aLocalReadKeepsToItsIndex() {
    assertViolated(begin().read(2, ReadConsistency.local(7), "x").ok(2, "1", 6), "must see 7");
  }

  @Test
  void aBoundedReadMayBeOldWithinItsBound() {
    assertPassed(begin().read(2, BOUNDED, "x").ok(2, "1", 5));
    assertPassed(begin().pass(5_000).read(2, BOUNDED, "x").ok(2, null, 0));
  }

  @Test
  void aBoundedReadBeyondItsBoundIsFound() {
    assertViolated(begin().pass(10_000).read(2, BOUNDED, "x").ok(2, "1", 5), "must see 7");
    Verdict withSlack =
        StaleReads.check(
            begin().pass(10_000).read(2, BOUNDED, "x").ok(2, "1", 5).done(),
            Models.keyValue(),
            EFFECTS,
            5_000);
    assertThat(withSlack.passed()).isTrue();
  }

  @Test
  void aLinearizableReadSeesWhatWasToldBefore() {
    for (ReadConsistency fresh :
        new ReadConsistency[] {ReadConsistency.LINEARIZABLE, ReadConsistency.LEASE}) {
      assertPassed(begin().read(2, fresh, "x").ok(2, "2", 7));
      assertPassed(begin().read(2, fresh, "x").ok(2, "2", 9));
      assertViolated(begin().read(2, fresh, "x").ok(2, "1", 6), "must see 7");
    }
  }

  @Test
  void whatIsToldDuringAReadDoesNotBindIt() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .ok(1, null, 3)
            .call(1, "put", "x", "2")
            .read(2, ReadConsistency.LINEARIZABLE, "x")
            .ok(1, null, 7)
            .ok(2, "1", 6);
    assertPassed(h);
  }

  @Test
  void aWrongAnswerOfACommandIsFound() {
    var h = new Histories().call(1, "put", "x", "1").ok(1, null, 3);
    h.call(1, "cas", "x", "5", "6").ok(1, "true", 7);
    assertViolated(h, "another answer");
  }

  @Test
  void anIndeterminateCommandIsSeenOnceItTookEffect() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .info(1)
            .call(2, "put", "x", "2")
            .info(2)
            .read(3, ReadConsistency.LINEARIZABLE, "x")
            .ok(3, "1", 3)
            .read(3, ReadConsistency.LINEARIZABLE, "x")
            .ok(3, "2", 8);
    assertPassed(h);
  }

  @Test // object stores without a barrier: followers may know more than their leader does
  void whatOnlyLocalReadsHaveShownNeedNotBeKnownEverywhere() {
    History history =
        new Histories()
            .call(1, "put", "x", "1")
            .info(1)
            .call(2, "put", "x", "2")
            .info(2)
            .read(3, ReadConsistency.local(0), "x")
            .ok(3, "2", 8)
            .read(3, ReadConsistency.LINEARIZABLE, "x")
            .ok(3, "1", 3)
            .done();
    assertThat(StaleReads.check(history, Models.keyValue(), EFFECTS, 0, false))
        .isInstanceOf(Verdict.Passed.class);
    assertThat(StaleReads.check(history, Models.keyValue(), EFFECTS, 0, true))
        .isInstanceOf(Verdict.Violated.class);
  }

  private static void assertPassed(Histories histories) {
    Verdict verdict = StaleReads.check(histories.done(), Models.keyValue(), EFFECTS, 0);
    assertThat(verdict.passed()).as(verdict.text()).isTrue();
  }

  private static void assertViolated(Histories histories, String text) {
    Verdict verdict = StaleReads.check(histories.done(), Models.keyValue(), EFFECTS, 0);
    assertThat(verdict).isInstanceOf(Verdict.Violated.class);
    assertThat(verdict.text()).contains(text);
  }
}
