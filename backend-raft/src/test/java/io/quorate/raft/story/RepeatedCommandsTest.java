// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.SessionOptions;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.session.Nonce;
import io.quorate.core.session.OpenSession;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.world.RaftWorlds;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** D.2: a command that is sent again is executed once, and as a rule logged once. */
final class RepeatedCommandsTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final byte[] NOT_A_COMMAND_OF_THE_STORE = {1, 2, 3};

  /** The caller of one sending. */
  private static final class Caller implements ReplySink {
    private final List<String> answers = new ArrayList<>();
    private byte[] result = {};

    @Override
    public void done(long tag, long index, long epoch, byte[] bytes) {
      answers.add("done " + index + "@" + epoch);
      result = bytes;
    }

    @Override
    public void refused(long tag, Refusal why) {
      answers.add(why.code() + (why.text().isEmpty() ? "" : " " + why.text()));
    }

    @Override
    public void flush() {}
  }

  private final Scenario s = Scenario.of(RaftWorlds.with(RaftConfig.defaults())).seed(7).start();

  private Caller send(SimNode node, CommandKind kind, long session, long sequence, byte[] payload) {
    Caller caller = new Caller();
    assertThat(
            node.ask(door -> {
              door.submit(kind, session, sequence, 1, payload, 0, payload.length, caller, sequence);
              door.flush();
            }))
        .isTrue();
    return caller;
  }

  private Caller send(SimNode node, long session, long sequence) {
    return send(node, CommandKind.SESSION, session, sequence, NOT_A_COMMAND_OF_THE_STORE);
  }

  private String answer(Caller caller) {
    s.until(() -> !caller.answers.isEmpty(), SOON, "the caller is answered");
    assertThat(caller.answers).hasSize(1);
    return caller.answers.get(0);
  }

  private long openSession(SimNode node, SessionOptions options) {
    byte[] request = OpenSession.request(new Nonce(3, 4), options);
    Caller caller = send(node, CommandKind.OPEN_SESSION, 0, 0, request);
    assertThat(answer(caller)).startsWith("done ");
    return OpenSession.decodeResult(caller.result).session();
  }

  private long openSession() {
    return openSession(s.leader(), SessionOptions.DEFAULT);
  }

  private static long answeredAgain(SimNode node) {
    return node.report().counters().get("retries_answered");
  }

  private static long applied(SimNode node) {
    return node.report().appliedIndex();
  }

  @Test
  void whatWasAppliedIsAnsweredFromTheResultsAndNotLogged() {
    long session = openSession();
    SimNode leader = s.leader();
    String first = answer(send(leader, session, 1));
    long logged = applied(leader);
    assertThat(answer(send(leader, session, 1))).isEqualTo(first);
    assertThat(answer(send(leader, session, 1))).isEqualTo(first);
    assertThat(applied(leader)).isEqualTo(logged);
    assertThat(answeredAgain(leader)).isEqualTo(2);
    s.check();
  }

  @Test
  void whatIsOnItsWayIsWaitedFor() {
    long session = openSession();
    SimNode leader = s.leader();
    long logged = applied(leader);
    s.stallDisk(s.follower(1), Duration.ofMillis(1500));
    s.stallDisk(s.follower(2), Duration.ofMillis(1500));
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      callers.add(send(leader, session, 1));
      callers.add(send(leader, session, 2));
      s.run(Duration.ofMillis(100));
    }
    assertThat(callers).allSatisfy(caller -> assertThat(caller.answers).isEmpty());
    for (int i = 0; i < callers.size(); i++) {
      assertThat(answer(callers.get(i))).isEqualTo(answer(callers.get(i % 2)));
    }
    assertThat(s.leader()).isSameAs(leader);
    assertThat(applied(leader)).isEqualTo(logged + 2);
    assertThat(answeredAgain(leader)).isEqualTo(8);
    s.check();
  }

  @Test // what the last leader knew is not known here: logged again, and told apart at apply
  void aNewLeaderLogsItAgainAndExecutesItOnce() {
    long session = openSession();
    SimNode old = s.leader();
    String first = answer(send(old, session, 1));
    final long logged = applied(old);
    Caller transfer = new Caller();
    old.ask(door -> door.admin(new AdminCommand.TransferLeadership(null), transfer, 0));
    SimNode next = s.untilAnotherLeads(SOON, old);
    s.until(() -> applied(next) == logged, SOON, "it has applied what the last leader had");
    assertThat(answer(send(next, session, 1))).isEqualTo(first);
    assertThat(applied(next)).isEqualTo(logged + 1);
    assertThat(answeredAgain(next)).isZero();
    assertThat(answer(send(old, session, 1))).startsWith("NOT_LEADER");
    s.check();
  }

  @Test // a leader that is cut off: nobody can tell of the first; the second was surely not logged
  void whoWaitsForALeaderThatIsDeposedIsSentElsewhere() {
    long session = openSession();
    SimNode old = s.leader();
    s.isolate(old);
    Caller first = send(old, session, 1);
    s.run(Duration.ofMillis(20));
    Caller second = send(old, session, 1);
    assertThat(answer(first)).startsWith("INDETERMINATE");
    assertThat(answer(second)).startsWith("NOT_LEADER");
    s.check();
  }

  @Test // its predecessor is missing: refused, and looked at afresh when it comes again
  void whatWasRefusedAtApplyIsNotWaitedFor() {
    long session = openSession();
    SimNode leader = s.leader();
    assertThat(answer(send(leader, session, 2))).startsWith("OUT_OF_ORDER");
    long from = s.world().now();
    assertThat(answer(send(leader, session, 2))).startsWith("OUT_OF_ORDER");
    assertThat(Duration.ofNanos(s.world().now() - from)).isLessThan(Duration.ofMillis(500));
    answer(send(leader, session, 1));
    String second = answer(send(leader, session, 2));
    assertThat(second).doesNotStartWith("OUT_OF_ORDER");
    assertThat(answer(send(leader, session, 2))).isEqualTo(second);
    s.check();
  }

  @Test // a sign of life belongs into the log, or the session expires although its client speaks
  void aSessionThatWasSilentForLongIsHeardInTheLog() {
    var options = new SessionOptions(SessionOptions.Order.SUBMISSION, Duration.ofSeconds(3));
    SimNode leader = s.leader();
    long session = openSession(leader, options);
    String first = answer(send(leader, session, 1));
    long logged = applied(leader);
    for (int i = 0; i < 8; i++) {
      s.run(Duration.ofMillis(1100));
      assertThat(answer(send(leader, session, 1))).as("after %s silences", i).isEqualTo(first);
    }
    // Or more: the leader's own commands that expire sessions count, too.
    assertThat(applied(leader)).isGreaterThanOrEqualTo(logged + 8);
    assertThat(answeredAgain(leader)).isZero();
    s.check();
  }
}
