// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/** One replica under test, in this process or another. Safe for several threads. */
public interface Replica {

  /** What it says of itself, now. */
  Status status();

  /**
   * Its answer to {@link CounterMachine#diary()}, from what it has applied; whether that is
   * everything is the caller's question.
   */
  byte[] diary();

  /**
   * Ends it as abruptly as can be done from where it is, without a word to anybody.
   *
   * @return completes, in whatever way, when its files may be removed; what is left of it may still
   *     be at work until then
   */
  CompletableFuture<Void> abort();

  /**
   * Keeps it from doing anything, while others still take it for alive.
   *
   * @throws UnsupportedOperationException it has no process of its own
   */
  default void pause() {
    throw new UnsupportedOperationException("only a process of its own can be paused");
  }

  /** Ends a pause. */
  default void resume() {}

  /**
   * Keeps its disk from making progress: no write of its log ends, and none fails.
   *
   * @throws UnsupportedOperationException nothing fits between it and its disk
   */
  default void stallDisk() {
    throw new UnsupportedOperationException("only a replica of ours can have its disk stalled");
  }

  /** Ends a stall, if there is one. */
  default void freeDisk() {}

  /**
   * Does nothing while all is well.
   *
   * @throws IllegalStateException it ended without having been told to; says what is known
   */
  default void check() {}

  /** What its own process has used; nothing if it runs in this one. */
  default Usage used() {
    return Usage.NONE;
  }

  /**
   * A replica's own view.
   *
   * @param leads whether it takes itself for the leader
   * @param epoch the highest one that it knows, by which leaders are told apart; 0 if it does not
   *     tell
   * @param applied position in its log up to which its state machine has applied, in whatever unit
   *     the contender counts; comparable among the replicas of a group
   * @param counters counts since its start, by the names of {@code docs/operating.md}; a contender
   *     that counts nothing has none
   */
  record Status(boolean leads, long epoch, long applied, SortedMap<String, Long> counters) {}
}
