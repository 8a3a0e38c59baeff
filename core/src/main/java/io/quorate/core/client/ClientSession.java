// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import io.quorate.api.NodeId;
import io.quorate.api.Receipt;
import io.quorate.api.Session;
import io.quorate.api.error.Closed;
import io.quorate.api.error.ConsensusException;
import io.quorate.api.error.ConsensusException.Outcome;
import io.quorate.api.error.Overloaded;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Clock;
import io.quorate.core.port.Gateway;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of a session: numbers the commands, keeps them until they are answered, and
 * sends all unanswered ones again, in order, whenever a replica was of no use.
 *
 * <p>Invariants: {@code low ≤ next ≤ low + window}; every number in {@code [low, next)} has a call
 * in the ring, answered or not; the call at {@code low} is not answered.
 */
final class ClientSession implements Session {
  private static final int SILENCES_MAX = 2;
  private static final long NEVER = Long.MAX_VALUE;

  private static final class Call {
    private final byte[] command;
    private final CompletableFuture<Receipt> future = new CompletableFuture<>();
    private final long deadlineNanos;

    /** Sendings that did not end with a sure refusal: while there are any, nobody can know. */
    private int openSends;

    private boolean answered;
    private @Nullable Refusal last;

    Call(byte[] command, long deadlineNanos) {
      this.command = command;
      this.deadlineNanos = deadlineNanos;
    }
  }

  /** One sending of the window to one replica; refusals of earlier ones are ignored. */
  private final class Attempt implements ReplySink {
    private final NodeId node;
    private final Gateway gateway;

    Attempt(NodeId node, Gateway gateway) {
      this.node = node;
      this.gateway = gateway;
    }

    @Override
    public void done(long sequence, long index, long epoch, byte[] result) {
      answered(sequence, new Receipt(index, epoch, result), null);
    }

    @Override
    public void refused(long sequence, Refusal refusal) {
      onRefused(this, sequence, refusal);
    }

    @Override
    public void flush() {}
  }

  private final LogClient client;
  private final long id;
  private final long keepAliveNanos;
  private final Clock clock;
  private final ClientOptions options;
  private final Backoff backoff;
  private final @Nullable Call[] ring = new @Nullable Call[1024];

  private long low;
  private long next;
  private @Nullable Attempt attempt;
  private long resendNanos = NEVER;
  private long progressNanos;
  private long turnDueNanos = NEVER;
  private int silences;
  private long aliveNanos;
  private CompletableFuture<?> signOfLife = CompletableFuture.completedFuture(null);
  private boolean closed;
  private @Nullable Refusal expired;

