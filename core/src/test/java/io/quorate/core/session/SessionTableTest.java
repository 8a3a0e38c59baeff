// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import static io.quorate.core.session.SessionTable.Verdict.EXECUTE;
import static io.quorate.core.session.SessionTable.Verdict.OUT_OF_ORDER;
import static io.quorate.core.session.SessionTable.Verdict.REPEATED_FAILURE;
import static io.quorate.core.session.SessionTable.Verdict.REPEATED_RESULT;
import static io.quorate.core.session.SessionTable.Verdict.RESULT_DROPPED;
import static io.quorate.core.session.SessionTable.Verdict.SESSION_EXPIRED;
import static io.quorate.core.session.SessionTable.Verdict.STALE_SEQUENCE;
import static io.quorate.core.session.SessionTable.Verdict.WINDOW_FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.SessionOptions.Order;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.session.SessionTable.Verdict;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** The rules of sessions, one test each. Times are small numbers of nanoseconds. */
class SessionTableTest {
  private static final long TTL = 100;
  private static final SessionLimits LIMITS = new SessionLimits(3, 4, 2_000, 1_000);

  private final SessionTable table = new SessionTable(LIMITS);
  private long index;
  private long now = 1_000;

  private long open(long nonce, Order order) {
    index++;
    return table.open(new OpenSession(new Nonce(7, nonce), order, TTL), index, 2, now);
  }

  private Verdict begin(long session, long sequence, long acknowledgedBelow) {
    index++;
    return table.begin(session, sequence, acknowledgedBelow, now);
  }

  private void execute(long session, long sequence, long acknowledgedBelow, int resultBytes) {
    assertThat(begin(session, sequence, acknowledgedBelow)).isEqualTo(EXECUTE);
    table.executed(index, 3, new byte[resultBytes]);
  }

  @Test
  void theIdIsTheIndexOfTheOpeningCommand() {
    index = 41;
    assertThat(open(1, Order.SUBMISSION)).isEqualTo(42);
    assertThat(table.openedEpoch(42)).isEqualTo(2);
  }

  @Test
  void openingTwiceWithOneNonceFindsTheSessionWhileItLives() {
    long session = open(1, Order.SUBMISSION);
    assertThat(open(1, Order.NONE)).isEqualTo(session);
    assertThat(table.size()).isEqualTo(1);
    table.close(session);
    assertThat(open(1, Order.SUBMISSION)).isNotEqualTo(session).isPositive();
  }

  @Test
  void openingAgainIsASignOfLife() {
    long session = open(1, Order.SUBMISSION);
    now += TTL - 1;
    open(1, Order.SUBMISSION);
    now += 1;
    assertThat(table.expire(now, now)).isZero();
    assertThat(table.has(session)).isTrue();
  }

  @Test
  void aFullTableRefusesAndForgetsNobody() {
    long first = open(1, Order.SUBMISSION);
    open(2, Order.SUBMISSION);
    open(3, Order.SUBMISSION);
    now += 10 * TTL;
    assertThat(open(4, Order.SUBMISSION)).isZero();
    assertThat(open(1, Order.SUBMISSION)).isEqualTo(first);
    assertThat(table.size()).isEqualTo(3);
  }

  @Test
  void anUnknownSessionIsExpired() {
    assertThat(begin(99, 1, 1)).isEqualTo(SESSION_EXPIRED);
    assertThat(begin(0, 1, 1)).isEqualTo(SESSION_EXPIRED);
    assertThat(begin(-5, 1, 1)).isEqualTo(SESSION_EXPIRED);
  }

  @Test
  void aRepeatedCommandGetsTheFirstAnswer() {
    long session = open(1, Order.SUBMISSION);
    begin(session, 1, 1);
    table.executed(17, 4, new byte[] {1, 2, 3});
    assertThat(begin(session, 1, 1)).isEqualTo(REPEATED_RESULT);
    assertThat(table.repeatedIndex()).isEqualTo(17);
    assertThat(table.repeatedEpoch()).isEqualTo(4);
    assertThat(table.repeated()).containsExactly(1, 2, 3);
  }

  @Test
  void aRepeatedFailureIsTheSameFailure() {
    long session = open(1, Order.SUBMISSION);
    begin(session, 1, 1);
    table.failed(17, 4, "no such account: é");
    assertThat(begin(session, 1, 1)).isEqualTo(REPEATED_FAILURE);
    assertThat(table.repeatedText()).isEqualTo("no such account: é");
  }

