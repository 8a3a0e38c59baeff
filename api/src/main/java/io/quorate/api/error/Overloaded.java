// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.error;

import java.time.Duration;

/** A limit was reached before anything was logged: the command was surely not applied. */
public final class Overloaded extends ConsensusException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * Names the limit.
   *
   * @param retryAfter how long to wait before trying again makes sense
   */
  public Overloaded(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** How long to wait before trying again makes sense. */
  public Duration retryAfter() {
    return retryAfter;
  }

  @Override
  public Outcome outcome() {
    return Outcome.NOT_APPLIED;
  }
}
