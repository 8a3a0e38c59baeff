// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.store;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.S3Config;
import io.quorate.s3.protocol.pacing.Backoff;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this replica asked of the bucket and has no answer to yet, by an id that is never used
 * again; and what troubles the bucket, for people.
 */
public final class Requests {

  /** Takes the answer to one attempt. */
  public interface Answer {
    /**
     * The attempt ended.
     *
     * @param sentNanos when it had been sent
     */
    void on(ObjectResult result, long sentNanos, Now now, Effects out);
  }

  private record Pending(ObjectRequest request, long sentNanos, Answer answer) {}

  private final TreeMap<Long, Pending> pending = new TreeMap<>();
  private final Agenda agenda;
  private final Backoff backoff;
  private final long timeoutMinNanos;
  private final long timeoutMaxNanos;
  private long lastId;
  private @Nullable String trouble;

  /** Nothing is under way. */
  public Requests(Site site, Agenda agenda) {
    S3Config.Requests config = site.config().requests();
    this.agenda = agenda;
    this.backoff =
        new Backoff(config.backoffMin().toNanos(), config.backoffMax().toNanos(), site.random());
    this.timeoutMinNanos = config.attemptTimeoutMin().toNanos();
    this.timeoutMaxNanos = config.attemptTimeoutMax().toNanos();
  }

  /** What the bucket answered last that was no answer; null while all is well. */
  public @Nullable String trouble() {
    return trouble;
  }

  /** How long to wait after the failure of this attempt; they count from 1. */
  public long backoffNanos(int attempt) {
    return backoff.nanos(attempt);
  }

  /** Makes one attempt. */
  public void attempt(
      ObjectRequest request, long timeoutNanos, Answer answer, Now now, Effects out) {
    lastId++;
    pending.put(lastId, new Pending(request, now.monotonicNanos(), answer));
    out.object(lastId, request, timeoutNanos);
  }

  /**
   * Makes attempts until one is answered for certain, or nobody wants the answer any more. Only for
   * what may be repeated without a thought: reads, deletes, writes to keys that are never used
   * twice.
   */
  public void untilAnswered(
      ObjectRequest request, BooleanSupplier wanted, Answer answer, Now now, Effects out) {
    repeat(request, 1, wanted, answer, now, out);
  }

  private void repeat(
      ObjectRequest request,
      int attempt,
      BooleanSupplier wanted,
      Answer answer,
      Now now,
      Effects out) {
    Answer judge =
        (result, sentNanos, then, effects) -> {
          if (!wanted.getAsBoolean()) {
            return;
          }
          if (isDefinite(result)) {
            answer.on(result, sentNanos, then, effects);
            return;
          }
          agenda.at(
              then.monotonicNanos() + backoffNanos(attempt),
              (later, more) -> {
                if (wanted.getAsBoolean()) {
                  repeat(request, attempt + 1, wanted, answer, later, more);
                }
              });
        };
    attempt(request, timeoutNanos(attempt), judge, now, out);
  }

  /** More patience with each attempt: a large object may just take longer than the first bound. */
  private long timeoutNanos(int attempt) {
    return Math.min(timeoutMaxNanos, timeoutMinNanos << Math.min(attempt - 1, 10));
  }

  /** Whether the answer says what is, or what was done. */
  public static boolean isDefinite(ObjectResult result) {
    return switch (result) {
      case ObjectResult.Stored stored -> true;
      case ObjectResult.Deleted deleted -> true;
      case ObjectResult.Found found -> true;
      case ObjectResult.Unchanged unchanged -> true;
      case ObjectResult.Absent absent -> true;
      case ObjectResult.Listed listed -> true;
      case ObjectResult.PreconditionFailed failed -> true;
      case ObjectResult.Conflict conflict -> false;
      case ObjectResult.Throttled throttled -> false;
      case ObjectResult.Unclear unclear -> false;
      case ObjectResult.Refused refused -> false;
    };
  }

  /** Hands an answer to whom it is for. */
  public void onDone(long id, ObjectResult result, Now now, Effects out) {
    Pending done = pending.remove(id);
    if (done == null) {
      out.trace(new Trace.Noted("s3 request", "nobody asked for answer " + id));
      return;
    }
    noteTrouble(done.request, result, out);
    done.answer.on(result, done.sentNanos, now, out);
  }

  private void noteTrouble(ObjectRequest request, ObjectResult result, Effects out) {
    String seen =
        switch (result) {
          case ObjectResult.Refused refused ->
              "the store refuses " + request.key() + ": " + refused.what();
          case ObjectResult.Unclear unclear ->
              "no clear answer about " + request.key() + ": " + unclear.what();
          case ObjectResult.Throttled throttled -> "the store asks for less load";
          default -> null;
        };
    boolean begins = seen != null && trouble == null;
    boolean refusal =
        result instanceof ObjectResult.Refused && !String.valueOf(seen).equals(trouble);
    if (seen != null && (begins || refusal)) {
      out.trace(new Trace.Noted("s3 store", seen));
    }
    if (seen != null || isDefinite(result)) {
      trouble = seen;
    }
  }
}
