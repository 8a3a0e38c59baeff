// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.core.log.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A run in which something went wrong is found out, whatever it was; one without fault is not. */
final class HistoryCheckTest {
  private static final int KEYS = 3;
  private static final int CLIENTS = 2;
  private static final CompareOptions OPTIONS =
      Asked.of("raft").clients(CLIENTS).payloadBytes(16).readPercent(50).keys(KEYS).options();

  private final CounterMachine machine = new CounterMachine(KEYS, CLIENTS);
  private final List<Workload.Client> clients = new ArrayList<>();
  private final long[] numbers = new long[CLIENTS];
  private long nanos;

  HistoryCheckTest() {
    Workload workload = new Workload(OPTIONS, null);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(workload.new Client(i, new SplittableRandom(i)));
    }
    for (int i = 0; i < 20; i++) {
      write(i % CLIENTS, i % KEYS);
      read(i % CLIENTS, i % KEYS);
    }
  }

  private CallLog calls(int client) {
    return clients.get(client).calls();
  }

  private long apply(int client, int key, long number) {
    byte[] command = CounterMachine.command(client, key, number, 16);
    return Bytes.getLong(machine.apply(command, (ApplyContext) null), 0);
  }

  private long value(int key) {
    return Bytes.getLong(machine.query(CounterMachine.valueOf(key)), 0);
  }

  private void write(int client, int key) {
    calls(client).begin(key, false, ++nanos);
    calls(client).end(++nanos, apply(client, key, ++numbers[client]));
  }

  private void read(int client, int key) {
    calls(client).begin(key, true, ++nanos);
    calls(client).end(++nanos, value(key));
  }

  private HistoryVerdict verdict() {
    return verdict(true);
  }

  private HistoryVerdict verdict(boolean statesAgree) {
    return HistoryCheck.verdict(
        OPTIONS, clients, machine.query(CounterMachine.diary()), statesAgree, new ArrayList<>());
  }

  @Test
  void aRunWithoutFaultIsGood() {
    HistoryVerdict verdict = verdict();

    assertThat(verdict.problems()).isEmpty();
    assertThat(verdict).isEqualTo(new HistoryVerdict(40, true, 0, 0, true, List.of()));
    assertThat(verdict.good()).isTrue();
  }

  @Test
  void callsWithoutAnswerMayHaveBeenAppliedOrNot() {
    calls(0).begin(1, false, ++nanos);
    calls(0).fail(++nanos, false);
    numbers[0]++; // sent, but it never took effect
    calls(1).begin(1, false, ++nanos);
    calls(1).fail(++nanos, false);
    long unused = apply(1, 1, ++numbers[1]);
    write(0, 1);
    calls(0).begin(2, false, ++nanos); // open to the end, and applied
    unused = apply(0, 2, ++numbers[0]);
    calls(1).begin(2, false, ++nanos); // open to the end, and not applied

    assertThat(verdict().problems()).isEmpty();
    assertThat(verdict().good()).isTrue();
  }

  @Test
  void aLostWriteIsFound() {
    calls(0).begin(1, false, ++nanos);
    calls(0).end(++nanos, value(1) + 1); // acknowledged, but it never took effect

    assertThat(verdict().lost()).isEqualTo(1);
    assertThat(verdict().linearizable()).as("nobody has read it yet").isTrue();
    assertThat(verdict().good()).isFalse();
  }

  @Test
  void aLostWriteThatSomebodyReadsIsNotLinearizableEither() {
    calls(0).begin(1, false, ++nanos);
    calls(0).end(++nanos, value(1) + 1);
    read(1, 1);

    assertThat(verdict().lost()).isEqualTo(1);
    assertThat(verdict().linearizable()).isFalse();
    assertThat(verdict().problems()).isNotEmpty();
    assertThat(verdict().good()).isFalse();
  }

  @Test
  void aWriteThatIsAppliedTwiceIsFound() {
    write(0, 1);
    long unused = apply(0, 1, numbers[0]);

    assertThat(verdict().duplicates()).isEqualTo(1);
    assertThat(verdict().lost()).as("a duplicate makes up for nothing").isZero();
    assertThat(verdict().good()).isFalse();
  }

  @Test
  void aDuplicateDoesNotHideALostWrite() {
    long unused = apply(0, 1, numbers[0]);
    calls(0).begin(1, false, ++nanos);
    calls(0).end(++nanos, value(1) + 1);

    assertThat(verdict().duplicates()).isEqualTo(1);
    assertThat(verdict().lost()).isEqualTo(1);
    assertThat(verdict().good()).isFalse();
  }

  @Test
  void aRefusedWriteThatWasAppliedAllTheSameIsFound() {
    calls(0).begin(1, false, ++nanos);
    calls(0).fail(++nanos, true);
    long unused = apply(0, 1, ++numbers[0]);

    assertThat(verdict().problems()).anyMatch(problem -> problem.contains("client 0"));
    assertThat(verdict().good()).isFalse();
  }

  @Test
  void aStaleReadIsFound() {
    write(0, 1);
    calls(1).begin(1, true, ++nanos);
    calls(1).end(++nanos, value(1) - 1);

    assertThat(verdict().linearizable()).isFalse();
    assertThat(verdict().lost()).isZero();
    assertThat(verdict().good()).isFalse();
  }

  @Test
  void aReadOfTheFutureIsFound() {
    calls(1).begin(1, true, ++nanos);
    calls(1).end(++nanos, value(1) + 1);
    write(0, 1);

    assertThat(verdict().linearizable()).isFalse();
    assertThat(verdict().good()).isFalse();
  }

  @Test
  void twoWritesWithTheSameAnswerAreFound() {
    write(0, 1);
    calls(1).begin(1, false, ++nanos);
    calls(1).end(++nanos, apply(1, 1, ++numbers[1]) - 1);

    assertThat(verdict().linearizable()).isFalse();
    assertThat(verdict().good()).isFalse();
  }

  @Test
  void overlappingCallsMayTakeEffectInEitherOrder() {
    long before = value(1);
    calls(0).begin(1, false, ++nanos);
    calls(1).begin(1, true, ++nanos);
    calls(1).end(++nanos, before);
    calls(0).end(++nanos, apply(0, 1, ++numbers[0]));

    assertThat(verdict().good()).isTrue();
  }

  @Test
  void replicasThatDisagreeAreFound() {
    assertThat(verdict(false).statesAgree()).isFalse();
    assertThat(verdict(false).problems())
        .containsExactly("the replicas do not hold the same state");
    assertThat(verdict(false).good()).isFalse();
  }

  @Test
  void aLongRunIsSearchedOnSomeKeysAndCountedOnAll() {
    for (int i = 0; i < 180_000; i++) {
      write(0, i % KEYS);
    }
    assertThat(verdict().good()).isTrue();
    assertThat(verdict().checked()).isBetween(60_000L, 150_000L);

    calls(0).begin(KEYS - 1, false, ++nanos);
    calls(0).end(++nanos, 1); // a lost write, of which the search does not learn

    assertThat(verdict().linearizable()).isTrue();
    assertThat(verdict().lost()).isEqualTo(1);

    read(1, 0);
    calls(1).begin(0, true, ++nanos);
    calls(1).end(++nanos, value(0) - 1);

    assertThat(verdict().linearizable()).isFalse();
  }
}
