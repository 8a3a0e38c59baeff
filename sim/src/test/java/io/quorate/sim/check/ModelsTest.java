// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ModelsTest {

  @Test
  void keyValueFollowsItsRules() {
    var h =
        new Histories()
            .did(1, "create", "k", "true", "a")
            .did(1, "create", "k", "false", "b")
            .did(1, "delete", "k", "true")
            .did(1, "delete", "k", "false")
            .did(1, "delete", "k", null)
            .did(1, "cas", "k", "false", "", "z")
            .did(1, "incr", "k", "2", "2")
            .did(1, "incr", "k", "-1", "-3")
            .did(1, "put", "k", null, "text")
            .did(1, "incr", "k", "error", "1")
            .did(1, "get", "k", "text");
    assertPassed(h, Models.keyValue());
    assertViolated(new Histories().did(1, "delete", "k", "true"), Models.keyValue());
    assertViolated(new Histories().did(1, "incr", "k", "2", "1"), Models.keyValue());
  }

  @Test
  void anIncrementAppliedTwiceIsFound() {
    var h =
        new Histories()
            .did(1, "incr", "k", "1", "1")
            .call(2, "incr", "k", "1")
            .info(2)
            .did(1, "incr", "k", "4", "1");
    assertViolated(h, Models.keyValue());
  }

  @Test
  void registerFollowsItsRules() {
    Model<String> model = Models.register("0");
    assertPassed(
        new Histories()
            .did(1, "read", "r", "0")
            .did(1, "cas", "r", "true", "0", "5")
            .did(1, "cas", "r", "false", "0", "6")
            .did(1, "write", "r", null, "7")
            .did(1, "read", "r", "7"),
        model);
    assertViolated(new Histories().did(1, "read", "r", "1"), model);
  }

  @Test
  void counterFollowsItsRules() {
    assertPassed(
        new Histories()
            .did(1, "add", "c", "3", "3")
            .did(1, "add", "c", null, "4")
            .did(1, "read", "c", "7"),
        Models.counter());
    assertViolated(
        new Histories().did(1, "add", "c", null, "3").did(1, "read", "c", "0"), Models.counter());
  }

  @Test
  void listsKeepTheOrderOfAppends() {
    var begin =
        new Histories()
            .call(1, "append", "l", "a")
            .call(2, "append", "l", "b")
            .ok(1, null)
            .ok(2, "1")
            .did(3, "read", "l", "b a");
    assertPassed(begin, Models.listAppend());
    assertViolated(begin.did(3, "read", "l", "a b"), Models.listAppend());
  }

  @Test
  void twoHoldersOfALockAreFound() {
    var h = new Histories().did(1, "acquire", "l", "5", "me").did(2, "acquire", "l", "6", "you");
    assertViolated(h, Models.lock());
    assertPassed(
        new Histories()
            .did(1, "acquire", "l", "5", "me")
            .did(2, "acquire", "l", "held", "you")
            .did(2, "release", "l", "false", "you")
            .did(1, "holder", "l", "me")
            .did(1, "release", "l", "true", "me")
            .did(1, "holder", "l", null)
            .did(2, "acquire", "l", "9", "you"),
        Models.lock());
  }

  @Test
  void aFencingTokenThatGoesBackIsFound() {
    var h =
        new Histories()
            .did(1, "acquire", "l", "5", "me")
            .did(1, "release", "l", "true", "me")
            .did(2, "acquire", "l", "4", "you");
    assertViolated(h, Models.lock());
  }

  @Test
  void anUnknownAcquireMayHoldTheLock() {
    var h =
        new Histories()
            .call(1, "acquire", "l", "me")
            .info(1)
            .did(2, "acquire", "l", "held", "you")
            .did(1, "release", "l", "true", "me")
            .did(2, "acquire", "l", "3", "you");
    assertPassed(h, Models.lock());
  }

  @Test
  void queuesAreFirstInFirstOut() {
    var h =
        new Histories()
            .did(1, "pop", "q", null)
            .did(1, "push", "q", null, "a")
            .did(1, "push", "q", null, "b")
            .did(2, "pop", "q", "a");
    assertPassed(h, Models.queue());
    assertViolated(h.did(2, "pop", "q", "a"), Models.queue());
  }

  @Test
  void unknownFunctionsAreRefused() {
    var h = new Histories().did(1, "explode", "k", null);
    assertThatThrownBy(() -> Linearizability.check(h.done(), Models.keyValue()))
        .hasMessageContaining("explode");
  }

  private static void assertPassed(Histories histories, Model<?> model) {
    Verdict verdict = Linearizability.check(histories.done(), model);
    assertThat(verdict.passed()).as(verdict.text()).isTrue();
  }

  private static void assertViolated(Histories histories, Model<?> model) {
    assertThat(Linearizability.check(histories.done(), model)).isInstanceOf(Verdict.Violated.class);
  }
}
