// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api;

import java.util.concurrent.CompletableFuture;

/**
 * A caller whose commands are applied exactly once, whatever is lost, repeated or retried.
 *
 * <p>The group keeps the session in its replicated state: a command is known by the session and its
 * sequence number, and a repeated one is answered with the first result. Safe for use by several
 * threads; futures complete on the client's own thread, so do not block in their callbacks.
 */
public interface Session extends AutoCloseable {

  /** Index of the command that opened the session; unique in the group for ever. */
  long id();

  /**
   * Submits one command. It is retried with the same sequence number for as long as the session
   * lives and the call's deadline is not over.
   *
   * @param command at most the configured {@code limits.command} bytes; not copied, do not modify
   *     before the future completes
   * @return a receipt once the command is committed, durable as the backend promises, and applied;
   *     or a {@link io.quorate.api.error.ConsensusException} whose outcome tells whether it can
   *     have been applied
   */
  CompletableFuture<Receipt> submit(byte[] command);

  /**
   * Ends the session in the group, so that it need not expire. Commands in flight end as {@link
   * io.quorate.api.error.Indeterminate}.
   */
  @Override
  void close();
}
