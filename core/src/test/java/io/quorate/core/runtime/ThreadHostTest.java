// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.port.ActorHost.Handle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadHostTest {
  private final ThreadHost host = new ThreadHost(new SystemClock());

  @Test
  void noWakeIsLost() throws Exception {
    AtomicInteger offered = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    SynchronousQueue<Integer> answers = new SynchronousQueue<>();
    Handle handle =
        host.host(
            "test",
            now -> {
              while (taken.get() < offered.get()) {
                try {
                  answers.put(taken.incrementAndGet());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                  return Long.MAX_VALUE;
                }
              }
              return Long.MAX_VALUE;
            },
            failure -> {});
    for (int i = 1; i <= 20_000; i++) {
      offered.incrementAndGet();
      handle.wake();
      assertThat(answers.poll(30, TimeUnit.SECONDS)).isEqualTo(i);
    }
    handle.close();
  }

  @Test
  void noWakeIsLostBetweenThreadsThatLendThemselves() throws Exception {
    AtomicInteger offered = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger atIt = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    Handle handle =
        host.host(
            "test",
            now -> {
              together.accumulateAndGet(atIt.incrementAndGet(), Math::max);
              taken.set(offered.get());
              atIt.decrementAndGet();
              return Long.MAX_VALUE;
            },
            failure -> {});
    Thread[] callers = new Thread[3];
    for (int caller = 0; caller < callers.length; caller++) {
      boolean lends = caller != 0;
      callers[caller] =
          new Thread(() -> {
            for (int i = 0; i < 10_000; i++) {
              int own = offered.incrementAndGet();
              if (lends) {
                handle.wakeHere();
              } else {
                handle.wake();
              }
              while (taken.get() < own) {
                Thread.onSpinWait(); // until somebody's turn has seen it
              }
            }
          });
      callers[caller].start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    handle.close();
    assertThat(taken).hasValue(30_000);
    assertThat(together).hasValue(1);
  }

  @Test
  void aLentTurnMovesTheDeadline() throws Exception {
    CompletableFuture<String> byItself = new CompletableFuture<>();
    AtomicInteger turns = new AtomicInteger();
    Handle handle =
        host.host(
            "test",
            now -> {
              if (turns.incrementAndGet() == 3) {
                byItself.complete(Thread.currentThread().getName());
              }
              return turns.get() == 2 ? now.monotonicNanos() + 1_000_000 : Long.MAX_VALUE;
            },
            failure -> {});
    while (turns.get() == 0) {
      Thread.onSpinWait(); // the first turn is the actor's own
    }
    handle.wakeHere();
    assertThat(byItself.get(30, TimeUnit.SECONDS)).isEqualTo("test");
    handle.close();
  }

  @Test
  void whoLendsItselfIsSentBackToItsOwnWork() throws Exception {
    AtomicInteger lent = new AtomicInteger();
    AtomicInteger turns = new AtomicInteger();
    Thread lender = Thread.currentThread();
    Handle handle =
        host.host(
            "test",
            now -> {
              turns.incrementAndGet();
              if (Thread.currentThread().equals(lender)) {
                lent.incrementAndGet();
              }
              return turns.get() > 1 && turns.get() < 100 ? now.monotonicNanos() : Long.MAX_VALUE;
            },
            failure -> {});
    while (turns.get() == 0) {
      Thread.onSpinWait();
    }
    handle.wakeHere();
    while (turns.get() < 100) {
      Thread.onSpinWait(); // the actor's own thread does the rest
    }
    assertThat(lent.get()).isBetween(0, 2);
    handle.close();
  }

  @Test
  void aDeadlineGivesATurnWithoutAWake() throws Exception {
    CountDownLatch turns = new CountDownLatch(3);
    Handle handle =
        host.host(
            "test",
            now -> {
              turns.countDown();
              return now.monotonicNanos() + 1_000_000;
            },
            failure -> {});
    assertThat(turns.await(30, TimeUnit.SECONDS)).isTrue();
    handle.close();
  }

  @Test
  void aThrowingTurnIsTheLastAndIsTold() throws Exception {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    Handle handle =
        host.host(
            "test",
            now -> {
              throw new IllegalStateException("bug");
            },
            told::complete);
    assertThat(told.get(30, TimeUnit.SECONDS)).hasMessage("bug");
    handle.wake();
    handle.close();
  }

  @Test
  void closeReturnsAfterTheLastTurn() {
    AtomicInteger turns = new AtomicInteger();
    Handle handle =
        host.host(
            "test",
            now -> {
              turns.incrementAndGet();
              return now.monotonicNanos();
            },
            failure -> {});
    handle.close();
    int after = turns.get();
    handle.wake();
    assertThat(turns.get()).isEqualTo(after);
  }
}
