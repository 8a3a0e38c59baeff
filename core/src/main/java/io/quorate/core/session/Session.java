// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.api.SessionOptions;

/** One row of the {@link SessionTable}. */
final class Session {
  final long id;
  final long openedEpoch;
  final Nonce nonce;
  final SessionOptions.Order order;
  final long ttlNanos;
  final Window window;

  /** The table's generation in which this row may be written to; older ones are frozen. */
  final int generation;

  /** Consensus time of the last sign of life; never decreases. */
  long lastActiveNanos;

  Session(
      long id,
      long openedEpoch,
      Nonce nonce,
      SessionOptions.Order order,
      long ttlNanos,
      long lastActiveNanos,
      Window window,
      int generation) {
    this.id = id;
    this.openedEpoch = openedEpoch;
    this.nonce = nonce;
    this.order = order;
    this.ttlNanos = ttlNanos;
    this.lastActiveNanos = lastActiveNanos;
    this.window = window;
    this.generation = generation;
  }

  /** A row of its own with the same content. */
  Session copy(int newGeneration) {
    return new Session(
        id, openedEpoch, nonce, order, ttlNanos, lastActiveNanos, window.copy(), newGeneration);
  }

  boolean ordered() {
    return order == SessionOptions.Order.SUBMISSION;
  }

  void touch(long timeNanos) {
    lastActiveNanos = Math.max(lastActiveNanos, timeNanos);
  }

  /** Consensus time at which the session may end, if all were silent since {@code graceNanos}. */
  long deadlineNanos(long graceNanos) {
    long from = Math.max(lastActiveNanos, graceNanos);
    long deadline = from + ttlNanos;
    return from > 0 && deadline < 0 ? Long.MAX_VALUE : deadline;
  }
}
