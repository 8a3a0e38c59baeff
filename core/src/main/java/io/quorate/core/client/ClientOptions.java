// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import java.time.Duration;

/**
 * How a client waits and retries.
 *
 * @param timeout after this a call ends although it is still retried in the background (a command
 *     of a session) or given up (anything else)
 * @param attemptTimeout a replica that answers nothing for so long is left for another one
 * @param retryMin first pause before a retry; doubled each time up to {@code retryMax}, with jitter
 * @param retryMax longest pause before a retry
 * @param windowMax commands of one session that may be unanswered at a time
 */
public record ClientOptions(
    Duration timeout,
    Duration attemptTimeout,
    Duration retryMin,
    Duration retryMax,
    int windowMax) {

  /** 30 s for a call, 2 s for an attempt, retries after 2 ms to 200 ms, 1,024 unanswered. */
  public static final ClientOptions DEFAULT =
      new ClientOptions(
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          Duration.ofMillis(2),
          Duration.ofMillis(200),
          1024);

  /** Refuses a window that the ring of a session cannot hold. */
  public ClientOptions {
    if (windowMax < 1 || windowMax > 1024) {
      throw new IllegalArgumentException("windowMax must be 1 to 1024, was " + windowMax);
    }
  }
}
