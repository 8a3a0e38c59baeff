// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.api.ReadConsistency;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.Session;
import io.quorate.api.SessionOptions;
import io.quorate.api.error.ConsensusException;
import io.quorate.api.error.ConsensusException.Outcome;
import io.quorate.sim.workload.KvCommand.Op;
import io.quorate.sim.workload.Operation.Verdict;
import io.quorate.sim.world.World;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A client that does what a story tells it to. Its operations go into the ledger like those of any
 * other client, so every answer is checked.
 */
public final class KvClient {
  private final World world;
  private final int number;
  private final Ledger ledger;
  private final ReplicatedLog log;
  private final CompletableFuture<Session> session;
  private long serial;

  /** A client over the library that ships; opens a session at once. */
  public KvClient(
      World world, int number, ReplicatedLog log, Ledger ledger, SessionOptions options) {
    this.world = world;
    this.number = number;
    this.ledger = ledger;
    this.log = log;
    this.session = log.openSession(options);
  }

  /** An operation under way, or what became of it. */
  public static final class Pending {
    private final Operation operation;

    private Pending(Operation operation) {
      this.operation = operation;
    }

    /** Whether the client was told anything. */
    public boolean isDone() {
      return operation.verdict != Verdict.OPEN;
    }

    /** Whether it took effect and the result is known. */
    public boolean succeeded() {
      return operation.verdict == Verdict.DONE;
    }

    /** Whether nobody can tell whether it took effect. */
    public boolean isIndeterminate() {
      return operation.verdict == Verdict.UNKNOWN;
    }

    /** Whether it surely took no effect. */
    public boolean isRefused() {
      return operation.verdict == Verdict.REFUSED;
    }

    /** What was read, or what was there before a put; 0 if absent or unknown. */
    public long value() {
      KvAnswer answer = operation.answer;
      return answer == null ? 0 : answer.value();
    }

    @Override
    public String toString() {
      return operation.toString();
    }
  }

  /** Puts a value under a key. */
  public Pending put(int key, long value) {
    return write(new KvCommand(Op.PUT, nextId(), true, key, value, 0, 0));
  }

  /** Adds to a value; not to be done twice. */
  public Pending add(int key, long amount) {
    return write(new KvCommand(Op.ADD, nextId(), true, key, amount, 0, 0));
  }

  /** Puts a value with so many bytes of ballast, to fill the log. */
  public Pending putLarge(int key, long value, int padding) {
    return write(new KvCommand(Op.PUT, nextId(), true, key, value, 0, padding));
  }

  /** Reads a key. */
  public Pending get(int key) {
    return get(key, ReadConsistency.LINEARIZABLE);
  }

  /** Reads a key so freshly. */
  public Pending get(int key, ReadConsistency consistency) {
    Operation operation = open(nextId(), null, consistency, key, 0);
    log.read(SimKv.queryOf(key), consistency)
        .whenComplete((bytes, failure) -> {
          if (bytes != null) {
            KvAnswer answer = KvAnswer.decode(bytes);
            ledger.done(operation, answer.index(), answer);
          } else {
            refused(operation, failure);
          }
        });
    return new Pending(operation);
  }

  private Pending write(KvCommand command) {
    Session open = session.isDone() && !session.isCompletedExceptionally() ? session.join() : null;
    Operation operation =
        open(command.id(), command, null, command.key(), open == null ? 0 : open.id());
    session
        .thenCompose(in -> in.submit(command.encode()))
        .whenComplete((receipt, failure) -> {
          if (receipt != null) {
            ledger.done(operation, receipt.index(), KvAnswer.decode(receipt.result()));
          } else {
            refused(operation, failure);
          }
        });
    return new Pending(operation);
  }

  private Operation open(
      long id,
      @Nullable KvCommand command,
      @Nullable ReadConsistency consistency,
      int key,
      long inSession) {
    Operation operation =
        new Operation(
            "c" + number,
            id,
            command,
            consistency,
            key,
            inSession,
            inSession != 0,
            serial,
            world.now(),
            ledger.knownIndex());
    ledger.call(operation);
    return operation;
  }

  private void refused(Operation operation, @Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    Outcome outcome =
        cause instanceof ConsensusException known ? known.outcome() : Outcome.INDETERMINATE;
    ledger.refused(operation, outcome, String.valueOf(cause));
  }

  private long nextId() {
    return ((long) number << 32) | ++serial;
  }
}
