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
