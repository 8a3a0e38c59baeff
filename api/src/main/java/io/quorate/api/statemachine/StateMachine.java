// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.statemachine;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A service to replicate. Every replica applies the same commands in the same order, so the same
 * state must follow: no clock, no randomness, no threads, no iteration in hash order but what
 * {@link ApplyContext} gives.
 *
 * <p>All methods are called by one thread at a time; only {@link SnapshotSource#writeTo} runs
 * beside further calls.
 */
public interface StateMachine {

  /** Name written into snapshots; a replica refuses a snapshot of another state machine. */
  default String name() {
    return getClass().getName();
  }

  /**
   * Version of the snapshot's content. {@link #restore} is given the version that wrote it; a
   * replica that meets a higher one than its own refuses to start rather than guess.
   */
  default int version() {
    return 1;
  }

  /**
   * Applies one command and returns its result.
   *
   * <p>A {@link RuntimeException} is a result too: it reaches the caller as {@link
   * io.quorate.api.error.CommandFailed}, on every replica alike, with the state as the method left
   * it. An {@link Error} halts the replica.
   *
   * @param command as submitted; owned by the callee
   * @return the result, not null; do not modify afterwards
   */
  byte[] apply(byte[] command, ApplyContext context);

  /** Answers a query from the present state and changes nothing. */
  byte[] query(byte[] query);

  /**
   * A digest of the present state: equal wherever the same commands were applied, and very likely
   * different otherwise. The replicas of a group compare theirs every so often, and one that
   * differs from the leader's stops, so that a state machine which is not deterministic is found
   * out. Must be quick, as it is called between commands: keep it up to date rather than compute
   * it. Whoever changes how it is made must raise {@link #version()}.
   *
   * @return at most 64 bytes, not modified afterwards; null, as by default: not offered
   */
  default byte @Nullable [] digest() {
    return null;
  }

  /**
   * Captures the present state. Must return quickly (no command is applied meanwhile): hand out an
   * immutable view, and write it in {@link SnapshotSource#writeTo}.
   */
  SnapshotSource capture();

  /**
   * Replaces the whole state by the content of a snapshot.
   *
   * @param version what {@link #version()} returned when it was written
   */
  void restore(InputStream in, int version) throws IOException;
}
