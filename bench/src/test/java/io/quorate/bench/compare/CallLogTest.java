// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is kept of a long run: every call on some of the keys, and the number of all writes. */
final class CallLogTest {
  private final CallLog calls = new CallLog(8, 100);

  private void answered(int key, boolean read, long nanos) {
    calls.begin(key, read, nanos);
    calls.end(nanos + 1, nanos);
  }

  @Test
  void callsOfAShortRunAreAllKept() {
    for (int i = 0; i < 100; i++) {
      answered(i % 8, false, i);
    }
    assertThat(calls.size()).isEqualTo(100);
    assertThat(calls.keysKept()).isEqualTo(8);
  }

  @Test
  void ofALongRunAllCallsOnTheLowerKeysAreKeptInOrder() {
    for (int i = 0; i < 320; i++) {
      answered(i % 8, i % 3 == 0, i);
    }
    assertThat(calls.keysKept()).isEqualTo(2);
    assertThat(calls.size()).isEqualTo(80);
    for (int call = 0; call < calls.size(); call++) {
      long begun = call / 2 * 8 + call % 2;
      assertThat(calls.key(call)).isEqualTo(call % 2);
      assertThat(calls.begunNanos(call)).isEqualTo(begun);
      assertThat(calls.endedNanos(call)).isEqualTo(begun + 1);
      assertThat(calls.value(call)).isEqualTo(begun);
      assertThat(calls.isRead(call)).isEqualTo(begun % 3 == 0);
      assertThat(calls.how(call)).isEqualTo(CallLog.End.ANSWERED);
    }
  }

  @Test
  void writesAreCountedWhetherTheyAreKeptOrNot() {
    for (int i = 0; i < 10_000; i++) {
      answered(i % 8, i % 2 == 0, i);
    }
    calls.begin(7, false, 10_000);
    calls.fail(10_001, true);
    calls.begin(7, false, 10_002);
    calls.fail(10_003, false);
    calls.begin(7, true, 10_004);
    calls.fail(10_005, true);
    calls.begin(7, false, 10_006); // open to the end

    assertThat(calls.writesAcknowledged()).isEqualTo(5_000);
    assertThat(calls.writesPossible()).isEqualTo(5_002);
  }

  @Test
  void aSingleKeyIsNeverLetGo() {
    for (int i = 0; i < 1_000; i++) {
      answered(0, false, i);
    }
    assertThat(calls.keysKept()).isEqualTo(1);
    assertThat(calls.size()).isEqualTo(1_000);
  }

  @Test
  void aCallThatWasNotKeptDoesNotTouchTheLastOneThatWas() {
    for (int i = 0; i < 101; i++) {
      answered(i % 8, false, i);
    }
    calls.begin(0, false, 500);
    calls.end(501, 42);
    int last = calls.size() - 1;
    calls.begin(7, false, 502);
    calls.fail(503, false);

    assertThat(calls.size()).isEqualTo(last + 1);
    assertThat(calls.begunNanos(last)).isEqualTo(500);
    assertThat(calls.endedNanos(last)).isEqualTo(501);
    assertThat(calls.value(last)).isEqualTo(42);
    assertThat(calls.how(last)).isEqualTo(CallLog.End.ANSWERED);
  }
}
