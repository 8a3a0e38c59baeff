// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.attempt;

import io.quorate.core.port.ObjectCounters;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests of one store that are under way. Each is answered once: by whoever carries it out,
 * by its timeout, or by the closing of the store. Safe for several threads.
 */
public final class Attempts {
  private static final ObjectResult CLOSED =
      new ObjectResult.Unclear("the store was closed before the answer came");

  private final ConcurrentHashMap<Long, CompletableFuture<ObjectResult>> underWay =
      new ConcurrentHashMap<>();
  private final AtomicLong begun = new AtomicLong();
  private final ObjectCounters counters = new ObjectCounters();
  private volatile boolean closed;

  /**
   * Begins a request.
   *
   * @return to be completed with how it ended; already complete when the store is closed
   */
  public CompletableFuture<ObjectResult> begin(
      ObjectRequest request, long timeoutNanos, ObjectStore.Listener listener) {
    CompletableFuture<ObjectResult> answer = new CompletableFuture<>();
    long id = begun.incrementAndGet();
    underWay.put(id, answer);
    var unused =
        answer.thenAccept(result -> {
          underWay.remove(id);
          counters.count(request, result);
          listener.onDone(result);
        });
    if (closed) {
      answer.complete(CLOSED);
    } else {
      answer.completeOnTimeout(
          new ObjectResult.Unclear(
              "no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms"),
          timeoutNanos,
          TimeUnit.NANOSECONDS);
    }
    return answer;
  }

  /** Requests so far, as {@link ObjectStore#counters()} has them. */
  public SortedMap<String, Long> counters() {
    return counters.snapshot();
  }

  /** Answers what is under way and whatever comes later: it is unclear. */
  public void close() {
    closed = true;
    underWay.values().forEach(answer -> answer.complete(CLOSED));
  }
}
