// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Receipt;
import io.quorate.api.Session;
import io.quorate.api.SessionOptions;
import io.quorate.api.error.Closed;
import io.quorate.api.error.CommandFailed;
import io.quorate.api.error.CommandTooLarge;
import io.quorate.api.error.ConsensusException;
import io.quorate.api.error.Indeterminate;
import io.quorate.api.error.NotLeader;
import io.quorate.api.error.Overloaded;
import io.quorate.api.error.SessionExpired;
import io.quorate.api.error.TooManySessions;
import io.quorate.core.client.FakeReplicas.Arrived;
import io.quorate.core.log.CommandKind;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client library against replicas that answer as each test says. */
class LogClientTest {
  private final ManualHost host = new ManualHost();
  private final FakeReplicas replicas = new FakeReplicas("n1", "n2", "n3");
  private final LogClient client =
      LogClient.start(replicas, host, host, ClientOptions.DEFAULT, new SplittableRandom(1));

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void commandsOfASessionLeaveInOrderAndComplete() {
    Session session = open(7);
    CompletableFuture<Receipt> first = session.submit(bytes("a"));
    CompletableFuture<Receipt> second = session.submit(bytes("b"));

    List<Arrived> arrived = replicas.at("n1").take();
    assertThat(arrived).extracting(Arrived::payload).containsExactly("a", "b");
    assertThat(arrived).extracting(Arrived::sequence).containsExactly(1L, 2L);
    assertThat(arrived).allSatisfy(call -> assertThat(call.session()).isEqualTo(7));

    arrived.get(1).done("B");
    assertThat(first).isNotDone();
    assertThat(second.join().result()).isEqualTo(bytes("B"));
    arrived.get(0).done("A");
    assertThat(first.join().index()).isEqualTo(101);
  }

  @Test
  void acknowledgesOnlyWhatIsAnsweredWithoutGaps() {
    Session session = open(7);
    session.submit(bytes("a"));
    session.submit(bytes("b"));
    List<Arrived> arrived = replicas.at("n1").take();
    arrived.get(1).done("B");
    session.submit(bytes("c"));
    assertThat(replicas.at("n1").takeOne().acknowledgedBelow()).isEqualTo(1);
    arrived.get(0).done("A");
    session.submit(bytes("d"));
    assertThat(replicas.at("n1").takeOne().acknowledgedBelow()).isEqualTo(3);
  }

  @Test
  void followsTheHintOfAFollowerAtOnce() {
    Session session = open(7);
    CompletableFuture<Receipt> receipt = session.submit(bytes("a"));
    replicas.at("n1").takeOne().refuse(RefusalCode.NOT_LEADER, NodeId.of("n3"));
    host.pass(1);
    replicas.at("n3").takeOne().done("A");
    assertThat(receipt).isCompleted();
  }

  @Test
  void sendsTheWholeWindowAgainInOrderWhenTheConnectionIsLost() {
    Session session = open(7);
    CompletableFuture<Receipt> first = session.submit(bytes("a"));
    CompletableFuture<Receipt> second = session.submit(bytes("b"));
    List<Arrived> lost = replicas.at("n1").take();
    lost.get(0).refuse(RefusalCode.INDETERMINATE, null);
    lost.get(1).refuse(RefusalCode.INDETERMINATE, null);
    host.pass(300);
    List<Arrived> again = replicas.at("n2").take();
    assertThat(again).extracting(Arrived::sequence).containsExactly(1L, 2L);
    again.forEach(call -> call.done("x"));
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
  }

  @Test
  void leavesAReplicaThatAnswersNothing() {
    Session session = open(7);
    CompletableFuture<Receipt> receipt = session.submit(bytes("a"));
    Arrived silent = replicas.at("n1").takeOne();
    host.pass(2600);
    replicas.at("n2").takeOne().done("A");
    assertThat(receipt).isCompleted();
    silent.done("late"); // the replica was only slow: the answer is of the same command
    assertThat(receipt.join().result()).isEqualTo(bytes("A"));
  }

