// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api;

import java.util.concurrent.CompletableFuture;

/**
 * One replicated state machine as its callers see it; the same on every backend, in the process of
 * a replica or remote.
 *
 * <pre>{@code
 * Session session = log.openSession().join();
 * Receipt receipt = session.submit(command).join();
 * byte[] answer = log.read(query, ReadConsistency.LINEARIZABLE).join();
 * }</pre>
 *
 * <p>All methods return at once and may be called from any thread. Every future ends with a value
 * or a {@link io.quorate.api.error.ConsensusException}.
 */
public interface ReplicatedLog extends AutoCloseable {

  /** Opens a session with {@link SessionOptions#DEFAULT}. */
  default CompletableFuture<Session> openSession() {
    return openSession(SessionOptions.DEFAULT);
  }

  /** Opens a session; it exists once the future completes and survives any restart. */
  CompletableFuture<Session> openSession(SessionOptions options);

  /**
   * Submits a command outside of any session: applied at least once, and more than once if a lost
   * answer makes the client retry. Only for commands that do no harm when repeated.
   */
  CompletableFuture<Receipt> submitIdempotent(byte[] command);

  /** Asks the state machine; changes nothing. */
  CompletableFuture<byte[]> read(byte[] query, ReadConsistency consistency);

  /** Fails what is in flight as {@link io.quorate.api.error.Indeterminate} and frees resources. */
  @Override
  void close();
}