  @Test
  void anAcknowledgedCommandIsStale() {
    long session = open(1, Order.SUBMISSION);
    execute(session, 1, 1, 0);
    execute(session, 2, 2, 0);
    assertThat(begin(session, 1, 1)).isEqualTo(STALE_SEQUENCE);
    assertThat(begin(session, 0, 1)).isEqualTo(STALE_SEQUENCE);
    assertThat(begin(session, -1, 1)).isEqualTo(STALE_SEQUENCE);
  }

  @Test
  void acknowledgementsNeverGoBack() {
    long session = open(1, Order.SUBMISSION);
    execute(session, 1, 1, 0);
    execute(session, 2, 2, 0);
    execute(session, 3, 1, 0);
    assertThat(begin(session, 1, 0)).isEqualTo(STALE_SEQUENCE);
  }

  @Test
  void aCommandCannotAcknowledgeItself() {
    long session = open(1, Order.SUBMISSION);
    execute(session, 1, Long.MAX_VALUE, 0);
    assertThat(begin(session, 1, Long.MAX_VALUE)).isEqualTo(REPEATED_RESULT);
  }

  @Test
  void anOrderedSessionWaitsForThePredecessor() {
    long session = open(1, Order.SUBMISSION);
    execute(session, 1, 1, 0);
    assertThat(begin(session, 3, 1)).isEqualTo(OUT_OF_ORDER);
    assertThat(begin(session, 3, 1)).describedAs("not cached").isEqualTo(OUT_OF_ORDER);
    execute(session, 2, 1, 0);
    execute(session, 3, 1, 0);
  }

  @Test
  void anOrderedSessionStepsOverWhatTheClientGaveUp() {
    long session = open(1, Order.SUBMISSION);
    execute(session, 1, 1, 0);
    execute(session, 4, 4, 0);
    assertThat(begin(session, 2, 1)).isEqualTo(STALE_SEQUENCE);
    assertThat(begin(session, 3, 1)).isEqualTo(STALE_SEQUENCE);
    execute(session, 5, 4, 0);
  }

  @Test
  void anUnorderedSessionTakesAnyOrderAndExecutesEachOnce() {
    long session = open(1, Order.NONE);
    execute(session, 3, 1, 0);
    execute(session, 1, 1, 0);
    assertThat(begin(session, 3, 1)).isEqualTo(REPEATED_RESULT);
    execute(session, 2, 1, 0);
    assertThat(begin(session, 1, 1)).isEqualTo(REPEATED_RESULT);
    assertThat(begin(session, 2, 1)).isEqualTo(REPEATED_RESULT);
  }

  @Test
  void theWindowIsBoundedFromTheFirstUnacknowledged() {
    long session = open(1, Order.NONE);
    assertThat(begin(session, 5, 1)).isEqualTo(WINDOW_FULL);
    execute(session, 4, 1, 0);
    execute(session, 5, 2, 0);
    assertThat(begin(session, Long.MAX_VALUE, 2)).isEqualTo(WINDOW_FULL);
    long ordered = open(2, Order.SUBMISSION);
    for (int sequence = 1; sequence <= 4; sequence++) {
      execute(ordered, sequence, 1, 0);
    }
    assertThat(begin(ordered, 5, 1)).isEqualTo(WINDOW_FULL);
    execute(ordered, 5, 2, 0);
  }

  @Test
  void tooManyBytesLeaveTheFactThatTheCommandWasExecuted() {
    long session = open(1, Order.SUBMISSION);
    execute(session, 1, 1, 1_500);
    execute(session, 2, 1, 501);
    execute(session, 3, 1, 500);
    assertThat(begin(session, 1, 1)).isEqualTo(REPEATED_RESULT);
    assertThat(begin(session, 2, 1)).isEqualTo(RESULT_DROPPED);
    assertThat(begin(session, 3, 1)).isEqualTo(REPEATED_RESULT);
    execute(session, 4, 4, 2_000);
    assertThat(begin(session, 4, 4)).describedAs("room again").isEqualTo(REPEATED_RESULT);
  }

  @Test // what JVMs may word differently must not decide what is kept
  void aFailureCountsTheSameWhateverItsText() {
    SessionTable other = new SessionTable(LIMITS);
    for (SessionTable each : new SessionTable[] {table, other}) {
      each.open(new OpenSession(new Nonce(7, 1), Order.NONE, TTL), 1, 2, now);
      for (int sequence = 1; sequence <= 4; sequence++) {
        each.begin(1, sequence, 1, now);
        each.failed(1, 2, each == table ? "short" : "x".repeat(600));
      }
      assertThat(each.begin(1, 3, 1, now)).isEqualTo(REPEATED_FAILURE);
      assertThat(each.begin(1, 4, 1, now)).isEqualTo(RESULT_DROPPED);
    }
    assertThat(table.digest()).isEqualTo(other.digest());
  }

