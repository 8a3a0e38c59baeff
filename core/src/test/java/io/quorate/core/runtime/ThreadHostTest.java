// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.port.ActorHost.Handle;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadHostTest {
  private final ThreadHost host = new ThreadHost(new SystemClock());

  private final Thread lender = Thread.currentThread();

  /** Ends each thread as soon as it has nothing to do. */
  private final ThreadHost restless = new ThreadHost(new SystemClock(), Duration.ofNanos(1));

  @Test
  void noWakeIsLost() throws Exception {
    noWakeIsLost(host, 20_000);
  }

  @Test
  void noWakeIsLostWhileThreadsEndAndBegin() throws Exception {
    noWakeIsLost(restless, 5_000);
  }

  private static void noWakeIsLost(ThreadHost host, int wakes) throws Exception {
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
    for (int i = 1; i <= wakes; i++) {
      offered.incrementAndGet();
      handle.wake();
      assertThat(answers.poll(30, TimeUnit.SECONDS)).isEqualTo(i);
    }
    handle.close();
  }

  @Test
  void noWakeIsLostBetweenThreadsThatLendThemselves() throws Exception {
    noWakeIsLostBetweenLenders(host, 10_000);
  }

  @Test
  void noWakeIsLostBetweenThreadsThatLendThemselvesEndAndBegin() throws Exception {
    noWakeIsLostBetweenLenders(restless, 1_000);
  }

  private static void noWakeIsLostBetweenLenders(ThreadHost host, int wakes) throws Exception {
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
            for (int i = 0; i < wakes; i++) {
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
    assertThat(taken).hasValue(3 * wakes);
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

  /** An actor that says whose turns it had, and has nothing else to do. */
  private Handle recording(BlockingQueue<Thread> turned) {
    return restless.host(
        "test",
        now -> {
          turned.add(Thread.currentThread());
          return Long.MAX_VALUE;
        },
        failure -> {});
  }

  @Test
  void aThreadWithNothingToDoEndsAndAnotherOneGivesTheNextTurn() throws Exception {
    BlockingQueue<Thread> turned = new LinkedBlockingQueue<>();
    Handle handle = recording(turned);
    Thread first = turned.take();
    first.join();
    assertThat(turned).isEmpty();
    handle.wake();
    Thread second = turned.take();
    assertThat(second).isNotSameAs(first);
    second.join();
    handle.wakeHere();
    assertThat(turned.take()).isSameAs(Thread.currentThread());
    handle.close();
    assertThat(turned).isEmpty();
  }

  @Test
  void aThreadThatEndedIsBackAtItsDeadline() throws Exception {
    BlockingQueue<Thread> turned = new LinkedBlockingQueue<>();
    BlockingQueue<Long> due = new LinkedBlockingQueue<>();
    Handle handle =
        restless.host(
            "test",
            now -> {
              turned.add(Thread.currentThread());
              if (due.isEmpty()) {
                due.add(now.monotonicNanos() + 50_000_000);
              }
              return now.monotonicNanos() < due.element() ? due.element() : Long.MAX_VALUE;
            },
            failure -> {});
    Thread first = turned.take();
    first.join();
    assertThat(turned.take()).isNotSameAs(first);
    assertThat(System.nanoTime()).isGreaterThanOrEqualTo(due.element());
    handle.close();
  }

  @Test
  void aLentTurnWithADeadlineBringsTheThreadBack() throws Exception {
    BlockingQueue<Thread> turned = new LinkedBlockingQueue<>();
    Handle handle =
        restless.host(
            "test",
            now -> {
              turned.add(Thread.currentThread());
              boolean lent = Thread.currentThread().equals(lender);
              return lent ? now.monotonicNanos() + 1_000_000 : Long.MAX_VALUE;
            },
            failure -> {});
    turned.take().join();
    handle.wakeHere();
    assertThat(turned.take()).isSameAs(lender);
    assertThat(turned.take().getName()).isEqualTo("test");
    handle.close();
  }

  @Test
  void aClosedActorWithoutAThreadGetsNoTurn() throws Exception {
    BlockingQueue<Thread> turned = new LinkedBlockingQueue<>();
    Handle handle = recording(turned);
    turned.take().join();
    handle.close();
    handle.wake();
    handle.wakeHere();
    assertThat(turned).isEmpty();
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
