// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.api.SessionOptions.Order;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.session.ExpireSessions;
import io.quorate.core.session.KeepAlive;
import io.quorate.core.session.Nonce;
import io.quorate.core.session.OpenSession;
import io.quorate.core.session.SessionLimits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ApplierTest {
  private static final GroupId GROUP = GroupId.of("orders");
  private static final SessionLimits LIMITS = new SessionLimits(2, 8, 10_000, 100);
  private static final long TTL = 1_000;

  private final Tally tally = new Tally();
  private final Applier applier = new Applier(GROUP, tally, LIMITS);
  private final TestLog log = new TestLog();
  private final Answers answers = new Answers();

  private void apply() {
    apply(log.seal());
  }

  private void apply(Entry entry) {
    answers.begin();
    applier.apply(entry, answers);
  }

  private long open(long nonce) {
    long index = log.nextIndex();
    var request = new OpenSession(new Nonce(1, nonce), Order.SUBMISSION, TTL);
    log.add(CommandKind.OPEN_SESSION, 0, 0, 0, request.encode());
    apply();
    return index;
  }

  @Test
  void plainCommandsAreExecutedAsOftenAsTheyAreLogged() {
    log.plain("a").plain("a").plain("b");
    apply();
    assertThat(answers.lines).containsExactly("1@1 1", "2@1 2", "3@1 1");
    assertThat(applier.appliedSlot()).isEqualTo(1);
    assertThat(applier.appliedIndex()).isEqualTo(3);
    assertThat(applier.timeFloorNanos()).isEqualTo(1_000_003);
    assertThat(applier.deduplicated()).isZero();
  }

  @Test // D.3: one nanosecond a command, so that no two have the same time
  void theContextGivesIndexEpochAndTimeOfEachCommand() {
    log.epoch = 6;
    log.plain("a").plain("context").plain("context");
    apply();
    assertThat(answers.lines.get(1)).isEqualTo("2@6 2 6 1000001");
    assertThat(answers.lines.get(2)).isEqualTo("3@6 3 6 1000002");
    log.plain("context");
    apply();
    assertThat(answers.last()).isEqualTo("4@6 4 6 1000003");
  }

  @Test // D.3: independent of batching and of snapshots
  void randomnessIsThatOfTheIndexAlone() {
    var other = new Tally();
    var alone = new Applier(GROUP, other, LIMITS);
    var batches = new TestLog();
    for (int i = 0; i < 3; i++) {
      log.plain("a");
      batches.plain("a");
      alone.apply(batches.seal(), null);
    }
    // The same commands in one entry or in three have the same indexes and times.
    apply();
    assertThat(tally).isEqualTo(other);
  }

  @Test
  void nobodyNeedsToWait() {
    log.plain("a").command(9, 1, 1, "a").plain("throw:x");
    applier.apply(log.seal(), null);
    assertThat(tally.count("a")).isEqualTo(1);
    assertThat(applier.failed()).isEqualTo(1);
  }

  @Test
  void openingAnswersTheIdAndItsIndex() {
    log.plain("a").plain("b");
    apply();
    long session = open(7);
    assertThat(session).isEqualTo(3);
    assertThat(answers.last()).isEqualTo("3@1 " + Answers.opened(3, TTL));
    log.epoch = 2;
    open(7);
    assertThat(answers.last())
        .describedAs("the same session, and where it was opened")
        .isEqualTo("3@1 " + Answers.opened(3, TTL));
    assertThat(applier.sessions()).isEqualTo(1);
    assertThat(applier.hasSession(3)).isTrue();
  }

  @Test
  void aRepeatedCommandIsAnsweredAsTheFirstTimeAndNotExecuted() {
    long session = open(1);
    log.command(session, 1, 1, "a");
    apply();
    log.epoch = 4;
    log.command(session, 1, 1, "a").command(session, 2, 1, "a");
    apply();
    assertThat(answers.lines.subList(1, 4)).containsExactly("2@1 1", "2@1 1", "4@4 2");
    assertThat(tally.count("a")).isEqualTo(2);
    assertThat(applier.deduplicated()).isEqualTo(1);
  }

  @Test
  void refusedCommandsCountAnIndexToo() {
    log.command(99, 1, 1, "a").plain("b");
    apply();
    assertThat(answers.lines.get(0)).startsWith("SESSION_EXPIRED session 99");
    assertThat(answers.lines.get(1)).isEqualTo("2@1 1");
    assertThat(tally.count("a")).isZero();
  }

  @Test
  void aThrownExceptionIsAReplicatedResult() {
    long session = open(1);
    log.command(session, 1, 1, "throw:no stock").command(session, 1, 1, "throw:no stock");
    apply();
    String failure = "COMMAND_FAILED java.lang.IllegalStateException: no stock";
    assertThat(answers.lines.subList(1, 3)).containsExactly(failure, failure);
    assertThat(tally.count("throw:no stock")).isEqualTo(1);
    log.plain("throw:" + "x".repeat(5_000));
    apply();
    assertThat(answers.last()).hasSizeLessThan(300).startsWith("COMMAND_FAILED java.lang.Ill");
  }

  @Test
  void aResultTooLargeOrMissingIsAFailure() {
    log.plain("big:100").plain("big:101").plain("null");
    apply();
    assertThat(answers.lines.get(0)).startsWith("1@1 ");
    assertThat(answers.lines.get(1))
        .isEqualTo("COMMAND_FAILED the result has 101 bytes, more than 100");
    assertThat(answers.lines.get(2)).isEqualTo("COMMAND_FAILED the state machine returned null");
  }

  @Test
  void anErrorPassesThroughAndNothingWorksAfterwards() {
    log.plain("a").plain("error");
    Entry fatal = log.seal();
    assertThatThrownBy(() -> applier.apply(fatal, null)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> applier.apply(fatal, null)).isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(applier::capture).isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> applier.query(new byte[0])).isInstanceOf(InvariantViolation.class);
  }

  @Test
  void everyRefusalOfTheTableHasItsCode() {
    long session = open(1);
    log.command(session, 1, 1, "a") // executed
        .command(session, 3, 1, "a") // out of order
        .command(session, 2, 2, "a") // executed
        .command(session, 1, 1, "a"); // stale
    for (int sequence = 3; sequence <= 10; sequence++) {
      log.command(session, sequence, 2, "a"); // the last one is beyond the window of 8
    }
    apply();
    assertThat(answers.lines.get(2)).startsWith("OUT_OF_ORDER command 3 of session 1");
    assertThat(answers.lines.get(4)).startsWith("STALE_SEQUENCE command 1 of session 1");
    assertThat(answers.last()).startsWith("WINDOW_FULL command 10 of session 1");
    open(2);
    open(3);
    assertThat(answers.last()).startsWith("SESSION_LIMIT the group holds 2 sessions");
  }

  @Test
  void aResultTooMuchToKeepIsDroppedButAnsweredOnce() {
    var small = new Applier(GROUP, tally, new SessionLimits(2, 8, 10, 100));
    var request = new OpenSession(new Nonce(1, 1), Order.NONE, TTL);
    log.add(CommandKind.OPEN_SESSION, 0, 0, 0, request.encode())
        .command(1, 1, 1, "big:11")
        .command(1, 1, 1, "big:11");
    small.apply(log.seal(), answers);
    assertThat(answers.lines.get(1)).isEqualTo("2@1 " + "\0".repeat(11));
    assertThat(answers.lines.get(2)).startsWith("RESULT_DROPPED command 1 of session 1");
    assertThat(tally.count("big:11")).isEqualTo(1);
  }

  @Test
  void closingIsIdempotentAndEndsTheSession() {
    long session = open(1);
    log.add(CommandKind.CLOSE_SESSION, session, 0, 0, new byte[0])
        .add(CommandKind.CLOSE_SESSION, session, 0, 0, new byte[0])
        .command(session, 1, 1, "a");
    apply();
    assertThat(answers.lines.subList(1, 3)).containsExactly("2@1 ", "3@1 ");
    assertThat(answers.last()).startsWith("SESSION_EXPIRED");
  }

  @Test
  void silenceExpiresByConsensusTimeOnly() {
    long session = open(1);
    assertThat(applier.earliestExpiryNanos()).isEqualTo(1_000_000 + TTL);
    log.add(CommandKind.EXPIRE_SESSIONS, 0, 0, 0, ExpireSessions.encode(Long.MAX_VALUE));
    apply();
    assertThat(answers.last()).isEqualTo("2@1 \0\0\0\0\0\0\0\0");
    log.timeNanos += TTL;
    byte[] due = applier.expiryDue(log.timeNanos);
    assertThat(due).isNotNull();
    log.add(CommandKind.EXPIRE_SESSIONS, 0, 0, 0, ExpireSessions.encode(log.timeNanos));
    log.command(session, 1, 1, "a");
    apply();
    assertThat(answers.lines.get(2)).isEqualTo("3@1 \u0001\0\0\0\0\0\0\0");
    assertThat(answers.last()).startsWith("SESSION_EXPIRED");
  }

  @Test // re-validated at apply: what the leader saw when it proposed may be past
  void aSignOfLifeBeforeTheExpiryCounts() {
    long session = open(1);
    log.timeNanos += TTL;
    long cutoff = log.timeNanos;
    log.add(CommandKind.KEEP_ALIVE, 0, 0, 0, KeepAlive.encode(new long[] {session, 55}, 2))
        .add(CommandKind.EXPIRE_SESSIONS, 0, 0, 0, ExpireSessions.encode(cutoff));
    apply();
    assertThat(answers.lines.get(1)).describedAs("the unknown").isEqualTo("2@1 7\0\0\0\0\0\0\0");
    assertThat(applier.hasSession(session)).isTrue();
    assertThat(applier.keepAliveDue(session, log.timeNanos)).isFalse();
  }

  @Test
  void aTakeoverGivesGrace() {
    long session = open(1);
    log.timeNanos += 100 * TTL;
    log.epoch = 2;
    apply(log.control(EntryKind.TAKEOVER, new byte[0]));
    log.add(CommandKind.EXPIRE_SESSIONS, 0, 0, 0, ExpireSessions.encode(log.timeNanos));
    apply();
    assertThat(applier.hasSession(session)).isTrue();
    assertThat(applier.appliedEpoch()).isEqualTo(2);
    assertThat(applier.appliedIndex()).describedAs("a takeover counts no index").isEqualTo(2);
  }

  @Test
  void malformedPayloadsAreFailuresNotFaults() {
    byte[] odd = new byte[9];
    log.add(CommandKind.OPEN_SESSION, 0, 0, 0, odd)
        .add(CommandKind.KEEP_ALIVE, 0, 0, 0, odd)
        .add(CommandKind.EXPIRE_SESSIONS, 0, 0, 0, odd);
    apply();
    assertThat(answers.lines).hasSize(3).allMatch(line -> line.startsWith("COMMAND_FAILED"));
  }

  @Test
  void theConfigurationIsThatOfTheLastSuchEntry() {
    assertThat(applier.configuration()).isEmpty();
    apply(log.control(EntryKind.CONFIGURATION, new byte[] {1, 2}));
    log.plain("a");
    apply();
    assertThat(applier.configuration()).containsExactly(1, 2);
  }

  @Test
  void onlyTheNextEntryOfThisLogIsApplied() throws CorruptEntry {
    log.plain("a");
    Entry first = log.seal();
    log.plain("b");
    Entry second = log.seal();
    rejects(second, "does not follow slot 0");
    applier.apply(first, null);
    rejects(first, "does not follow slot 1");
    var other = new TestLog();
    other.plain("x");
    other.seal();
    other.plain("y");
    rejects(other.seal(), "does not link");
    rejects(
        Entry.control(EntryKind.TAKEOVER, 2, 0, 2, log.timeNanos, first.hash(), new byte[0]),
        "below the last");
    rejects(
        Entry.control(EntryKind.TAKEOVER, 2, 1, 3, log.timeNanos, first.hash(), new byte[0]),
        "does not follow index");
    rejects(
        Entry.control(EntryKind.TAKEOVER, 2, 1, 2, 1_000_000, first.hash(), new byte[0]),
        "time of");
    byte[] damaged = second.frame().clone();
    damaged[damaged.length - 1] ^= 1;
    rejects(Entry.decode(damaged), "before apply: checksum of the body");
  }

  private void rejects(Entry entry, String why) {
    // Each on an applier of its own: after such a fault the first one refuses everything.
    var fresh = new Applier(GROUP, new Tally(), LIMITS);
    for (int slot = 0; slot < applier.appliedSlot(); slot++) {
      fresh.apply(log.entries.get(slot), null);
    }
    assertThatThrownBy(() -> fresh.apply(entry, null))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining(why);
  }

  @Test
  void anEntryThatHoldsFewerCommandsThanItSaysIsAFault() {
    var slab = new io.quorate.core.log.Slab.Writer(0);
    slab.append(CommandKind.PLAIN, 0, 0, 0, new byte[0], 0, 0);
    Entry entry = Entry.seal(slab.frame(), EntryKind.COMMANDS, 1, 1, 1, 2, 0, ChainHash.ROOT);
    assertThatThrownBy(() -> applier.apply(entry, null)).isInstanceOf(InvariantViolation.class);
  }

  @Test
  void queriesSeeTheAppliedStateAndTheirFailuresAreTyped() {
    log.plain("a").plain("a");
    apply();
    assertThat(applier.query(bytes("a"))).isEqualTo(bytes("2"));
    assertThatThrownBy(() -> applier.query(bytes("throw:what?")))
        .isInstanceOfSatisfying(
            QueryFailed.class,
            e -> {
              assertThat(e.refusal().code()).isEqualTo(RefusalCode.COMMAND_FAILED);
              assertThat(e.refusal().text()).isEqualTo("java.lang.IllegalStateException: what?");
            });
    assertThat(applier.query(bytes("a"))).isEqualTo(bytes("2"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
