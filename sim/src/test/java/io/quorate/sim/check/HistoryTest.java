// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.ReadConsistency;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryTest {

  private static History sample() {
    History history = new History();
    int put = history.call(1, Call.of("put", "k \"1\"", "a\\b\n", "\u00e4\ud83d\ude00"), 10);
    int read = history.call(2, Call.of("get", "k"), ReadConsistency.local(5), 20);
    int bounded =
        history.call(3, Call.of("get", "k"), ReadConsistency.bounded(Duration.ofMillis(7)), 21);
    history.ok(read, null, 9, 30);
    history.info(put, "timed out", 40);
    int fresh = history.call(2, Call.of("get", "k"), ReadConsistency.LINEARIZABLE, 45);
    history.fail(bounded, "no leader", 50);
    history.ok(fresh, "value", 12, 60);
    history.call(2, Call.of("get", "k"), ReadConsistency.LEASE, 70);
    history.hint(put, 11);
    history.hint(fresh, 99);
    return history;
  }

  @Test
  void operationsAreAsRecorded() {
    Operation put = sample().operation(0);
    assertThat(put.outcome()).isEqualTo(Outcome.INFO);
    assertThat(put.endedAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(put.endedNanos()).isEqualTo(40);
    assertThat(put.why()).isEqualTo("timed out");
    assertThat(put.index()).isEqualTo(11);
    assertThat(sample().operation(3).index()).isEqualTo(12);
    Operation read = sample().operation(1);
    assertThat(read.answer()).isEqualTo(Answer.NONE);
    assertThat(read.index()).isEqualTo(9);
    assertThat(read.calledAt()).isEqualTo(1);
    assertThat(read.endedAt()).isEqualTo(3);
    assertThat(read.mayBeStale()).isTrue();
    Operation open = sample().operation(4);
    assertThat(open.outcome()).isEqualTo(Outcome.INFO);
    assertThat(open.mayBeStale()).isFalse();
    assertThat(sample().count(Outcome.INFO)).isEqualTo(2);
    assertThat(sample().count(Outcome.FAIL)).isEqualTo(1);
    assertThat(sample().count(Outcome.OK)).isEqualTo(2);
  }

  @Test
  void whatIsDumpedIsLoaded(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("history.ndjson");
    sample().dump(file);

    assertThat(History.load(file).operations()).isEqualTo(sample().operations());
    assertThat(file).content().hasLineCount(10);
  }

  @Test
  void linesThatAreNoEventsAreRefused() {
    for (String line :
        List.of(
            "{",
            "{}",
            "{\"type\":\"invoke\",\"op\":5,\"client\":1,\"f\":\"a\",\"key\":\"b\",\"time\":1}",
            "{\"type\":\"other\",\"op\":0,\"time\":1}",
            "{\"type\":\"ok\",\"op\":x,\"time\":1}",
            "{\"type\":\"ok\",\"op\":\"1")) {
      assertThatThrownBy(() -> History.load(new StringReader(line)))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aPrefixForgetsTheEndsAfterIt() throws IOException {
    History prefix = sample().prefix(4);

    assertThat(prefix.size()).isEqualTo(3);
    assertThat(prefix.operation(1).outcome()).isEqualTo(Outcome.OK);
    assertThat(prefix.operation(2).outcome()).isEqualTo(Outcome.INFO);
    StringWriter text = new StringWriter();
    prefix.dump(text);
    assertThat(text.toString()).hasLineCount(4);
  }

  @Test
  void anOperationEndsOnce() {
    History history = sample();
    assertThatThrownBy(() -> history.info(1, "again", 80)).hasMessageContaining("ended already");
  }

  @Test
  void severalThreadsMayRecord() {
    History history = new History();
    AtomicLong clock = new AtomicLong();
    AtomicLong counter = new AtomicLong();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int client = thread;
      threads.add(
          CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 5000; i++) {
              int id = history.call(client, Call.of("add", "c", "1"), clock.get());
              String answer = String.valueOf(counter.incrementAndGet());
              history.ok(id, answer, 0, clock.incrementAndGet());
            }
          }));
    }
    threads.forEach(CompletableFuture::join);

    assertThat(history.size()).isEqualTo(20_000);
    assertThat(history.eventCount()).isEqualTo(40_000);
    Verdict verdict = Linearizability.check(history, Models.counter());
    assertThat(verdict.passed()).as(verdict.text()).isTrue();
  }
}
