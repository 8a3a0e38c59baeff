// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import io.quorate.api.ReplicatedLog;
import io.quorate.samples.kv.KvClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Commands without a pause: several sessions, each with a few commands under way, until it is told
 * to stop. Notes what was acknowledged and the longest time without an acknowledgement.
 */
final class Traffic {
  /** Sends one command. */
  interface Sender {
    /** {@code number} counts the commands of all sessions, from 1. */
    CompletableFuture<?> send(KvClient store, long number);
  }

  private final List<KvClient> stores = new ArrayList<>();
  private final Sender sender;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
  private final AtomicLong gapNanos = new AtomicLong();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Phaser underWay = new Phaser(1);
  private volatile boolean stopping;

  private Traffic(Sender sender) {
    this.sender = sender;
  }

  /** Opens the sessions and sends their first commands. */
  static Traffic start(ReplicatedLog log, int sessions, int window, Sender sender) {
    Traffic traffic = new Traffic(sender);
    for (int i = 0; i < sessions; i++) {
      traffic.stores.add(KvClient.open(log).join());
    }
    traffic.lastNanos.set(System.nanoTime());
    for (KvClient store : traffic.stores) {
      for (int i = 0; i < window; i++) {
        traffic.underWay.register();
        traffic.next(store);
      }
    }
    return traffic;
  }

  private void next(KvClient store) {
    if (stopping) {
      underWay.arriveAndDeregister();
      return;
    }
    CompletableFuture<?> unused =
        sender
            .send(store, sent.incrementAndGet())
            .whenComplete((result, failure) -> {
              if (failure == null) {
                note();
                next(store);
              } else {
                failures.add(failure);
                underWay.arriveAndDeregister();
              }
            });
  }

  private void note() {
    long now = System.nanoTime();
    gapNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
    acknowledged.incrementAndGet();
  }

  /** From now on the gap counts anew. */
  void watchGap() {
    gapNanos.set(0);
  }

  /** Waits until so many more commands are acknowledged than now. */
  void awaitMore(long count) {
    long wanted = acknowledged.get() + count;
    Await.until(
        () -> acknowledged.get() >= wanted || !failures.isEmpty(),
        () -> "only " + acknowledged + " commands were acknowledged, not " + wanted);
    if (!failures.isEmpty()) {
      throw new AssertionError("a command failed", failures.peek());
    }
  }

  /** Sends nothing more, waits for all answers, closes the sessions; fails if a command did. */
  void stop() {
    stopping = true;
    underWay.arriveAndAwaitAdvance();
    stores.forEach(KvClient::close);
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.size() + " commands failed", failures.peek());
    }
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /** Longest time between two acknowledgements. */
  Duration longestGap() {
    return Duration.ofNanos(gapNanos.get());
  }
}
