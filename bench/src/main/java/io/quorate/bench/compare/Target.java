// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.concurrent.CompletableFuture;

/**
 * What the load is put on: the network client of a contender, ours or not. All contenders apply
 * {@link CounterMachine} to the same commands and queries, so that the same check fits all of them.
 *
 * <p>Safe for use by several threads. A future ends with the state machine's answer, or with a
 * {@link io.quorate.api.error.ConsensusException} whose outcome says what became of the call; any
 * other failure counts as indeterminate.
 */
public interface Target extends AutoCloseable {

  /** Gets ready for the calls of clients 0 to {@code clients - 1}; blocks until it is. */
  void open(int clients);

  /**
   * Replicates a command once: whoever cannot tell whether it was applied does not send it again.
   */
  CompletableFuture<byte[]> write(int client, byte[] command);

  /** Asks the state machine, at the consistency that the comparison asks for. */
  CompletableFuture<byte[]> read(byte[] query);

  /** Asks the state machine for what every acknowledged command has done. */
  CompletableFuture<byte[]> readLinearizable(byte[] query);

  /** Fails what is outstanding and frees resources. */
  @Override
  void close();
}
