// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.attempt;

import io.quorate.core.port.ObjectCounters;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The requests of one store that are under way. Each is answered once: by whoever carries it out,
 * by its timeout, or by the closing of the store. Safe for several threads.
 */
public final class Attempts {
  private static final ObjectResult CLOSED =
      new ObjectResult.Unclear("the store was closed before the answer came");

  private final Set<CompletableFuture<ObjectResult>> underWay = ConcurrentHashMap.newKeySet();
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
    underWay.add(answer);
    var unused =
        answer.thenAccept(
            result -> {
              underWay.remove(answer);
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
    for (CompletableFuture<ObjectResult> answer : underWay) {
      answer.complete(CLOSED);
    }
  }
}
