// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static io.quorate.sim.contract.TallyMachine.bytes;
import static io.quorate.sim.contract.TallyMachine.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quorate.api.ReadConsistency;
import io.quorate.api.Receipt;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.Session;
import io.quorate.api.SessionOptions;
import io.quorate.api.SessionOptions.Order;
import io.quorate.api.error.Closed;
import io.quorate.api.error.CommandFailed;
import io.quorate.api.error.ConsensusException;
import io.quorate.api.error.ConsensusException.Outcome;
import io.quorate.sim.check.Call;
import io.quorate.sim.check.History;
import io.quorate.sim.check.Linearizability;
import io.quorate.sim.check.Models;
import io.quorate.sim.check.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What users are promised, on every backend and over every connection. A test class implements
 * {@link #group()}; JUnit runs the rest.
 */
@Tag("contract")
@Timeout(300)
public interface ReplicatedLogContract {

  /** A fresh group with an empty state; closed by the test. */
  LogGroup group();

  @Test
  default void aCommandIsAnsweredWithItsResult() {
    try (LogGroup group = group()) {
      Session session = group.get(group.client().openSession());
      Receipt first = group.get(session.submit(bytes("add x 5")));
      Receipt second = group.get(session.submit(bytes("add x 2")));

      assertThat(text(first.result())).isEqualTo("5");
      assertThat(text(second.result())).isEqualTo("7");
      assertThat(first.index()).isGreaterThan(session.id());
      assertThat(second.index()).isGreaterThan(first.index());
      assertThat(first.epoch()).isNotNegative();
    }
  }

  @Test
  default void readsSeeWhatWasAcknowledged() {
    try (LogGroup group = group()) {
      ReplicatedLog writer = group.client();
      ReplicatedLog reader = group.client();
      Session session = group.get(writer.openSession());
      for (int i = 1; i <= 20; i++) {
        Receipt receipt = group.get(session.submit(bytes("add x 1")));
        assertThat(read(group, reader, "get x", ReadConsistency.LINEARIZABLE)).isEqualTo("" + i);
        assertThat(read(group, reader, "get x", ReadConsistency.local(receipt.index())))
            .isEqualTo("" + i);
      }
      ReadConsistency bounded = ReadConsistency.bounded(Duration.ofMinutes(5));
      assertThat(Long.parseLong(read(group, reader, "get x", bounded))).isBetween(0L, 20L);
    }
  }

  @Test
  default void anOrderedSessionKeepsTheOrderOfItsCalls() {
    try (LogGroup group = group()) {
      Session session = group.get(group.client().openSession());
      List<CompletableFuture<Receipt>> answers = new ArrayList<>();
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        answers.add(session.submit(bytes("note w" + i)));
        expected.append(i == 0 ? "" : " ").append("w").append(i);
        if (i == 100) {
          group.disturb();
        }
      }
      long before = 0;
      for (CompletableFuture<Receipt> answer : answers) {
        Receipt receipt = group.get(answer);
        assertThat(receipt.index()).isGreaterThan(before);
        before = receipt.index();
      }
      assertThat(read(group, group.client(), "diary", ReadConsistency.LINEARIZABLE))
          .isEqualTo(expected.toString());
    }
  }

  @Test
  default void commandsTakeEffectOnceWhateverHappens() {
    try (LogGroup group = group()) {
      SessionOptions unordered = new SessionOptions(Order.NONE, Duration.ofHours(1));
      List<Session> sessions = new ArrayList<>();
      for (int client = 0; client < 4; client++) {
        ReplicatedLog log = group.client();
        sessions.add(group.get(client % 2 == 0 ? log.openSession() : log.openSession(unordered)));
      }
      int acknowledged = 0;
      for (int round = 0; round < 12; round++) {
        List<CompletableFuture<Receipt>> answers = new ArrayList<>();
        for (Session session : sessions) {
          for (int i = 0; i < 10; i++) {
            answers.add(session.submit(bytes("add x 1")));
          }
        }
        if (round % 4 == 1) {
          group.disturb();
        }
        for (CompletableFuture<Receipt> answer : answers) {
          group.get(answer);
          acknowledged++;
        }
      }
      assertThat(read(group, group.client(), "get x", ReadConsistency.LINEARIZABLE))
          .isEqualTo("" + acknowledged);
    }
  }

  @Test
  default void aFailureOfTheStateMachineIsAResult() {
    try (LogGroup group = group()) {
      Session session = group.get(group.client().openSession());
      ConsensusException failure = failureOf(group, session.submit(bytes("fail once")));
      assertThat(failure).isInstanceOf(CommandFailed.class);
      assertThat(failure.outcome()).isEqualTo(Outcome.APPLIED);

      group.get(session.submit(bytes("note after")));
      assertThat(read(group, group.client(), "diary", ReadConsistency.LINEARIZABLE))
          .isEqualTo("once after");
    }
  }

  @Test
  default void sessionsHaveIdsOfTheirOwn() {
    try (LogGroup group = group()) {
      ReplicatedLog log = group.client();
      List<Long> ids = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Session session = group.get(log.openSession());
        assertThat(ids).doesNotContain(session.id());
        ids.add(session.id());
        group.get(session.submit(bytes("note s" + i)));
      }
      assertThat(ids).isSorted();
    }
  }

  @Test
  default void aCommandWithoutASessionIsApplied() {
    try (LogGroup group = group()) {
      ReplicatedLog log = group.client();
      Receipt receipt = group.get(log.submitIdempotent(bytes("add y 1")));
      assertThat(receipt.index()).isPositive();
      // At least once: a lost answer may have made the client repeat it.
      assertThat(Long.parseLong(read(group, log, "get y", ReadConsistency.LINEARIZABLE)))
          .isPositive();
    }
  }

  @Test
  default void aClosedSessionTakesNoCommands() {
    try (LogGroup group = group()) {
      ReplicatedLog log = group.client();
      Session session = group.get(log.openSession());
      group.get(session.submit(bytes("add x 1")));
      session.close();
      ConsensusException failure = failureOf(group, session.submit(bytes("add x 1")));

      assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
      assertThat(read(group, log, "get x", ReadConsistency.LINEARIZABLE)).isEqualTo("1");
    }
  }

  @Test
  default void aClosedClientRefusesEverything() {
    try (LogGroup group = group()) {
      ReplicatedLog log = group.client();
      Session session = group.get(log.openSession());
      log.close();

      assertThat(failureOf(group, session.submit(bytes("add x 1")))).isInstanceOf(Closed.class);
      assertThat(failureOf(group, log.openSession())).isInstanceOf(Closed.class);
      assertThat(failureOf(group, log.read(bytes("get x"), ReadConsistency.LINEARIZABLE)))
          .isInstanceOf(Closed.class);
      assertThat(read(group, group.client(), "get x", ReadConsistency.LINEARIZABLE)).isEqualTo("0");
    }
  }

  @Test
  default void whatIsInFlightEndsWithTheClient() {
    try (LogGroup group = group()) {
      ReplicatedLog log = group.client();
      Session session = group.get(log.openSession());
      List<CompletableFuture<Receipt>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(session.submit(bytes("add x 1")));
      }
      log.close();
      int known = 0;
      int open = 0;
      for (CompletableFuture<Receipt> answer : answers) {
        ConsensusException failure = failureOrNull(group, answer);
        known += failure == null ? 1 : 0;
        open += failure != null && failure.outcome() == Outcome.INDETERMINATE ? 1 : 0;
      }
      long applied =
          Long.parseLong(read(group, group.client(), "get x", ReadConsistency.LINEARIZABLE));
      assertThat(applied).isBetween((long) known, (long) known + open);
    }
  }

  /** Several clients, reads and writes, and disturbances: the history must be linearizable. */
  @Test
  default void historiesAreLinearizable() {
    try (LogGroup group = group()) {
      History history = new History();
      List<ReplicatedLog> logs = new ArrayList<>();
      List<Session> sessions = new ArrayList<>();
      for (int client = 0; client < 4; client++) {
        logs.add(group.client());
        sessions.add(group.get(logs.get(client).openSession()));
      }
      for (int round = 0; round < 40; round++) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int client = 0; client < 4; client++) {
          String key = "k" + (round + client) % 2;
          answers.add(write(history, client, sessions.get(client), key));
          answers.add(read(history, client + 4, logs.get((client + 1) % 4), key));
        }
        if (round % 13 == 5) {
          group.disturb();
        }
        answers.forEach(group::get);
      }
      Verdict verdict = Linearizability.check(history, Models.counter());

      assertThat(verdict.passed()).as(verdict.text()).isTrue();
      assertThat(history.size()).isEqualTo(320);
    }
  }

  private static CompletableFuture<?> write(
      History history, int client, Session session, String key) {
    int id = history.call(client, Call.of("add", key, "1"), System.nanoTime());
    return session
        .submit(bytes("add " + key + " 1"))
        .handle((receipt, failure) -> {
          byte[] result = receipt == null ? null : receipt.result();
          end(history, id, result, receipt == null ? 0 : receipt.index(), failure);
          return null;
        });
  }

  private static CompletableFuture<?> read(
      History history, int client, ReplicatedLog log, String key) {
    ReadConsistency fresh = ReadConsistency.LINEARIZABLE;
    int id = history.call(client, Call.of("read", key), fresh, System.nanoTime());
    return log.read(bytes("get " + key), fresh)
        .handle((result, failure) -> {
          end(history, id, result, 0, failure);
          return null;
        });
  }

  private static void end(
      History history, int id, byte @Nullable [] result, long index, @Nullable Throwable failure) {
    long now = System.nanoTime();
    if (result != null) {
      history.ok(id, text(result), index, now);
    } else if (failureIn(failure).outcome() == Outcome.NOT_APPLIED) {
      history.fail(id, String.valueOf(failure), now);
    } else {
      history.info(id, String.valueOf(failure), now);
    }
  }

  private static String read(
      LogGroup group, ReplicatedLog log, String query, ReadConsistency consistency) {
    return text(group.get(log.read(bytes(query), consistency)));
  }

  private static ConsensusException failureOf(LogGroup group, CompletableFuture<?> answer) {
    ConsensusException failure = failureOrNull(group, answer);
    assertThat(failure).as("a failure").isNotNull();
    return Objects.requireNonNull(failure);
  }

  private static @Nullable ConsensusException failureOrNull(
      LogGroup group, CompletableFuture<?> answer) {
    Throwable thrown = catchThrowable(() -> group.get(answer));
    return thrown == null ? null : failureIn(thrown);
  }

  private static ConsensusException failureIn(@Nullable Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    assertThat(cause).isInstanceOf(ConsensusException.class);
    return (ConsensusException) Objects.requireNonNull(cause);
  }
}
