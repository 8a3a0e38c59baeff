// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.api.error.ConsensusException;
import io.quorate.core.log.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Many clients, each with at most one call outstanding. In a closed loop each makes the next call
 * when the last one is answered. At a given rate calls have their times: a client that is free in
 * time calls then, one that is late calls at once, and the wait counts as latency, so that slow
 * moments are not left out for want of calls. What the calls were, when they began and how they
 * ended is kept for the check afterwards: of all calls, or of those on some of the keys.
 */
final class Workload {
  private final CompareOptions options;
  private final Target target;
  private final List<Client> clients = new ArrayList<>();
  private final CountDownLatch ended;
  private final @Nullable ScheduledExecutorService timer;
  private final ConcurrentHistogram latencies =
      new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(2), 3);
  private final LongAdder answered = new LongAdder();
  private final LongAdder measured = new LongAdder();
  private final LongAdder indeterminate = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final AnswerClock clock;
  private final AtomicLong lastAnswerNanos = new AtomicLong();
  private final AtomicLong longestGapNanos = new AtomicLong();
  private long startedNanos;
  private volatile boolean measuring;
  private volatile boolean gapWatched;
  private volatile boolean stopping;
  private volatile long answeredAtFault = -1;

  Workload(CompareOptions options, Target target) {
    this.options = options;
    this.target = target;
    this.ended = new CountDownLatch(options.clients());
    this.clock = new AnswerClock(options.duration());
    this.timer =
        options.ratePerSecond() == 0
            ? null
            : Executors.newSingleThreadScheduledExecutor(
                task -> Thread.ofPlatform().name("load-timer").daemon().unstarted(task));
  }

  /** Opens the target and sends the first call of each client. */
  void start() {
    target.open(options.clients());
    SplittableRandom random = new SplittableRandom(options.seed());
    for (int i = 0; i < options.clients(); i++) {
      clients.add(new Client(i, random.split()));
    }
    startedNanos = System.nanoTime();
    lastAnswerNanos.set(startedNanos);
    for (Client client : clients) {
      client.next();
    }
  }

  /** From now on latencies count. */
  void measure(boolean on) {
    if (on) {
      clock.begin(System.nanoTime());
    }
    measuring = on;
  }

  /** From now on the longest time without any answer counts. */
  void watchGap() {
    long now = System.nanoTime();
    clock.fault(now);
    lastAnswerNanos.set(now);
    longestGapNanos.set(0);
    gapWatched = true;
    answeredAtFault = answered.sum();
  }

  /** Whether a gap is watched in which nothing but what was on its way has been answered. */
  boolean unanswered() {
    return gapWatched && answered.sum() <= answeredAtFault + options.clients();
  }

  /** Ends the loop: every client's last call is waited for; those without an answer stay open. */
  void stop() throws InterruptedException {
    stopping = true;
    if (!ended.await(60, TimeUnit.SECONDS)) {
      // Their calls are indeterminate: the history says so, and the check goes on with that.
      noteAnswer(System.nanoTime());
    }
    ScheduledExecutorService calls = timer;
    if (calls != null) {
      calls.shutdownNow();
    }
  }

  long answered() {
    return answered.sum();
  }

  long measured() {
    return measured.sum();
  }

  long indeterminate() {
    return indeterminate.sum();
  }

  long refused() {
    return refused.sum();
  }

  long longestGapNanos() {
    return longestGapNanos.get();
  }

  /** Answers by the time at which they came, up to now. */
  Timeline timeline() {
    return clock.until(System.nanoTime());
  }

  Histogram latencies() {
    return latencies.copy();
  }

  List<Client> clients() {
    return clients;
  }

  private void noteAnswer(long now) {
    long before = lastAnswerNanos.getAndSet(now);
    if (gapWatched) {
      longestGapNanos.accumulateAndGet(now - before, Math::max);
    }
  }

  /** One client, and the diary of its calls. Calls of one client never overlap. */
  final class Client {
    private final int id;
    private final SplittableRandom random;
    private final CallLog calls;
    private long number;
    private long turns;

    Client(int id, SplittableRandom random) {
      this.id = id;
      this.random = random;
      this.calls = HistoryCheck.log(options);
    }

    int id() {
      return id;
    }

    CallLog calls() {
      return calls;
    }

    /** Writes that were made so far, answered or not. */
    long issued() {
      return number;
    }

    void next() {
      if (stopping) {
        ended.countDown();
        return;
      }
      ScheduledExecutorService calls = timer;
      if (calls == null) {
        call(System.nanoTime());
        return;
      }
      long turn = turns++ * options.clients() + id;
      long due = startedNanos + (long) (turn * 1e9 / options.ratePerSecond());
      long wait = due - System.nanoTime();
      if (wait <= 0) {
        call(due);
        return;
      }
      // Whoever waits for its time learns then that the load has ended.
      var unused = calls.schedule(() -> dueNow(due), wait, TimeUnit.NANOSECONDS);
    }

    private void dueNow(long due) {
      if (stopping) {
        ended.countDown();
      } else {
        call(due);
      }
    }

    private void call(long due) {
      int key = random.nextInt(options.keys());
      boolean read = options.readPercent() > 0 && random.nextInt(100) < options.readPercent();
      long begun = System.nanoTime();
      CompletableFuture<byte[]> answer;
      if (read) {
        calls.begin(key, true, begun);
        answer = target.read(CounterMachine.valueOf(key));
      } else {
        calls.begin(key, false, begun);
        byte[] command = CounterMachine.command(id, key, ++number, options.payloadBytes());
        answer = target.write(id, command);
      }
      CompletableFuture<Void> unused =
          answer.handle((bytes, failure) -> {
            onEnd(due, bytes, failure);
            return null;
          });
    }

    private void onEnd(long due, byte[] answer, Throwable failure) {
      long now = System.nanoTime();
      if (failure == null) {
        calls.end(now, Bytes.getLong(answer, 0));
        answered.increment();
        noteAnswer(now);
        if (measuring) {
          measured.increment();
          clock.answered(now);
          latencies.recordValue(Math.min(now - due, latencies.getHighestTrackableValue()));
        }
      } else {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        boolean surelyNot =
            cause instanceof ConsensusException refusal
                && refusal.outcome() == ConsensusException.Outcome.NOT_APPLIED;
        calls.fail(now, surelyNot);
        (surelyNot ? refused : indeterminate).increment();
      }
      next();
    }
  }
}
