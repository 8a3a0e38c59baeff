// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import io.quorate.api.ReadConsistency;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a history.
 *
 * @param id ordinal of its call, from 0
 * @param client who called; a session, where sessions are in use
 * @param consistency how fresh a read was asked to be; null for commands
 * @param calledAt position of the call among all events of the history
 * @param endedAt position of the end; {@link Long#MAX_VALUE} if it is open for ever
 * @param calledNanos time of the call
 * @param endedNanos time when the client stopped waiting; {@link Long#MAX_VALUE} if it never did
 * @param answer what the client was told; null unless the outcome is {@link Outcome#OK}
 * @param index index in the log of the command, or of the state that a read saw; 0 if not told. Of
 *     an indeterminate command: a hint of {@link History#hint}
 * @param why for people: why it failed or is indeterminate; empty otherwise
 */
public record Operation(
    int id,
    int client,
    Call call,
    @Nullable ReadConsistency consistency,
    long calledAt,
    long endedAt,
    long calledNanos,
    long endedNanos,
    Outcome outcome,
    @Nullable Answer answer,
    long index,
    String why) {

  /** Whether it may be served from the past: such reads have checks of their own. */
  public boolean mayBeStale() {
    return consistency instanceof ReadConsistency.Bounded
        || consistency instanceof ReadConsistency.Local;
  }

  @Override
  public String toString() {
    String end =
        switch (outcome) {
          case OK -> " = " + answer;
          case FAIL -> " failed";
          case INFO -> " = ?";
        };
    return "#" + id + " client " + client + ": " + call + end;
  }
}
