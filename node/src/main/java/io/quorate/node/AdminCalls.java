// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import io.quorate.api.error.Closed;
import io.quorate.api.error.ConsensusException;
import io.quorate.api.error.Halted;
import io.quorate.api.error.Indeterminate;
import io.quorate.api.error.NotLeader;
import io.quorate.api.error.Overloaded;
import io.quorate.api.error.ReadRefused;
import io.quorate.core.port.Gateway;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Requests of operators to one replica, as futures. */
final class AdminCalls {
  private final Gateway gateway;

  AdminCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  CompletableFuture<Void> call(AdminCommand command) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    gateway.admin(
        command,
        new Gateway.ReplySink() {
          @Override
          public void done(long tag, long index, long epoch, byte[] result) {
            complete(future);
          }

          @Override
          public void refused(long tag, Refusal refusal) {
            future.completeExceptionally(failure(refusal));
          }

          @Override
          public void flush() {}
        },
        0);
    gateway.flush();
    return future;
  }

  @SuppressWarnings("NullAway") // a Void future ends with null, which its type cannot say
  private static void complete(CompletableFuture<Void> future) {
    future.complete(null);
  }

  private static ConsensusException failure(Refusal refusal) {
    String text = refusal.text();
    return switch (refusal.code()) {
      case NOT_LEADER, NOT_COMMITTED -> new NotLeader(text, refusal.leader());
      case OVERLOADED, OUT_OF_ORDER, WINDOW_FULL, SESSION_LIMIT ->
          new Overloaded(text, Duration.ofMillis(100));
      case HALTED -> new Halted(text);
      case CLOSED -> new Closed(text);
      case INDETERMINATE -> new Indeterminate(text);
      case COMMAND_FAILED,
          RESULT_DROPPED,
          STALE_SEQUENCE,
          TOO_LARGE,
          SESSION_EXPIRED,
          NOT_READY,
          UNSUPPORTED ->
          new ReadRefused(text);
    };
  }
}
