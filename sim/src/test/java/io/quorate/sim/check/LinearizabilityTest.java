// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LinearizabilityTest {
  private static final Model<?> KV = Models.keyValue();

  @Test
  void anEmptyHistoryIsLinearizable() {
    assertThat(Linearizability.check(new History(), KV).passed()).isTrue();
  }

  @Test
  void aStaleReadIsFound() {
    var h =
        new Histories()
            .did(1, "put", "x", null, "1")
            .did(1, "put", "x", null, "2")
            .did(2, "get", "x", "1");
    assertViolated(h, KV);
  }

  @Test
  void anUnwrittenValueIsFound() {
    assertViolated(new Histories().did(1, "get", "x", "7"), KV);
  }

  @Test
  void aLostWriteIsFound() {
    var h = new Histories().did(1, "put", "x", null, "1").did(2, "get", "x", null);
    assertViolated(h, KV);
  }

  @Test
  void readsThatGoBackAreFound() {
    var h =
        new Histories()
            .did(1, "put", "x", null, "1")
            .call(1, "put", "x", "2")
            .did(2, "get", "x", "2")
            .did(3, "get", "x", "1")
            .ok(1, null);
    assertViolated(h, KV);
  }

  @Test
  void aReadBesideAWriteMaySeeEither() {
    for (String seen : new String[] {"1", "2"}) {
      var h =
          new Histories()
              .did(1, "put", "x", null, "1")
              .call(1, "put", "x", "2")
              .did(2, "get", "x", seen)
              .ok(1, null);
      assertPassed(h, KV);
    }
  }

  @Test
  void aFailedOperationMustNotHaveTakenEffect() {
    var h = new Histories().call(1, "put", "x", "1").fail(1).did(2, "get", "x", "1");
    assertViolated(h, KV);
    var clean = new Histories().call(1, "put", "x", "1").fail(1).did(2, "get", "x", null);
    assertPassed(clean, KV);
  }

  @Test
  void anIndeterminateOperationMayTakeEffectLate() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .info(1)
            .did(2, "get", "x", null)
            .did(2, "put", "x", null, "2")
            .did(3, "get", "x", "2")
            .did(3, "get", "x", "1")
            .did(2, "get", "x", "1");
    assertPassed(h, KV);
  }

  @Test
  void anIndeterminateOperationTakesEffectOnce() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .info(1)
            .did(2, "get", "x", "1")
            .did(2, "put", "x", null, "2")
            .did(3, "get", "x", "2")
            .did(3, "get", "x", "1");
    assertViolated(h, KV);
  }

  @Test
  void anIndeterminateOperationMayNeverTakeEffect() {
    var h =
        new Histories()
            .call(1, "incr", "x", "5")
            .info(1)
            .did(2, "incr", "x", "1", "1")
            .did(2, "get", "x", "1");
    assertPassed(h, KV);
  }

  @Test
  void anOperationWithoutAnEndIsIndeterminate() {
    var h = new Histories().call(1, "put", "x", "1").did(2, "get", "x", "1");
    assertPassed(h, KV);
  }

  @Test
  void noEffectComesBeforeItsCall() {
    var h = new Histories().did(2, "get", "x", "1").call(1, "put", "x", "1").info(1);
    assertViolated(h, KV);
  }

  @Test
  void ofTwoConcurrentSwapsOneWins() {
    var h =
        new Histories()
            .did(1, "put", "x", null, "0")
            .call(1, "cas", "x", "0", "1")
            .call(2, "cas", "x", "0", "2")
            .ok(1, "false")
            .ok(2, "true")
            .did(3, "get", "x", "2");
    assertPassed(h, KV);
    var both =
        new Histories()
            .did(1, "put", "x", null, "0")
            .call(1, "cas", "x", "0", "1")
            .call(2, "cas", "x", "0", "2")
            .ok(1, "true")
            .ok(2, "true");
    assertViolated(both, KV);
  }

  @Test
  void aChainOfSwapsMayRunAgainstTheOrderOfCalls() {
    var h = new Histories().did(9, "put", "x", null, "0");
    for (int i = 7; i >= 0; i--) {
      h.call(i, "cas", "x", String.valueOf(i), String.valueOf(i + 1));
    }
    for (int i = 7; i >= 0; i--) {
      h.ok(i, "true");
    }
    assertPassed(h.did(9, "get", "x", "8"), KV);
  }

  @Test
  void anIndeterminateSwapMayExplainALaterOne() {
    var h =
        new Histories()
            .did(1, "put", "x", null, "0")
            .call(1, "cas", "x", "0", "1")
            .info(1)
            .did(2, "cas", "x", "true", "1", "2");
    assertPassed(h, KV);
  }

  @Test
  void twoIndeterminateWritesMayBeNeededInTurn() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .info(1)
            .call(2, "put", "x", "2")
            .info(2)
            .did(3, "get", "x", "2")
            .did(3, "get", "x", "1");
    assertPassed(h, KV);
    assertViolated(h.did(3, "get", "x", "2"), KV);
  }

  @Test
  void keysDoNotInfluenceEachOther() {
    var h = new Histories();
    for (int i = 0; i < 100; i++) {
      h.did(1, "put", "k" + i, null, "v" + i);
    }
    for (int i = 0; i < 100; i++) {
      h.did(2, "get", "k" + i, "v" + i);
    }
    assertPassed(h, KV);
    assertViolated(h.did(2, "get", "k50", "v51"), KV);
  }

  @Test
  void readsThatMayBeStaleTakeNoPart() {
    var h =
        new Histories()
            .did(1, "put", "x", null, "1")
            .did(1, "put", "x", null, "2")
            .read(2, ReadConsistency.local(0), "x")
            .ok(2, "1")
            .read(2, ReadConsistency.bounded(Duration.ofSeconds(1)), "x")
            .ok(2, null);
    assertPassed(h, KV);
    assertViolated(h.read(2, ReadConsistency.LEASE, "x").ok(2, "1"), KV);
  }

  @Test
  void aWrongIndexIsOnlyAHint() {
    var h =
        new Histories()
            .call(1, "put", "x", "1")
            .call(2, "put", "x", "2")
            .ok(1, null, 9)
            .ok(2, null, 3)
            .call(3, "get", "x")
            .ok(3, "2", 1);
    assertPassed(h, KV);
  }

  @Test
  void indexesThatExplainEverythingNeedNoSearch() {
    var limits = new Linearizability.Limits(1, Duration.ofMinutes(1));
    var h = new Histories();
    for (int client = 0; client < 30; client++) {
      h.call(client, "append", "x", "v" + client);
    }
    StringBuilder list = new StringBuilder();
    for (int client = 29; client >= 1; client--) {
      h.ok(client, null, 30 - client);
      list.append(client == 29 ? "" : " ").append("v").append(client);
    }
    h.info(0).call(40, "read", "x").ok(40, list + " v0", 30);
    History history = h.done();

    Verdict unhinted = Linearizability.check(history, Models.listAppend(), limits);
    assertThat(unhinted).isInstanceOf(Verdict.Undecided.class);
    history.hint(0, 30);
    Verdict hinted = Linearizability.check(history, Models.listAppend(), limits);
    assertThat(hinted.passed()).isTrue();
  }

  @Test
  void wrongHintsExplainNothing() {
    for (long index : new long[] {1, 2, 3, 9}) {
      History history =
          new Histories()
              .call(1, "put", "x", "1")
              .info(1)
              .read(2, ReadConsistency.LINEARIZABLE, "x")
              .ok(2, null, 2)
              .call(3, "put", "x", "3")
              .ok(3, null, 3)
              .read(2, ReadConsistency.LINEARIZABLE, "x")
              .ok(2, null, 4)
              .done();
      history.hint(0, index);
      assertThat(Linearizability.check(history, KV)).isInstanceOf(Verdict.Violated.class);
    }
  }

  @Test
  void limitsEndTheSearchUndecided() {
    var h = new Histories();
    for (int client = 0; client < 24; client++) {
      h.call(client, "append", "x", "v" + client);
    }
    for (int client = 0; client < 24; client++) {
      h.ok(client, null);
    }
    h.did(1, "read", "x", "nothing that can be");
    var limits = new Linearizability.Limits(2000, Duration.ofMinutes(1));

    Verdict verdict = Linearizability.check(h.done(), Models.listAppend(), limits);

    assertThat(verdict).isInstanceOf(Verdict.Undecided.class);
    assertThat(verdict.passed()).isFalse();
    assertThat(verdict.text()).contains("no answer");
  }

  @Test
  void thePictureShowsTheSmallestFailingWindow() {
    var h = new Histories();
    for (int i = 0; i < 200; i++) {
      h.did(i % 3, "put", "x", null, "old" + i).did(4, "get", "x", "old" + i);
    }
    h.call(1, "put", "x", "new").did(2, "get", "x", "new").did(3, "get", "x", "old199");
    h.ok(1, null).did(1, "put", "x", null, "later").did(2, "get", "x", "later");

    Verdict verdict = Linearizability.check(h.done(), KV, Linearizability.Limits.DEFAULT, false);

    assertThat(verdict).isInstanceOf(Verdict.Violated.class);
    assertThat(verdict.text())
        .contains("key x")
        .contains("#402 (get = old199, client 3)")
        .contains(". #400 put new")
        .contains("` old199")
        .doesNotContain("later")
        .doesNotContain("old150");
    assertThat(((Verdict.Violated) verdict).window())
        .extracting(Operation::id)
        .contains(400, 401, 402)
        .hasSizeLessThan(15);
  }

  @Test
  void aContradictionOfTwoValuesIsToldByItself() {
    var h = new Histories();
    for (int i = 0; i < 200; i++) {
      h.did(i % 3, "put", "x", null, "old" + i);
    }
    h.did(1, "put", "x", null, "new").did(2, "get", "x", "new").did(3, "get", "x", "old199");

    Verdict verdict = Linearizability.check(h.done(), KV);

    assertThat(verdict.text())
        .contains("value old199 must come before new")
        .contains("and after it, because #200 client 1: put x new = - had ended before #202")
        .contains("` old199");
    assertThat(((Verdict.Violated) verdict).window()).hasSizeLessThan(6);
  }

  private static void assertPassed(Histories histories, Model<?> model) {
    Verdict verdict = Linearizability.check(histories.done(), model);
    assertThat(verdict.passed()).as(verdict.text()).isTrue();
  }

  private static void assertViolated(Histories histories, Model<?> model) {
    assertThat(Linearizability.check(histories.done(), model)).isInstanceOf(Verdict.Violated.class);
  }
}