  @Test
  void closingEndsASessionOnce() {
    long session = open(1, Order.SUBMISSION);
    assertThat(table.close(session)).isTrue();
    assertThat(table.close(session)).isFalse();
    assertThat(begin(session, 1, 1)).isEqualTo(SESSION_EXPIRED);
  }

  @Test
  void silenceEndsASessionAtItsTimeAndNotBefore() {
    long session = open(1, Order.SUBMISSION);
    assertThat(table.expire(now + TTL - 1, now + TTL - 1)).isZero();
    assertThat(table.expire(now + TTL, now + TTL)).isEqualTo(1);
    assertThat(table.has(session)).isFalse();
  }

  @Test
  void aCutoffInTheFutureCountsAsNow() {
    open(1, Order.SUBMISSION);
    assertThat(table.expire(Long.MAX_VALUE, now + TTL - 1)).isZero();
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void aCommandOverdueButBeforeTheExpiryRevives() {
    long session = open(1, Order.SUBMISSION);
    long cutoff = now + TTL;
    now += TTL + 5;
    execute(session, 1, 1, 0);
    assertThat(table.expire(cutoff, now + 1)).isZero();
    assertThat(table.expire(now + TTL, now + TTL)).isEqualTo(1);
  }

  @Test
  void evenARefusedCommandIsASignOfLife() {
    long session = open(1, Order.SUBMISSION);
    now += TTL - 1;
    assertThat(begin(session, 9, 1)).isEqualTo(OUT_OF_ORDER);
    assertThat(table.expire(now + 1, now + 1)).isZero();
  }

  @Test
  void keepAliveNamesTheUnknown() {
    long session = open(1, Order.SUBMISSION);
    now += TTL - 1;
    assertThat(table.keepAlive(new long[] {session, 77, 0}, now)).containsExactly(77, 0);
    assertThat(table.expire(now + 1, now + 1)).isZero();
  }

  @Test // D.2: an outage, or a group asleep for a week, expires nobody at wake-up
  void aTakeoverGivesEverySessionItsFullTimeAgain() {
    open(1, Order.SUBMISSION);
    now += 1_000 * TTL;
    table.grace(now);
    assertThat(table.expire(now + TTL - 1, now + TTL - 1)).isZero();
    assertThat(table.expire(now + TTL, now + TTL)).isEqualTo(1);
  }

  @Test
  void theEarliestExpiryIsALowerBoundThatExpiryDueCorrects() {
    assertThat(table.earliestExpiryNanos()).isEqualTo(Long.MAX_VALUE);
    long session = open(1, Order.SUBMISSION);
    assertThat(table.earliestExpiryNanos()).isEqualTo(now + TTL);
    now += TTL / 2;
    execute(session, 1, 1, 0);
    assertThat(table.expiryDue(now + TTL - 1)).isNull();
    assertThat(table.earliestExpiryNanos()).isEqualTo(now + TTL);
    byte[] due = table.expiryDue(now + TTL);
    assertThat(due).isEqualTo(ExpireSessions.encode(now + TTL));
    table.expire(now + TTL, now + TTL);
    assertThat(table.earliestExpiryNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void keepAliveIsDueAfterAThirdOfTheTime() {
    long session = open(1, Order.SUBMISSION);
    assertThat(table.keepAliveDue(session, now + TTL / 3 - 1)).isFalse();
    assertThat(table.keepAliveDue(session, now + TTL / 3)).isTrue();
    assertThat(table.keepAliveDue(99, now + TTL)).isFalse();
  }

  @Test
  void anEndlessExpiryNeverComes() {
    table.open(new OpenSession(new Nonce(1, 1), Order.NONE, Long.MAX_VALUE), 1, 1, now);
    assertThat(table.expire(Long.MAX_VALUE - 1, Long.MAX_VALUE - 1)).isZero();
  }

  @Test
  void aCommandMustFinishBeforeTheNextBegins() {
    long session = open(1, Order.SUBMISSION);
    begin(session, 1, 1);
    assertThatThrownBy(() -> begin(session, 2, 1)).isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> new SessionTable(LIMITS).executed(1, 1, new byte[0]))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theDigestSeesEveryPartOfTheState() {
    long session = open(1, Order.SUBMISSION);
    var seen = new ArrayList<Object>();
    seen.add(table.digest());
    execute(session, 1, 1, 1);
    seen.add(table.digest());
    now++;
    table.keepAlive(new long[] {session}, now);
    seen.add(table.digest());
    table.grace(now + 1);
    seen.add(table.digest());
    execute(session, 2, 2, 1);
    seen.add(table.digest());
    open(2, Order.NONE);
    seen.add(table.digest());
    table.close(session);
    seen.add(table.digest());
    assertThat(seen).doesNotHaveDuplicates();
  }
}
