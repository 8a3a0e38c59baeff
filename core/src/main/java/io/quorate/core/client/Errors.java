// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import io.quorate.api.error.Closed;
import io.quorate.api.error.CommandFailed;
import io.quorate.api.error.CommandTooLarge;
import io.quorate.api.error.ConsensusException;
import io.quorate.api.error.Halted;
import io.quorate.api.error.Indeterminate;
import io.quorate.api.error.NotLeader;
import io.quorate.api.error.Overloaded;
import io.quorate.api.error.ReadRefused;
import io.quorate.api.error.ResultDropped;
import io.quorate.api.error.SessionExpired;
import io.quorate.api.error.TooManySessions;
import io.quorate.core.protocol.Refusal;
import java.time.Duration;

/** Refusals as the user's exceptions. */
final class Errors {
  private static final Duration RETRY_AFTER = Duration.ofMillis(10);

  private Errors() {}

  static ConsensusException of(Refusal refusal) {
    String text = refusal.text();
    return switch (refusal.code()) {
      case COMMAND_FAILED -> new CommandFailed(text);
      case RESULT_DROPPED, STALE_SEQUENCE -> new ResultDropped(text);
      case NOT_LEADER, NOT_COMMITTED -> new NotLeader(text, refusal.leader());
      case OVERLOADED, OUT_OF_ORDER, WINDOW_FULL -> new Overloaded(text, RETRY_AFTER);
      case SESSION_LIMIT -> new TooManySessions(text);
      case TOO_LARGE -> new CommandTooLarge(text);
      case SESSION_EXPIRED -> new SessionExpired(text);
      case NOT_READY, UNSUPPORTED -> new ReadRefused(text);
      case HALTED -> new Halted(text);
      case CLOSED -> new Closed(text);
      case INDETERMINATE -> new Indeterminate(text);
    };
  }
}
