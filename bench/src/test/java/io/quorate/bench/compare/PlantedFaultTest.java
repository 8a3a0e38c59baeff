// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A contender that cheats is found out by the comparison as a whole. */
final class PlantedFaultTest {
  private static final int CLIENTS = 4;
  private static final int CHEATED_COMMAND = 1000;
  private static final CompareOptions OPTIONS = asked(0).options();

  private static Asked asked(int perSecond) {
    return Asked.of("cheat")
        .lasting(Duration.ZERO, Duration.ofMillis(400))
        .clients(CLIENTS)
        .ratePerSecond(perSecond)
        .payloadBytes(16)
        .readPercent(30)
        .keys(16)
        .fault(CompareOptions.Fault.KILL_LEADER);
  }

  private enum Cheat {
    NONE,
    LOSE,
    REPEAT,
    ANSWER_STALE,
    DISAGREE
  }

  private static HistoryVerdict run(Cheat cheat) throws InterruptedException {
    return measured(cheat).verdict();
  }

  private static Measured measured(Cheat cheat) throws InterruptedException {
    List<Measured> results =
        new Comparison(OPTIONS, new Silence(), (name, options) -> new Cheater(cheat)).run();
    assertThat(results).hasSize(1);
    assertThat(results.get(0).answered()).isGreaterThan(CHEATED_COMMAND);
    return results.get(0);
  }

  @Test
  void honestyPays() throws InterruptedException {
    Measured measured = measured(Cheat.NONE);
    HistoryVerdict verdict = measured.verdict();

    assertThat(measured.leaderChanges()).hasValue(1);
    assertThat(verdict.problems()).isEmpty();
    assertThat(verdict.good()).isTrue();
    assertThat(verdict.checked()).isGreaterThan(CHEATED_COMMAND);
  }

  @Test
  void callsAtARateAreNoMoreThanThat() throws InterruptedException {
    int perSecond = 2_000;
    Measured measured =
        new Comparison(
                asked(perSecond).options(),
                new Silence(),
                (name, options) -> new Cheater(Cheat.NONE))
            .run()
            .get(0);

    assertThat(measured.verdict().good()).isTrue();
    assertThat(measured.answered())
        .isPositive()
        .isLessThan(3L * perSecond * measured.measuredNanos() / 1_000_000_000);
  }

  @Test
  void withoutAFaultTheTimeLeftIsThatOfTheWholeMeasurement() throws InterruptedException {
    CompareOptions options =
        asked(500)
            .lasting(Duration.ZERO, Duration.ofSeconds(2))
            .fault(CompareOptions.Fault.NONE)
            .options();
    List<Long> left = new ArrayList<>();
    Comparison.Progress progress =
        new Comparison.Progress() {
          @Override
          public void phase(String contender, String what) {}

          @Override
          public void second(String contender, String phase, long remainingSeconds, long calls) {
            left.add(remainingSeconds);
          }
        };

    Measured measured =
        new Comparison(options, progress, (name, same) -> new Cheater(Cheat.NONE)).run().get(0);

    assertThat(measured.verdict().good()).isTrue();
    assertThat(left).isSortedAccordingTo(Comparator.reverseOrder()).startsWith(1L).endsWith(0L);
  }

  @Test
  void acknowledgingWithoutApplyingIsFound() throws InterruptedException {
    HistoryVerdict verdict = run(Cheat.LOSE);

    assertThat(verdict.lost()).isEqualTo(1);
    assertThat(verdict.good()).isFalse();
  }

  @Test
  void applyingTwiceIsFound() throws InterruptedException {
    HistoryVerdict verdict = run(Cheat.REPEAT);

    assertThat(verdict.duplicates()).isEqualTo(1);
    assertThat(verdict.good()).isFalse();
  }

  @Test
  void answeringFromThePastIsFound() throws InterruptedException {
    HistoryVerdict verdict = run(Cheat.ANSWER_STALE);

    assertThat(verdict.linearizable()).isFalse();
    assertThat(verdict.lost()).isZero();
    assertThat(verdict.good()).isFalse();
  }

  @Test
  void replicasThatDriftApartAreFound() throws InterruptedException {
    HistoryVerdict verdict = run(Cheat.DISAGREE);

    assertThat(verdict.statesAgree()).isFalse();
    assertThat(verdict.good()).isFalse();
  }

  /** No replicas at all: one state machine on one thread, which cheats once. */
  private static final class Cheater implements ContenderGroup, Target {
    private final Cheat cheat;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final CounterMachine machine = new CounterMachine(OPTIONS.keys(), CLIENTS);
    private long commands;
    private boolean stale;
    private long epoch = 7;

    Cheater(Cheat cheat) {
      this.cheat = cheat;
    }

    @Override
    public void open(int clients) {}

    @Override
    public CompletableFuture<byte[]> write(int client, byte[] command) {
      return CompletableFuture.supplyAsync(() -> answer(command), thread);
    }

    private byte[] answer(byte[] command) {
      commands++;
      if (commands == CHEATED_COMMAND && cheat == Cheat.LOSE) {
        byte[] answer = machine.query(CounterMachine.valueOf(Bytes.getInt(command, 4)));
        Bytes.putLong(answer, 0, Bytes.getLong(answer, 0) + 1);
        return answer;
      }
      byte[] answer = machine.apply(command, null);
      if (commands == CHEATED_COMMAND && cheat == Cheat.REPEAT) {
        return machine.apply(command, null);
      }
      // Key 0 is in every sample of the search, however many calls a fast machine makes.
      if (commands >= CHEATED_COMMAND
          && cheat == Cheat.ANSWER_STALE
          && !stale
          && Bytes.getInt(command, 4) == 0) {
        stale = true;
        Bytes.putLong(answer, 0, Bytes.getLong(answer, 0) - 1);
      }
      return answer;
    }

    @Override
    public CompletableFuture<byte[]> read(byte[] query) {
      return readLinearizable(query);
    }

    @Override
    public CompletableFuture<byte[]> readLinearizable(byte[] query) {
      return CompletableFuture.supplyAsync(() -> machine.query(query), thread);
    }

    @Override
    public Target target() {
      return this;
    }

    @Override
    public Path files() {
      return Path.of(".");
    }

    @Override
    public String durability() {
      return "none";
    }

    @Override
    public String awaitLeader() {
      return "n1";
    }

    @Override
    public String strike(CompareOptions.Fault fault) {
      epoch++;
      return "killed the leader n1";
    }

    @Override
    public long epoch() {
      return epoch;
    }

    @Override
    public SortedMap<String, Long> counters() {
      return new TreeMap<>();
    }

    @Override
    public boolean statesAgree() {
      return cheat != Cheat.DISAGREE;
    }

    @Override
    public void close() {
      thread.shutdown();
    }
  }

  static final class Silence implements Comparison.Progress {
    @Override
    public void phase(String contender, String what) {}

    @Override
    public void second(
        String contender, String phase, long remainingSeconds, long callsInTheLastSecond) {}
  }
}
