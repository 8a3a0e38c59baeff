// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import io.quorate.api.NodeId;
import io.quorate.api.Receipt;
import io.quorate.core.port.Gateway;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call outside of any session: a read, a command that does no harm when repeated, or the opening
 * of a session, which its nonce makes so. Retried until it is answered or its time is over.
 *
 * <p>The tag of each attempt is its number: what comes back from an attempt that was given up is
 * used if it is a result, and ignored if it is a refusal.
 */
final class OneShot implements ReplySink {
  private static final int SILENCES_MAX = 4;

  /** Hands the call to a replica. */
  interface Request {
    void send(Gateway gateway, ReplySink sink, long tag);
  }

  private final LogClient client;
  private final Request request;
  private final boolean anyReplica;
  private final CompletableFuture<Receipt> future = new CompletableFuture<>();
  private final long deadlineNanos;
  private final Backoff backoff;

  private long attempt;
  private @Nullable NodeId asked;
  private int silences;
  private boolean maybeApplied;
  private @Nullable Refusal last;

  OneShot(
      LogClient client, Request request, boolean anyReplica, long deadlineNanos, Backoff backoff) {
    this.client = client;
    this.request = request;
    this.anyReplica = anyReplica;
    this.deadlineNanos = deadlineNanos;
    this.backoff = backoff;
  }

  CompletableFuture<Receipt> future() {
    return future;
  }

  void send(long nowNanos) {
    NodeId node = anyReplica ? client.nearest() : client.route().current();
    long number;
    synchronized (this) {
      if (future.isDone()) {
        return;
      }
      number = ++attempt;
      asked = node;
    }
    client.expectAnswer(this, number, nowNanos);
    Gateway gateway = client.route().gateway(node);
    request.send(gateway, this, number);
    gateway.flush();
  }

  /** The attempt was not answered in time. */
  void onSilence(long number) {
    long pause;
    synchronized (this) {
      if (number != attempt || future.isDone()) {
        return;
      }
      // Every attempt may cost the group an entry of its log: a group that is slow because it has
      // too much to do must not get the same again and again.
      pause = client.attemptTimeoutNanos() * ((1L << silences) - 1);
      silences = Math.min(silences + 1, SILENCES_MAX);
    }
    refused(
        number,
        Refusal.of(RefusalCode.INDETERMINATE, "no answer from " + asked + " in time"),
        pause);
  }

  @Override
  public void done(long tag, long index, long epoch, byte[] result) {
    future.complete(new Receipt(index, epoch, result));
  }

  @Override
  public void refused(long tag, Refusal refusal) {
    refused(tag, refusal, 0);
  }

  private void refused(long tag, Refusal refusal, long leastPause) {
    boolean elsewhere = true;
    long pause;
    synchronized (this) {
      if (tag != attempt || future.isDone()) {
        return;
      }
      attempt++; // what this attempt still brings is not waited for
      last = refusal;
      maybeApplied |= refusal.code() == RefusalCode.INDETERMINATE;
      pause = leastPause + backoff.next();
      NodeId node = asked;
      if (node != null && leaves(refusal.code())) {
        elsewhere =
            anyReplica ? client.leaveNearest(node) : client.route().leave(node, refusal.leader());
      }
    }
    if (!retryable(refusal.code())) {
      future.completeExceptionally(Errors.of(refusal));
      return;
    }
    boolean atOnce = elsewhere && refusal.code() == RefusalCode.NOT_LEADER;
    client.retryLater(this, atOnce ? 0 : pause);
  }

  @Override
  public void flush() {}

  /** Ends the call when its time is over; returns whether it has ended. */
  boolean expire(long nowNanos) {
    if (future.isDone()) {
      return true;
    }
    if (nowNanos < deadlineNanos) {
      return false;
    }
    giveUp("no answer in time");
    return true;
  }

  /** Ends the call without waiting any longer. */
  void giveUp(String why) {
    Refusal verdict;
    synchronized (this) {
      Refusal refusal = last;
      boolean open = asked != null && (refusal == null || maybeApplied);
      verdict =
          open || refusal == null
              ? Refusal.of(RefusalCode.INDETERMINATE, why + withLast(refusal))
              : refusal;
    }
    future.completeExceptionally(Errors.of(verdict));
  }

  private static String withLast(@Nullable Refusal refusal) {
    return refusal == null ? "" : "; last answer: " + refusal.text();
  }

  private static boolean leaves(RefusalCode code) {
    return switch (code) {
      case NOT_LEADER, NOT_READY, HALTED, CLOSED, INDETERMINATE, NOT_COMMITTED -> true;
      case COMMAND_FAILED,
          RESULT_DROPPED,
          STALE_SEQUENCE,
          OVERLOADED,
          TOO_LARGE,
          OUT_OF_ORDER,
          WINDOW_FULL,
          SESSION_EXPIRED,
          SESSION_LIMIT,
          UNSUPPORTED ->
          false;
    };
  }

  private static boolean retryable(RefusalCode code) {
    return leaves(code) || code == RefusalCode.OVERLOADED;
  }
}