  @Test
  void aCommandThatMayHaveBeenAppliedEndsAsIndeterminateAndIsStillRetried() {
    Session session = open(7);
    CompletableFuture<Receipt> receipt = session.submit(bytes("a"));
    replicas.at("n1").takeOne().refuse(RefusalCode.INDETERMINATE, null);
    refuseEverywhere(RefusalCode.NOT_LEADER);
    host.pass(31_000);
    assertThatThrownBy(receipt::join).hasCauseInstanceOf(Indeterminate.class);
    answerEverywhere();
    host.pass(500);
    assertThat(arrivedAnywhere()).extracting(Arrived::sequence).contains(1L);
  }

  @Test
  void aCommandThatWasSurelyNotAppliedSaysSoAndIsNotSentAgain() {
    Session session = open(7);
    refuseEverywhere(RefusalCode.NOT_LEADER);
    CompletableFuture<Receipt> receipt = session.submit(bytes("a"));
    host.pass(31_000);
    assertThatThrownBy(receipt::join).hasCauseInstanceOf(NotLeader.class);
    answerEverywhere();
    session.submit(bytes("b"));
    host.pass(500);
    Arrived next = arrivedAnywhere().get(0);
    assertThat(next.payload()).isEqualTo("b");
    assertThat(next.acknowledgedBelow()).as("steps over the number given up").isEqualTo(2);
  }

  @Test
  void anOverlongCommandFailsAloneAndTheNextOnesStepOverIt() {
    Session session = open(7);
    CompletableFuture<Receipt> large = session.submit(bytes("large"));
    CompletableFuture<Receipt> small = session.submit(bytes("small"));
    List<Arrived> arrived = replicas.at("n1").take();
    arrived.get(0).refuse(RefusalCode.TOO_LARGE, null);
    arrived.get(1).refuse(RefusalCode.OUT_OF_ORDER, null);
    host.pass(5);
    assertThatThrownBy(large::join).hasCauseInstanceOf(CommandTooLarge.class);
    Arrived again = replicas.at("n1").takeOne();
    assertThat(again.sequence()).isEqualTo(2);
    assertThat(again.acknowledgedBelow()).isEqualTo(2);
    again.done("ok");
    assertThat(small).isCompleted();
  }

  @Test
  void anExpiredSessionTellsEachCommandWhatIsKnown() {
    Session session = open(7);
    CompletableFuture<Receipt> first = session.submit(bytes("a"));
    CompletableFuture<Receipt> second = session.submit(bytes("b"));
    replicas.at("n1").take().get(0).refuse(RefusalCode.SESSION_EXPIRED, null);
    assertThatThrownBy(first::join).hasCauseInstanceOf(SessionExpired.class);
    assertThatThrownBy(second::join).hasCauseInstanceOf(Indeterminate.class);
    assertThatThrownBy(() -> session.submit(bytes("c")).join())
        .hasCauseInstanceOf(SessionExpired.class);
  }

  @Test
  void aFailureOfTheStateMachineIsAnOutcome() {
    Session session = open(7);
    CompletableFuture<Receipt> receipt = session.submit(bytes("a"));
    replicas.at("n1").takeOne().refuse(RefusalCode.COMMAND_FAILED, null);
    assertThatThrownBy(receipt::join)
        .hasCauseInstanceOf(CommandFailed.class)
        .extracting(failure -> ((ConsensusException) failure.getCause()).outcome())
        .isEqualTo(ConsensusException.Outcome.APPLIED);
  }

  @Test
  void theWindowIsBounded() {
    Session session = open(7);
    for (int i = 0; i < 1024; i++) {
      session.submit(bytes("x"));
    }
    assertThatThrownBy(() -> session.submit(bytes("one too many")).join())
        .hasCauseInstanceOf(Overloaded.class);
  }

  @Test
  void anIdleSessionGivesSignsOfLife() {
    open(7, new SessionOptions(SessionOptions.Order.SUBMISSION, Duration.ofSeconds(3)));
    host.pass(1_100);
    assertThat(replicas.at("n1").takeOne().kind()).isEqualTo(CommandKind.KEEP_ALIVE);
  }