  ClientSession(
      LogClient client,
      long id,
      Duration expireAfter,
      long nextSequence,
      Clock clock,
      ClientOptions options,
      RandomGenerator random) {
    this.client = client;
    this.id = id;
    this.keepAliveNanos = expireAfter.toNanos() / 3;
    this.clock = clock;
    this.options = options;
    this.backoff = new Backoff(options, random);
    this.low = nextSequence;
    this.next = nextSequence;
    this.aliveNanos = clock.now().monotonicNanos();
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public CompletableFuture<Receipt> submit(byte[] command) {
    long now = clock.now().monotonicNanos();
    Call call = new Call(command, now + options.timeout().toNanos());
    boolean wake = false;
    Attempt sentTo = null;
    synchronized (this) {
      Refusal gone = expired;
      if (gone != null) {
        return CompletableFuture.failedFuture(Errors.of(gone));
      }
      if (closed) {
        return CompletableFuture.failedFuture(new Closed("session " + id + " is closed"));
      }
      if (next - low >= options.windowMax()) {
        return CompletableFuture.failedFuture(
            new Overloaded(
                "session " + id + " has " + (next - low) + " unanswered commands, the most it may",
                Duration.ofMillis(1)));
      }
      if (low == next) {
        progressNanos = now;
        wake = turnDueNanos > now + patrolNanos(); // the timers sleep: nothing was in flight
      }
      long sequence = next++;
      ring[at(sequence)] = call;
      if (resendNanos == NEVER) {
        send(currentAttempt(), sequence, call);
        aliveNanos = now;
        sentTo = attempt;
      }
    }
    if (sentTo != null) {
      sentTo.gateway.flush();
    }
    if (wake) {
      client.wake();
    }
    return call.future;
  }

  private Attempt currentAttempt() {
    Attempt current = attempt;
    if (current == null) {
      NodeId node = client.route().current();
      current = new Attempt(node, client.route().gateway(node));
      attempt = current;
    }
    return current;
  }

  private void send(Attempt to, long sequence, Call call) {
    call.openSends++;
    to.gateway.submit(
        CommandKind.SESSION, id, sequence, low, call.command, 0, call.command.length, to, sequence);
  }

  private void flush() {
    Attempt current;
    synchronized (this) {
      current = attempt;
    }
    if (current != null) {
      current.gateway.flush();
    }
  }

  private void answered(
      long sequence, @Nullable Receipt receipt, @Nullable ConsensusException failure) {
    CompletableFuture<Receipt> future;
    synchronized (this) {
      Call call = callAt(sequence);
      if (call == null || call.answered) {
        return; // a repeated answer: the command was sent more than once
      }
      call.answered = true;
      future = call.future;
      progressNanos = clock.now().monotonicNanos();
      silences = 0;
      backoff.reset();
      while (low < next) {
        Call lowest = ring[at(low)];
        if (lowest != null && !lowest.answered) {
          break;
        }
        ring[at(low)] = null;
        low++;
      }
    }
    if (receipt != null) {
      future.complete(receipt);
    } else if (failure != null) {
      future.completeExceptionally(failure);
    }
  }

  private void onRefused(Attempt from, long sequence, Refusal refusal) {
    synchronized (this) {
      Call call = callAt(sequence);
      if (call != null && refusal.code().outcome() == Outcome.NOT_APPLIED) {
        call.openSends--;
        call.last = refusal;
      }
    }
    switch (refusal.code()) {
      case COMMAND_FAILED, RESULT_DROPPED, STALE_SEQUENCE -> {
        answered(sequence, null, Errors.of(refusal));
      }
      case TOO_LARGE, UNSUPPORTED -> {
        // Never logged, and never will be. Later commands say so with their lower bound, which lets
        // the group step over the number.
        answered(sequence, null, Errors.of(refusal));
        resendAfter(from, 0);
      }
      case SESSION_EXPIRED -> end(sequence, refusal);
      case NOT_LEADER, NOT_READY, HALTED, CLOSED, INDETERMINATE, NOT_COMMITTED -> {
        boolean current;
        synchronized (this) {
          current = from == attempt;
        }
        boolean known = current && client.route().leave(from.node, refusal.leader());
        boolean atOnce = known && refusal.code() == RefusalCode.NOT_LEADER;
        resendAfter(from, atOnce ? 0 : -1);
      }
      case OVERLOADED, OUT_OF_ORDER, WINDOW_FULL, SESSION_LIMIT -> resendAfter(from, -1);
    }
  }

  /** Schedules another sending of the window; {@code pause} below 0 lets the backoff choose it. */
  private void resendAfter(Attempt from, long pause) {
    synchronized (this) {
      if (from != attempt) {
        return;
      }
      if (resendNanos == NEVER) {
        resendNanos = clock.now().monotonicNanos() + (pause < 0 ? backoff.next() : pause);
      }
    }
    client.wake();
  }

  private void end(long sequence, Refusal refusal) {
    List<Call> calls = new ArrayList<>();
    Call refused;
    synchronized (this) {
      refused = callAt(sequence);
      if (expired == null) {
        expired = refusal;
      }
      for (long each = low; each < next; each++) {
        Call call = ring[at(each)];
        if (call != null && !call.answered) {
          call.answered = true;
          calls.add(call);
        }
      }
      low = next;
    }
    for (Call call : calls) {
      call.future.completeExceptionally(
          Errors.of(
              call == refused
                      && call.openSends == 0 // else an earlier sending may have been applied
                  ? refusal
                  : Refusal.of(
                      RefusalCode.INDETERMINATE,
                      "session " + id + " expired while the command was in flight")));
    }
  }

  /** Retries, patience and signs of life. */
  long turn(Now now) {
    long nanos = now.monotonicNanos();
    List<Long> late = new ArrayList<>();
    boolean keepAlive = false;
    long due;
    synchronized (this) {
      if (ended()) {
        return NEVER;
      }
      boolean waits = low < next;
      if (waits && resendNanos == NEVER && nanos - progressNanos >= patienceNanos()) {
        silences = Math.min(silences + 1, SILENCES_MAX);
        Attempt silent = attempt;
        if (silent != null) {
          client.route().leave(silent.node, null);
        }
        resendNanos = nanos;
      }
      if (resendNanos <= nanos) {
        resend(nanos);
      }
      for (long each = low; each < next; each++) {
        Call call = ring[at(each)];
        if (call != null && !call.answered && call.deadlineNanos <= nanos) {
          late.add(each);
        } else if (call != null && call.deadlineNanos > nanos) {
          break; // deadlines ascend
        }
      }
      long keepAliveDue = aliveNanos + keepAliveNanos;
      if (keepAliveDue <= nanos) {
        aliveNanos = nanos;
        keepAliveDue = nanos + keepAliveNanos;
        keepAlive = signOfLife.isDone(); // the one under way is repeated until it is answered
      }
      due = Math.min(resendNanos, keepAliveDue);
      if (waits) {
        if (resendNanos == NEVER) { // else patience is over already, and the pause before it counts
          due = Math.min(due, progressNanos + patienceNanos());
        }
      }
      if (waits || nanos - progressNanos < options.attemptTimeout().toNanos()) {
        // Also for a while after the last answer: a caller that comes back at once need not wake
        // anybody then.
        due = Math.min(due, nanos + patrolNanos());
      }
      turnDueNanos = Math.max(due, nanos + 1);
    }
    flush();
    if (keepAlive) {
      signOfLife = client.keepAlive(id);
    }
    for (long sequence : late) {
      expire(sequence);
    }
    return Math.max(due, nanos + 1);
  }

  /** How exact the timers are. */
  private long patrolNanos() {
    return options.attemptTimeout().toNanos() / 4;
  }

  /** Doubles with each silence: whoever is slow under load must not get all of it again at once. */
  private long patienceNanos() {
    return options.attemptTimeout().toNanos() << silences;
  }

  private void resend(long nanos) {
    resendNanos = NEVER;
    progressNanos = nanos;
    attempt = null;
    Attempt fresh = currentAttempt();
    for (long each = low; each < next; each++) {
      Call call = ring[at(each)];
      if (call != null && !call.answered) {
        send(fresh, each, call);
      }
      if (resendNanos != NEVER) {
        return; // refused on the spot: the rest would be, too
      }
    }
    aliveNanos = nanos;
  }

  /** The caller's patience is over. */
  private void expire(long sequence) {
    CompletableFuture<Receipt> future;
    Refusal refusal;
    synchronized (this) {
      Call call = callAt(sequence);
      if (call == null || call.answered) {
        return;
      }
      future = call.future;
      refusal = call.last;
      if (call.openSends > 0 || refusal == null) {
        // It stays in the window and is retried: only so does the session learn what became of it.
        refusal =
            Refusal.of(
                RefusalCode.INDETERMINATE,
                "no answer in time; it is still being retried"
                    + (refusal == null ? "" : "; last refusal: " + refusal.text()));
      }
    }
    if (refusal.code() == RefusalCode.INDETERMINATE) {
      future.completeExceptionally(Errors.of(refusal));
    } else {
      answered(sequence, null, Errors.of(refusal)); // surely not applied, and not sent again
    }
  }

  synchronized boolean ended() {
    return expired != null || (closed && low == next);
  }

  void giveUp(String why) {
    List<Call> calls = new ArrayList<>();
    synchronized (this) {
      closed = true;
      for (long each = low; each < next; each++) {
        Call call = ring[at(each)];
        if (call != null && !call.answered) {
          call.answered = true;
          calls.add(call);
        }
      }
      low = next;
    }
    for (Call call : calls) {
      call.future.completeExceptionally(Errors.of(Refusal.of(RefusalCode.INDETERMINATE, why)));
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed || expired != null) {
        return;
      }
    }
    giveUp("session " + id + " was closed");
    Gateway gateway = client.route().gateway(client.route().current());
    // If this is lost, the session expires by itself.
    gateway.submit(
        CommandKind.CLOSE_SESSION,
        id,
        0,
        0,
        new byte[0],
        0,
        0,
        new ReplySink() {
          @Override
          public void done(long tag, long index, long epoch, byte[] result) {}

          @Override
          public void refused(long tag, Refusal refusal) {}

          @Override
          public void flush() {}
        },
        0);
    gateway.flush();
  }

  private @Nullable Call callAt(long sequence) {
    return sequence < low || sequence >= next ? null : ring[at(sequence)];
  }

  private static int at(long sequence) {
    return (int) (sequence & 1023);
  }
}
