// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.api.ReplicatedLog;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A group that runs, with a {@link TallyMachine} on each replica. */
public interface LogGroup extends AutoCloseable {

  /** A new client of the group; closed with the group. */
  ReplicatedLog client();

  /**
   * Waits for an answer.
   *
   * @throws CompletionException if it is a failure, with the failure as its cause
   */
  default <T> T get(CompletableFuture<T> answer) {
    return answer.orTimeout(60, TimeUnit.SECONDS).join();
  }

  /**
   * Does something that the group and its clients have to survive, such as taking its leader away
   * for a while; returns at once. Does nothing where there is nothing to do.
   */
  default void disturb() {}

  /** Ends everything. */
  @Override
  void close();
}