  @Test // the expiry that the group chose comes back with the answer
  void aSessionThatLeftItsExpiryToTheGroupIsKeptAliveInThatTime() {
    CompletableFuture<Session> session = client.openSession(SessionOptions.DEFAULT);
    replicas.at("n1").takeOne().opened(7, Duration.ofSeconds(6).toNanos());
    assertThat(session).isCompleted();
    host.pass(1_900);
    assertThat(replicas.at("n1").take()).isEmpty();
    host.pass(200);
    assertThat(replicas.at("n1").takeOne().kind()).isEqualTo(CommandKind.KEEP_ALIVE);
  }

  @Test // raft seed 610 at 45 s: retries alone kept the log growing faster than it was applied
  void aGroupThatIsSlowIsNotSentTheSameMoreAndMoreOften() {
    Session session = open(7);
    session.submit(bytes("a"));
    client.submitIdempotent(bytes("plain"));
    host.pass(29_000);

    List<Arrived> sent = replicas.takeAll();
    // Every 2 s it would be 14 times.
    assertThat(sent.stream().filter(call -> call.payload().equals("a"))).hasSizeBetween(3, 6);
    assertThat(sent.stream().filter(call -> call.payload().equals("plain"))).hasSizeBetween(3, 5);
  }

  @Test
  void oneSignOfLifeAtATimeIsUnderWay() {
    open(7, new SessionOptions(SessionOptions.Order.SUBMISSION, Duration.ofSeconds(3)));
    host.pass(29_000);
    // One a second would be 29, each of them repeated.
    assertThat(replicas.takeAll()).hasSizeBetween(2, 5);
  }

  @Test
  void aFullGroupIsSaidAtOnceAndNotRetried() {
    CompletableFuture<Session> session = client.openSession(SessionOptions.DEFAULT);
    replicas.at("n1").takeOne().refuse(RefusalCode.SESSION_LIMIT, null);
    assertThatThrownBy(session::join)
        .hasCauseInstanceOf(TooManySessions.class)
        .extracting(failure -> ((ConsensusException) failure.getCause()).outcome())
        .isEqualTo(ConsensusException.Outcome.NOT_APPLIED);
    host.pass(5_000);
    assertThat(arrivedAnywhere()).isEmpty();
  }

  @Test
  void readsAreRetriedAtTheLeader() {
    CompletableFuture<byte[]> answer = client.read(bytes("q"), ReadConsistency.LINEARIZABLE);
    replicas.at("n1").takeOne().refuse(RefusalCode.NOT_LEADER, NodeId.of("n2"));
    host.pass(1);
    replicas.at("n2").takeOne().done("42");
    assertThat(answer.join()).isEqualTo(bytes("42"));
  }

  @Test
  void aReadThatAsksForWhatIsNotOfferedFailsAtOnce() {
    CompletableFuture<byte[]> answer = client.read(bytes("q"), ReadConsistency.LEASE);
    replicas.at("n1").takeOne().refuse(RefusalCode.UNSUPPORTED, null);
    assertThat(answer).isCompletedExceptionally();
  }

  @Test
  void closingEndsWhatIsInFlightAsIndeterminate() {
    Session session = open(7);
    CompletableFuture<Receipt> receipt = session.submit(bytes("a"));
    client.close();
    assertThatThrownBy(receipt::join).hasCauseInstanceOf(Indeterminate.class);
    assertThatThrownBy(() -> client.read(bytes("q"), ReadConsistency.LINEARIZABLE).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(Closed.class);
  }

  private Session open(long id) {
    return open(id, SessionOptions.DEFAULT);
  }

  private Session open(long id, SessionOptions options) {
    CompletableFuture<Session> session = client.openSession(options);
    boolean chosen = !options.expireAfter().equals(SessionOptions.GROUP_EXPIRY);
    Duration expiry = chosen ? options.expireAfter() : Duration.ofHours(1);
    replicas.at("n1").takeOne().opened(id, expiry.toNanos());
    return session.join();
  }

  private void refuseEverywhere(RefusalCode code) {
    for (NodeId node : replicas.nodes()) {
      replicas.at(node.value()).refusal = new Refusal(code, null, code.name());
    }
  }

  private void answerEverywhere() {
    for (NodeId node : replicas.nodes()) {
      replicas.at(node.value()).refusal = null;
    }
  }

  private List<Arrived> arrivedAnywhere() {
    return replicas.nodes().stream()
        .flatMap(node -> replicas.at(node.value()).take().stream())
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
