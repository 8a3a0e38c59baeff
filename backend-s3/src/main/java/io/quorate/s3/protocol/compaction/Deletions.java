// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.compaction;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.s3.protocol.store.Requests;
import java.util.ArrayDeque;

/**
 * Deletes keys, a few at a time. What is left when the epoch ends is left to the sweeper of another
 * one: a delete may be late by any time, since nothing is ever written again under its key that
 * anybody needs (A.7 L4).
 */
final class Deletions {
  private static final int AT_ONCE = 8;

  private final Requests requests;
  private final ArrayDeque<String> keys = new ArrayDeque<>();
  private int underWay;
  private boolean stopped;

  Deletions(Requests requests) {
    this.requests = requests;
  }

  void add(String key, Now now, Effects out) {
    keys.add(key);
    next(now, out);
  }

  /** Whether nothing is left to delete. */
  boolean idle() {
    return underWay == 0 && keys.isEmpty();
  }

  void stop() {
    stopped = true;
    keys.clear();
  }

  private void next(Now now, Effects out) {
    while (!stopped && underWay < AT_ONCE && !keys.isEmpty()) {
      underWay++;
      requests.untilAnswered(
          new ObjectRequest.Delete(keys.removeFirst()),
          () -> !stopped,
          (result, sentNanos, then, effects) -> {
            underWay--;
            next(then, effects);
          },
          now,
          out);
    }
  }
}
